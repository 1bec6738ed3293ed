/* SPDX-License-Identifier: Apache-2.0 */
/* The secrets that a build's texts name. */
#include "start_secrets.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* A reader of one version, for as long as somebody reads by it. */
struct reader {
    struct ci_secrets *secrets;
    int64_t version;
    int users; /* guarded by start_secrets.lock; the newest has one more */
};

struct start_secrets {
    char *directory;
    pthread_mutex_t lock;
    struct reader *newest; /* guarded by lock */
};

struct start_secrets *start_secrets_new(const char *directory)
{
    struct start_secrets *secrets = calloc(1, sizeof(*secrets));

    if (!secrets)
        abort();
    secrets->directory = directory ? strdup(directory) : NULL;
    pthread_mutex_init(&secrets->lock, NULL);
    return secrets;
}

static void put(struct start_secrets *secrets, struct reader *reader)
{
    bool last;

    if (!reader)
        return;
    pthread_mutex_lock(&secrets->lock);
    last = --reader->users == 0;
    pthread_mutex_unlock(&secrets->lock);
    if (last) {
        ci_secrets_free(reader->secrets);
        free(reader);
    }
}

void start_secrets_free(struct start_secrets *secrets)
{
    if (!secrets)
        return;
    put(secrets, secrets->newest);
    pthread_mutex_destroy(&secrets->lock);
    free(secrets->directory);
    free(secrets);
}

struct ci_strs start_secret_names(const struct ci_builder *builder, void *mem)
{
    struct ci_strs names = {0};

    ci_steps_secrets(builder->steps, mem, &names);
    for (size_t i = 0; i < builder->env.count; i++) {
        const char *text = builder->env.items[i].value;
        struct ci_err ignored;
        int offset = 0;

        if (text)
            (void)!ci_interpolate_check(text, NULL, mem, &names, &offset, &ignored);
    }
    return names;
}

static struct reader *get(struct start_secrets *secrets, int64_t version)
{
    struct reader *reader;

    pthread_mutex_lock(&secrets->lock);
    reader = secrets->newest;
    if (reader && reader->version == version)
        reader->users++;
    else
        reader = NULL;
    pthread_mutex_unlock(&secrets->lock);
    return reader;
}

/* The new reader, used by the caller and kept as the newest. */
static struct reader *make(struct start_secrets *secrets, const struct ci_config *config,
                           struct ci_err *err)
{
    const struct ci_secrets_spec spec = {
        .directory = secrets->directory,
        .env_prefix = "SLIPWAY_SECRET_",
        .vault = config->vault,
    };
    struct reader *reader = calloc(1, sizeof(*reader)), *before;

    if (!reader)
        abort();
    *reader = (struct reader){.version = config->version, .users = 2};
    if (!ci_secrets_new(&spec, &reader->secrets, err)) {
        free(reader);
        return NULL;
    }
    pthread_mutex_lock(&secrets->lock);
    before = secrets->newest;
    secrets->newest = reader;
    pthread_mutex_unlock(&secrets->lock);
    put(secrets, before);
    return reader;
}

static bool read_all(struct ci_secrets *reader, struct ci_strs names, void *mem, json_t *out,
                     struct ci_err *err)
{
    for (size_t i = 0; i < names.count; i++) {
        const char *value = NULL;

        if (!ci_secrets_for_build(reader, names.items[i], mem, &value, err))
            return false;
        json_object_set_new(out, names.items[i], json_string(value));
    }
    return true;
}

bool start_secrets_read(struct start_secrets *secrets, const struct ci_config *config,
                        struct ci_strs names, void *mem, json_t **out, struct ci_err *err)
{
    struct reader *reader;
    bool done;

    *out = ci_mem_json(mem, json_object());
    if (names.count == 0)
        return true;
    reader = get(secrets, config->version);
    if (!reader && !(reader = make(secrets, config, err)))
        return false;
    done = read_all(reader->secrets, names, mem, *out, err);
    put(secrets, reader);
    return done;
}
