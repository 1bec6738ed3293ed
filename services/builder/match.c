/* SPDX-License-Identifier: Apache-2.0 */
/* Matching pending requests with agents that wait. */
#include "match.h"

#include <stdlib.h>
#include <string.h>

static bool named(struct ci_strs names, const char *name)
{
    for (size_t i = 0; i < names.count; i++) {
        if (strcmp(names.items[i], name) == 0)
            return true;
    }
    return names.count == 0;
}

static bool labelled(struct ci_kvs wanted, json_t *labels)
{
    for (size_t i = 0; i < wanted.count; i++) {
        const char *has = json_string_value(json_object_get(labels, wanted.items[i].key));
        const char *want = wanted.items[i].value;

        if (!has || !want || strcmp(has, want) != 0)
            return false;
    }
    return true;
}

bool match_fits(const struct ci_builder *builder, const struct match_worker *worker)
{
    return named(builder->workers, worker->name) &&
           labelled(builder->worker_labels, worker->labels);
}

bool match_any(const struct ci_builder *builder, const struct match_worker *workers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (workers[i].free > 0 && match_fits(builder, &workers[i]))
            return true;
    }
    return false;
}

/* The workers that fit one builder, found when its first request comes up. */
struct fitting {
    bool known;
    size_t *workers, count;
    int seen; /* requests of the builder so far */
};

static void find_fitting(const struct match_input *input, const struct ci_builder *spec, void *mem,
                         struct fitting *fit)
{
    fit->known = true;
    fit->workers = ci_mem_array(mem, size_t, input->worker_count + 1);
    for (size_t i = 0; i < input->worker_count; i++) {
        if (match_fits(spec, &input->workers[i]))
            fit->workers[fit->count++] = i;
    }
}

/* The fitting worker with the most free slots, so that builds spread; false when all are full. */
static bool roomiest(const struct match_input *input, const struct fitting *fit, size_t *out)
{
    int best = 0;

    for (size_t i = 0; i < fit->count; i++) {
        if (input->workers[fit->workers[i]].free > best) {
            best = input->workers[fit->workers[i]].free;
            *out = fit->workers[i];
        }
    }
    return best > 0;
}

static int by_builderid(const void *key, const void *item)
{
    const int64_t id = *(const int64_t *)key;
    const int64_t other = ((const struct match_builder *)item)->builderid;

    return (id > other) - (id < other);
}

static struct match_builder *find_builder(const struct match_input *input, int64_t builderid)
{
    return bsearch(&builderid, input->builders, input->builder_count, sizeof(*input->builders),
                   by_builderid);
}

static void count_pending(const struct match_input *input)
{
    for (size_t i = 0; i < input->builder_count; i++)
        input->builders[i].pending = 0;
    for (size_t i = 0; i < input->request_count; i++) {
        struct match_builder *builder = find_builder(input, input->requests[i].builderid);

        if (builder)
            builder->pending++;
    }
}

size_t match_requests(const struct match_input *input, void *mem, struct match_pair *out,
                      bool *more)
{
    struct fitting *fits = ci_mem_array(mem, struct fitting, input->builder_count + 1);
    size_t pairs = 0, worker = 0;

    *more = false;
    count_pending(input);
    for (size_t i = 0; i < input->request_count; i++) {
        struct match_builder *builder = find_builder(input, input->requests[i].builderid);
        struct fitting *fit;

        if (!builder)
            continue;
        fit = &fits[builder - input->builders];
        if (!fit->known)
            find_fitting(input, builder->spec, mem, fit);
        fit->seen++;
        if (!roomiest(input, fit, &worker))
            continue;
        input->workers[worker].free--;
        out[pairs++] = (struct match_pair){i, worker, (size_t)(builder - input->builders)};
        /* Its next request is unread and comes before those of others that follow here. */
        if (builder->truncated && fit->seen == builder->pending && roomiest(input, fit, &worker)) {
            *more = true;
            break;
        }
    }
    return pairs;
}
