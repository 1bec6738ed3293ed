/* SPDX-License-Identifier: Apache-2.0 */
/* The objects inside resources, and the names of the values in paths; both are Buildbot's. */
#include "openapi/shapes.h"

#include <string.h>

static const struct rest_field patch_fields[] = {
    {"patchid", NULL, REST_INT, false, NULL},
    {"body",    NULL, REST_STR, true,  NULL},
    {"level",   NULL, REST_INT, false, NULL},
    {"subdir",  NULL, REST_STR, true,  NULL},
    {"author",  NULL, REST_STR, false, NULL},
    {"comment", NULL, REST_STR, false, NULL},
};
static const struct rest_field place_fields[] = {
    {"masterid",  NULL, REST_INT, false, NULL},
    {"builderid", NULL, REST_INT, false, NULL},
};
static const struct rest_field glance_fields[] = {
    {"buildid",      NULL, REST_INT,  false, NULL},
    {"number",       NULL, REST_INT,  false, NULL},
    {"started_at",   NULL, REST_TIME, false, NULL},
    {"complete_at",  NULL, REST_TIME, true,  NULL},
    {"results",      NULL, REST_INT,  true,  NULL},
    {"state_string", NULL, REST_STR,  false, NULL},
};
static const struct rest_field link_fields[] = {
    {"name", NULL, REST_STR, false, NULL},
    {"url",  NULL, REST_STR, false, NULL},
};

static const struct ci_record patch_record = {.name = "patch"};
static const struct rest_resource patch = {
    .fields = patch_fields, .count = CI_COUNT(patch_fields), .record = &patch_record};
static const struct rest_resource worker_place = {.fields = place_fields,
                                                  .count = CI_COUNT(place_fields)};
static const struct rest_resource master_only = {.fields = place_fields, .count = 1};
static const struct rest_resource build_glance = {.fields = glance_fields,
                                                  .count = CI_COUNT(glance_fields)};
static const struct rest_resource named_link = {.fields = link_fields,
                                                .count = CI_COUNT(link_fields)};

static const struct shape shapes[] = {
    {"audit",           "detail",           SHAPE_OBJECT,     NULL              },
    {"build",           "properties",       SHAPE_PROPERTIES, NULL              },
    {"build_data",      "value",            SHAPE_BINARY,     NULL              },
    {"builder_summary", "last_builds",      SHAPE_ROWS,       &build_glance     },
    {"builder_summary", "pending",          SHAPE_INTEGER,    NULL              },
    {"builder_summary", "running",          SHAPE_INTEGER,    NULL              },
    {"builder_summary", "usual_duration_s", SHAPE_INTEGER,    NULL              },
    {"buildrequest",    "properties",       SHAPE_PROPERTIES, NULL              },
    {"buildset",        "sourcestamps",     SHAPE_ROWS,       &rest_sourcestamps},
    {"change",          "properties",       SHAPE_PROPERTIES, NULL              },
    {"change",          "sourcestamp",      SHAPE_ROW,        &rest_sourcestamps},
    {"changesource",    "master",           SHAPE_ROW,        &rest_masters     },
    {"delivery_body",   "request",          SHAPE_OBJECT,     NULL              },
    {"forcescheduler",  "all_fields",       SHAPE_OBJECTS,    NULL              },
    {"properties",      "properties",       SHAPE_PROPERTIES, NULL              },
    {"scheduler",       "builder_names",    SHAPE_STRINGS,    NULL              },
    {"scheduler",       "master",           SHAPE_ROW,        &rest_masters     },
    {"sourcestamp",     "patch",            SHAPE_ROW,        &patch            },
    {"step",            "urls",             SHAPE_ROWS,       &named_link       },
    {"worker",          "configured_on",    SHAPE_ROWS,       &worker_place     },
    {"worker",          "connected_to",     SHAPE_ROWS,       &master_only      },
    {"worker",          "labels",           SHAPE_OBJECT,     NULL              },
    {"worker",          "workerinfo",       SHAPE_OBJECT,     NULL              },
};

const struct shape *shape_of(const struct rest_resource *resource, const struct rest_field *field)
{
    for (size_t i = 0; resource->record && i < CI_COUNT(shapes); i++)
        if (strcmp(shapes[i].record, resource->record->name) == 0 &&
            strcmp(shapes[i].field, field->name) == 0)
            return &shapes[i];
    return NULL;
}

enum place {
    ANYWHERE,
    FIRST, /* no value comes before it */
    LAST,  /* a value comes before, nothing after */
    INNER, /* a value comes before, something after */
    LATER, /* LAST or INNER */
};

