/* SPDX-License-Identifier: Apache-2.0 */
/* /change_hook/poller: pokes pollers (buildbot/www/hooks/poller.py). */
#include "hooks/hook_json.h"

#include <string.h>

static bool is_one_of(struct ci_strs names, const char *name)
{
    for (size_t i = 0; i < names.count; i++)
        if (strcmp(names.items[i], name) == 0)
            return true;
    return false;
}

/* Every value of `poller` in query and form. */
static struct ci_strs asked_for(const struct ci_request *request)
{
    const struct ci_pairs lists[] = {request->query, ci_request_form(request)};
    const char **names = ci_mem_array(request->mem, const char *, lists[0].count + lists[1].count);
    size_t n = 0;

    for (size_t l = 0; l < CI_COUNT(lists); l++)
        for (size_t i = 0; i < lists[l].count; i++)
            if (strcmp(lists[l].items[i].name, "poller") == 0)
                names[n++] = lists[l].items[i].value;
    return (struct ci_strs){names, n};
}

bool hook_read_poller(const struct hook *hook, struct delivery *out, struct ci_err *err)
{
    const struct ci_list *sources = &hook->config->change_sources;
    const struct ci_strs asked = asked_for(hook->request);
    const char **names = ci_mem_array(hook->request->mem, const char *, sources->count);
    struct ci_buf missing;
    size_t n = 0;

    CI_FOREACH(const struct ci_change_source, source, *sources)
        if ((asked.count == 0 || is_one_of(asked, source->name)) &&
            (!hook->options->only_allowed || is_one_of(hook->options->allowed, source->name)))
            names[n++] = source->name;
    out->poke = (struct ci_strs){names, n};
    out->reason = "no poller";
    ci_buf_init(&missing, hook->request->mem);
    for (size_t i = 0; i < asked.count; i++)
        if (!is_one_of(out->poke, asked.items[i]))
            ci_buf_printf(&missing, "%s%.200s", missing.len ? "," : "", asked.items[i]);
    if (missing.len > 0)
        return ci_fail(err, CI_EINVALID, "Could not find pollers: %s", missing.text);
    if (n > 0)
        out->reason = n == 1 ? ci_mem_printf(hook->request->mem, "poked %s", names[0])
                             : ci_mem_printf(hook->request->mem, "poked %zu pollers", n);
    return true;
}
