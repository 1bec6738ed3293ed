/* SPDX-License-Identifier: Apache-2.0 */
/* Hides secrets in JSON. */
#include "shared/interpolate.h"
#include "shared/mask.h"

static json_t *mask_object(const struct ci_mask *mask, void *mem, json_t *object)
{
    json_t *out = ci_mem_json(mem, json_object()), *value;
    bool changed = false;
    const char *key;

    json_object_foreach(object, key, value) {
        const char *shown = ci_mask_text(mask, mem, key);
        json_t *member = ci_mask_json(mask, mem, value);

        changed |= shown != key || member != value;
        (void)json_object_set_nocheck(out, shown, member);
    }
    return changed ? out : object;
}

static json_t *mask_array(const struct ci_mask *mask, void *mem, json_t *array)
{
    json_t *out = ci_mem_json(mem, json_array()), *value;
    bool changed = false;
    size_t i;

    json_array_foreach(array, i, value) {
        json_t *member = ci_mask_json(mask, mem, value);

        changed |= member != value;
        (void)json_array_append(out, member);
    }
    return changed ? out : array;
}

json_t *ci_mask_json(const struct ci_mask *mask, void *mem, json_t *json)
{
    const char *text, *shown;

    if (!json || ci_mask_is_empty(mask))
        return json;
    if (json_is_object(json))
        return mask_object(mask, mem, json);
    if (json_is_array(json))
        return mask_array(mask, mem, json);
    if (!json_is_string(json) && !json_is_number(json))
        return json;
    text = ci_json_text(json, mem);
    shown = ci_mask_text(mask, mem, text);
    return shown == text ? json : ci_mem_json(mem, json_string_nocheck(shown));
}