/* By what stands before; the first row that fits. */
static const struct value_row {
    const char *before;
    char kind; /* as in the pattern */
    enum place place;
    struct path_value value;
} values[] = {
    {"artifacts",           '*', ANYWHERE, {'*', "path", "path"}                          },
    {"artifacts",           'n', ANYWHERE, {'n', "artifactid", "artifactid"}              },
    {"audit",               'n', ANYWHERE, {'n', "auditid", "auditid"}                    },
    {"branches",            'n', ANYWHERE, {'n', "branchid", "branchid"}                  },
    {"builders",            'n', ANYWHERE, {'n', "builderid", "builder"}                  },
    {"builders",            's', ANYWHERE, {'s', "buildername", "builder"}                },
    {"builder_summaries",   'n', ANYWHERE, {'n', "builderid", "builder"}                  },
    {"buildrequests",       'n', ANYWHERE, {'n', "buildrequestid", "buildrequestid"}      },
    {"builds",              'n', FIRST,    {'n', "buildid", "buildid"}                    },
    {"builds",              'n', LAST,     {'n', "number", "number"}                      },
    {"builds",              'n', INNER,    {'n', "build_number", "number"}                },
    {"buildsets",           'n', ANYWHERE, {'n', "bsid", "bsid"}                          },
    {"changes",             'n', ANYWHERE, {'n', "changeid", "changeid"}                  },
    {"changesources",       'n', ANYWHERE, {'n', "changesourceid", "changesourceid"}      },
    {"codebases",           'n', ANYWHERE, {'n', "codebaseid", "codebase"}                },
    {"codebases",           's', ANYWHERE, {'i', "codebasename", "codebase"}              },
    {"commit_range",        'n', ANYWHERE, {'n', "commitid1", "commitid1"}                },
    {"commits",             'n', ANYWHERE, {'n', "commitid", "commitid"}                  },
    {"commits_by_revision", 's', ANYWHERE, {'s', "revision", "revision"}                  },
    {"data",                's', ANYWHERE, {'i', "name", "name"}                          },
    {"deliveries",          'n', ANYWHERE, {'n', "deliveryid", "deliveryid"}              },
    {"forceschedulers",     's', ANYWHERE, {'i', "schedulername", "schedulername"}        },
    {"logs",                'n', ANYWHERE, {'n', "logid", "logid"}                        },
    {"logs",                's', ANYWHERE, {'i', "log_slug", "log_slug"}                  },
    {"masters",             'n', ANYWHERE, {'n', "masterid", "masterid"}                  },
    {"notifications",       'n', ANYWHERE, {'n', "notificationid", "notificationid"}      },
    {"projects",            'n', ANYWHERE, {'n', "projectid", "project"}                  },
    {"projects",            's', ANYWHERE, {'i', "projectname", "project"}                },
    {"schedulers",          'n', ANYWHERE, {'n', "schedulerid", "scheduler"}              },
    {"schedulers",          's', ANYWHERE, {'i', "schedulername", "scheduler"}            },
    {"sourcestamps",        'n', ANYWHERE, {'n', "ssid", "ssid"}                          },
    {"steps",               'n', FIRST,    {'n', "stepid", "stepid"}                      },
    {"steps",               'n', LATER,    {'n', "step_number", "step"}                   },
    {"steps",               's', ANYWHERE, {'i', "step_name", "step"}                     },
    {"test_result_sets",    'n', ANYWHERE, {'n', "test_result_setid", "test_result_setid"}},
    {"tokens",              'n', ANYWHERE, {'n', "tokenid", "tokenid"}                    },
    {"tryschedulers",       's', ANYWHERE, {'i', "schedulername", "schedulername"}        },
    {"users",               'n', ANYWHERE, {'n', "userid", "username"}                    },
    {"users",               's', ANYWHERE, {'s', "username", "username"}                  },
    {"workers",             'n', ANYWHERE, {'n', "workerid", "worker"}                    },
    {"workers",             's', ANYWHERE, {'i', "name", "worker"}                        },
    {":n",                  'n', LATER,    {'n', "commitid2", "commitid2"}                },
};

/* The segment before, which `segment` follows; "" at the beginning. */
static const char *segment_before(const char *pattern, const char *segment, size_t *len)
{
    const char *end = segment > pattern ? segment - 1 : pattern, *begin = end;

    while (begin > pattern && begin[-1] != '/')
        begin--;
    *len = (size_t)(end - begin);
    return begin;
}

static bool is_at(enum place place, const char *pattern, const char *segment)
{
    bool later = memchr(pattern, ':', (size_t)(segment - pattern)) != NULL;
    bool last = segment[strcspn(segment, "/")] == '\0';

    switch (place) {
    case ANYWHERE:
        return true;
    case FIRST:
        return !later;
    case LAST:
        return later && last;
    case INNER:
        return later && !last;
    case LATER:
        return later;
    }
    return false;
}

struct path_value path_value_of(const char *pattern, const char *segment)
{
    const char kind = *segment == '*' ? '*' : segment[1];
    size_t len;
    const char *before = segment_before(pattern, segment, &len);

    for (size_t i = 0; i < CI_COUNT(values); i++)
        if (values[i].kind == kind && strlen(values[i].before) == len &&
            memcmp(values[i].before, before, len) == 0 && is_at(values[i].place, pattern, segment))
            return values[i].value;
    return (struct path_value){kind, NULL, NULL};
}
