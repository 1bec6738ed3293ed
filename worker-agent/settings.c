/* SPDX-License-Identifier: Apache-2.0 */
/* The table of settings, and what is made of them. */
#include "settings.h"

#include <string.h>
#include <unistd.h>

enum { MAX_SLOTS = 1024, MAX_SERVERS = 64, NAME_BYTES = 256, DAYS = 7 * 86400 };

static const struct ci_setting rows[] = {
    {"ADMIN",           CI_SET_STR,      offsetof(struct settings, admin),           CI_SET_OPTIONAL,
     "who looks after this machine, shown to users",                                          0, 0        },
    {"CGROUP",          CI_SET_STR,      offsetof(struct settings, cgroup),          "auto",
     "auto: each step in a cgroup (v2) where that is possible; off: never",                   0, 0        },
    {"DRAIN_TIMEOUT",   CI_SET_DURATION, offsetof(struct settings, drain_timeout),   "0",
     "after SIGTERM, how long to wait for running builds; 0 = for ever",                      0, DAYS     },
    {"ENROLMENT_TOKEN", CI_SET_SECRET,   offsetof(struct settings, enrolment_token), CI_SET_OPTIONAL,
     "lets a worker in that the configuration does not name",                                 0, 0        },
    {"LABELS",          CI_SET_STR,      offsetof(struct settings, labels),          CI_SET_OPTIONAL,
     "what builders may ask for: key=value,key=value",                                        0, 0        },
    {"LOG_LEVEL",       CI_SET_LEVEL,    offsetof(struct settings, log_level),       "info",
     "debug, info, warn or error",                                                            0, 0        },
    {"NAME",            CI_SET_STR,      offsetof(struct settings, name),            CI_SET_OPTIONAL,
     "of this worker; default: the host's name",                                              0, 0        },
    {"PASSWORD",        CI_SET_SECRET,   offsetof(struct settings, password),        CI_SET_OPTIONAL,
     "of this worker, as the configuration has it",                                           0, 0        },
    {"SERVER",          CI_SET_STR,      offsetof(struct settings, server),          "http://127.0.0.1:9989",
     "URLs of builder services, comma-separated; the next is tried when one does not answer", 0, 0        },
    {"SLOTS",           CI_SET_INT,      offsetof(struct settings, slots),           CI_SET_OPTIONAL,
     "builds at once; default: the number of processors",                                     1, MAX_SLOTS},
    {"WORK_DIR",        CI_SET_PATH,     offsetof(struct settings, work_dir),        "slipway-work",
     "folder for builds and for what is still to be sent",                                    0, 0        },
};

/* The next piece up to `separator`, blanks around it dropped; NULL at the end. */
static char *next_piece(char **rest, const char *separator)
{
    char *piece = strsep(rest, separator);
    size_t len;

    if (!piece)
        return NULL;
    piece += strspn(piece, " \t");
    len = strlen(piece);
    while (len > 0 && (piece[len - 1] == ' ' || piece[len - 1] == '\t'))
        piece[--len] = '\0';
    return piece;
}

bool settings_servers(const char *text, void *mem, struct ci_strs *out, struct ci_err *err)
{
    const char **items = ci_mem_array(mem, const char *, MAX_SERVERS);
    char *rest = ci_mem_strdup(mem, text), *piece;
    size_t count = 0;

    while ((piece = next_piece(&rest, ","))) {
        size_t len = strlen(piece);

        if (len == 0)
            continue;
        if (strncmp(piece, "http://", 7) != 0 && strncmp(piece, "https://", 8) != 0)
            return ci_fail(err, CI_EINVALID, "--server: \"%s\" is no http:// or https:// URL",
                           piece);
        if (count == MAX_SERVERS)
            return ci_fail(err, CI_EINVALID, "--server: more than %d URLs", MAX_SERVERS);
        while (len > 0 && piece[len - 1] == '/')
            piece[--len] = '\0';
        items[count++] = piece;
    }
    if (count == 0)
        return ci_fail(err, CI_EINVALID, "--server: no URL");
    *out = (struct ci_strs){items, count};
    return true;
}

bool settings_labels(const char *text, void *mem, json_t **out, struct ci_err *err)
{
    json_t *labels = ci_mem_json(mem, json_object());
    char *rest = ci_mem_strdup(mem, text), *piece;

    while (rest && (piece = next_piece(&rest, ","))) {
        char *key = piece, *value = strchr(piece, '=');

        if (*piece == '\0')
            continue;
        if (!value || value == piece)
            return ci_fail(err, CI_EINVALID, "--labels: \"%s\" is no key=value", piece);
        *value++ = '\0';
        if (json_object_set_new(labels, key, json_string(value)) != 0)
            return ci_fail(err, CI_EINVALID, "--labels: \"%s\" is not UTF-8", key);
    }
    *out = labels;
    return true;
}

static bool name_of_host(void *mem, const char **name, struct ci_err *err)
{
    char text[NAME_BYTES];

    if (gethostname(text, sizeof(text)) != 0)
        return ci_fail(err, CI_EINVALID, "could not find the host's name: give --name");
    text[sizeof(text) - 1] = '\0';
    *name = ci_mem_strdup(mem, text);
    return true;
}

static bool complete(struct settings *s, void *mem, struct ci_err *err)
{
    if (strcmp(s->cgroup, "auto") != 0 && strcmp(s->cgroup, "off") != 0)
        return ci_fail(err, CI_EINVALID, "--cgroup: \"%s\" is neither auto nor off", s->cgroup);
    s->use_cgroup = strcmp(s->cgroup, "auto") == 0;
    if (!s->password && !s->enrolment_token)
        return ci_fail(err, CI_EINVALID, "one of --password and --enrolment-token is needed");
    if (s->slots == 0) {
        long processors = sysconf(_SC_NPROCESSORS_ONLN);

        s->slots = processors < 1 ? 1 : (int)(processors > MAX_SLOTS ? MAX_SLOTS : processors);
    }
    if ((!s->name || *s->name == '\0') && !name_of_host(mem, &s->name, err))
        return false;
    return settings_servers(s->server, mem, &s->servers, err) &&
           settings_labels(s->labels, mem, &s->label_object, err);
}

bool settings_load(int argc, char **argv, void *mem, struct settings *out,
                   enum ci_settings_outcome *outcome, struct ci_err *err)
{
    static const struct ci_settings_table table = {rows, CI_COUNT(rows), false};

    if (!ci_settings_load("slipway-agent", "runs builds on this machine for a Slipway server",
                          &table, 1, argc, argv, mem, out, NULL, outcome, err))
        return false;
    return *outcome == CI_SETTINGS_DONE || complete(out, mem, err);
}
