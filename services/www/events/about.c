/* SPDX-License-Identifier: Apache-2.0 */
#include "events/about.h"

#include <stdlib.h>
#include <string.h>

/* Where an event says what it is about. */
enum source { NOWHERE, MEMBER, HEADER, PROJECT, NAME, SCHEDULER, SOURCES, DELIVERY };

static const struct {
    const char *resource;
    enum source source;
} sources[] = {
    {"artifacts",        HEADER   },
    {"branches",         SOURCES  },
    {"builders",         MEMBER   },
    {"buildrequests",    MEMBER   },
    {"builds",           MEMBER   },
    {"buildsets",        HEADER   },
    {"changes",          PROJECT  },
    {"changesources",    NOWHERE  },
    {"codebases",        SOURCES  },
    {"commits",          SOURCES  },
    {"deliveries",       DELIVERY },
    {"events",           NOWHERE  },
    {"logs",             HEADER   },
    {"masters",          NOWHERE  },
    {"notifications",    MEMBER   },
    {"projects",         NAME     },
    {"schedulers",       SCHEDULER},
    {"steps",            HEADER   },
    {"test_result_sets", MEMBER   },
    {"workers",          NOWHERE  },
};

/* "3,17"; "0" is nobody's. False when it is no such list. */
static bool read_builders(const char *text, void *mem, struct ci_i64s *out)
{
    int64_t *ids = ci_mem_array(mem, int64_t, strlen(text) / 2 + 1);
    size_t count = 0;

    for (;;) {
        char *end;
        long long id = strtoll(text, &end, 10);

        if (end == text || id < 0 || (*end && *end != ','))
            return false;
        if (id > 0)
            ids[count++] = id;
        if (!*end)
            break;
        text = end + 1;
    }
    *out = (struct ci_i64s){ids, count};
    return true;
}

static struct about of_builders(const char *header, void *mem)
{
    struct about about = {.kind = ABOUT_UNKNOWN};

    if (header && read_builders(header, mem, &about.builders))
        about.kind = about.builders.count ? ABOUT_BUILDERS : ABOUT_ALL;
    return about;
}

static struct about of_member(const json_t *payload, void *mem)
{
    const json_t *id = json_object_get(payload, "builderid");
    int64_t *ids;

    if (!json_is_integer(id))
        return (struct about){.kind = ABOUT_UNKNOWN};
    ids = ci_mem_array(mem, int64_t, 1);
    *ids = json_integer_value(id);
    return (struct about){
        .kind = ABOUT_BUILDERS, .builders = {ids, 1}
    };
}

static struct about of_name(enum about_kind kind, const json_t *payload, const char *member,
                            void *mem)
{
    const char *name = json_string_value(json_object_get(payload, member));

    if (!name)
        return (struct about){.kind = ABOUT_UNKNOWN};
    return (struct about){.kind = kind, .name = ci_mem_strdup(mem, name)};
}

/* services/changes/ledger.h says what is in it; one without projects would tell too much. */
static struct about of_delivery(const json_t *payload, void *mem)
{
    const json_t *projects = json_object_get(payload, "projects");
    const char *kind = json_string_value(json_object_get(payload, "kind")),
               *source = json_string_value(json_object_get(payload, "source")),
               *repository = json_string_value(json_object_get(payload, "repository"));
    const char **names = ci_mem_array(mem, const char *, json_array_size(projects));

    if (!json_is_array(projects) || !kind || !source)
        return (struct about){.kind = ABOUT_UNKNOWN};
    for (size_t i = 0; i < json_array_size(projects); i++) {
        const char *name = json_string_value(json_array_get(projects, i));

        if (!name)
            return (struct about){.kind = ABOUT_UNKNOWN};
        names[i] = ci_mem_strdup(mem, name);
    }
    return (struct about){
        .kind = ABOUT_DELIVERY,
        .name = strcmp(kind, "poll") == 0 ? ci_mem_strdup(mem, source) : NULL,
        .repository = repository ? ci_mem_strdup(mem, repository) : NULL,
        .projects = {names, json_array_size(projects)},
    };
}

struct about about_of(const char *key, const json_t *payload, const char *builders, void *mem)
{
    size_t len = strcspn(key, "/");
    enum source source = HEADER;
    bool known = false;

    for (size_t i = 0; i < CI_COUNT(sources) && !known; i++) {
        known = strlen(sources[i].resource) == len && memcmp(sources[i].resource, key, len) == 0;
        source = sources[i].source;
    }
    if (!known)
        return (struct about){.kind = ABOUT_UNKNOWN};
    if (builders)
        return of_builders(builders, mem);
    switch (source) {
    case NOWHERE:
        return (struct about){.kind = ABOUT_ALL};
    case MEMBER:
        return of_member(payload, mem);
    case HEADER:
        return (struct about){.kind = ABOUT_UNKNOWN};
    case PROJECT:
        return of_name(ABOUT_PROJECT, payload, "project", mem);
    case NAME:
        return of_name(ABOUT_PROJECT, payload, "name", mem);
    case SCHEDULER:
        return of_name(ABOUT_SCHEDULER, payload, "name", mem);
    case SOURCES:
        return (struct about){.kind = ABOUT_SOURCES};
    case DELIVERY:
        return of_delivery(payload, mem);
    }
    return (struct about){.kind = ABOUT_UNKNOWN};
}

static bool is_mixed(const struct access_view *view, int64_t builderid)
{
    for (size_t i = 0; i < view->mixed.count; i++)
        if (view->mixed.items[i] == builderid)
            return true;
    return false;
}

/* Which builds of a mixed one are hidden tells only the database: none is told. */
static bool hides_builder(const struct access_view *view, int64_t builderid)
{
    return builderid > view->newest_builder || access_hides_builder(view, builderid) ||
           is_mixed(view, builderid);
}

static bool hides_all(const struct access_view *view, struct ci_i64s builders)
{
    for (size_t i = 0; i < builders.count; i++)
        if (!hides_builder(view, builders.items[i]))
            return false;
    return true;
}

static bool hides_project(const struct access_view *view, const char *project)
{
    return access_hides_project(view, project) ||
           (*project && !access_view_holds(view, view->version, 0, project));
}

static bool hides_delivery(const struct access_view *view, const struct about *about)
{
    if (about->projects.count == 0 && !view->general)
        return true;
    for (size_t i = 0; i < about->projects.count; i++)
        if (hides_project(view, about->projects.items[i]))
            return true;
    return (about->name && access_hides_change_source(view, about->name)) ||
           (about->repository && access_hides_repository(view, about->repository));
}

bool about_hidden(const struct about *about, const struct access_view *view)
{
    if (!view || view->everything)
        return false;
    switch (about->kind) {
    case ABOUT_ALL:
        return !view->general;
    case ABOUT_BUILDERS:
        return hides_all(view, about->builders);
    case ABOUT_PROJECT:
        return hides_project(view, about->name);
    case ABOUT_SCHEDULER:
        return access_hides_scheduler(view, about->name);
    case ABOUT_SOURCES:
        return view->projects.count > 0;
    case ABOUT_DELIVERY:
        return hides_delivery(view, about);
    case ABOUT_UNKNOWN:
        return true;
    }
    return true;
}
