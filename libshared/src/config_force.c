/* SPDX-License-Identifier: Apache-2.0 */
/* What all schedulers have in common, and the force scheduler. */
#include "config_internal.h"

#define AT(member) offsetof(struct ci_scheduler, member)
static const struct key common_keys[] = {
    KEY("type", KEY_TYPE, 0, KEY_REQUIRED, "The kind of scheduler.", .example = "any_branch"),
    KEY("builders", KEY_STRS, AT(builders), KEY_REQUIRED | KEY_NOT_EMPTY | KEY_UNIQUE,
        "Names of the builders to run.", .example = "[linux, mac]", .alias = "builder_names",
        .refers_to = SPACE_BUILDER),
    KEY("reason", KEY_STR, AT(reason), 0,
        "Reason that its builds show; default: which scheduler it was.", .example = "every night"),
    KEY("priority", KEY_INT, AT(priority), 0,
        "Priority of its requests, the higher the sooner; default 0.", .example = "10",
        .min = INT32_MIN),
    KEY("properties", KEY_OBJECT, AT(properties), 0, "Properties of its builds; default: none.",
        .example = "{channel: beta}", .check_name = check_property_name),
    KEY("branch_priorities", KEY_KVS, AT(branch_priorities), 0,
        "By branch or glob: what is added to the priority, the first that matches; default: "
        "nothing.",
        .example = "{main: 10, \"release/*\": 5}", .check = check_whole_number),
    KEY("codebases", KEY_CODEBASES, AT(codebases), 0,
        "Codebases of its builds with the sources of those that no change touches: a list or a "
        "mapping; default: the one called \"\".",
        .example = "{client: {repository: https://git.example/client.git, branch: main}}",
        .section = &config_source_spec),
};

static void finish_common(struct decode *d, const struct node *map, void *out)
{
    const struct ci_scheduler *scheduler = out;
    json_auto_t *seen = json_object();

    CI_FOREACH(const struct ci_source_spec, source, scheduler->codebases) {
        if (json_object_get(seen, source->codebase))
            complain(d, node_get(map, "codebases"), "the codebase \"%s\" stands twice",
                     source->codebase);
        (void)json_object_set_new(seen, source->codebase, json_true());
    }
}

const struct section config_scheduler_common = {
    .name = "scheduler",
    .help = "What all schedulers have.",
    SECTION_KEYS(common_keys),
    .finish = finish_common,
};

#undef AT

const struct ci_scheduler config_scheduler_defaults = {
    .time_zone = "UTC",
    .repository = "",
    .project = "",
    .codebase = "",
    .username_label = "Your name:",
};

#define AT(member) offsetof(struct ci_scheduler, member)
static const struct key force_keys[] = {
    CONFIG_SOURCE_KEYS,
    KEY("name", KEY_STR, AT(name), KEY_REQUIRED, "Unique name, an identifier.", .example = "force",
        .check = check_identifier),
    KEY("button_name", KEY_STR, AT(button_name), KEY_NOT_EMPTY,
        "Text of the button; default: the name.", .example = "Build it now"),
    KEY("label", KEY_STR, AT(label), KEY_NOT_EMPTY, "Title of the dialog; default: the name.",
        .example = "Build a release"),
    KEY("username_label", KEY_STR, AT(username_label), KEY_NOT_EMPTY,
        "Text before the field with the user's name; default Your name:.",
        .example = "Who are you?"),
    KEY("parameters", KEY_LIST, AT(parameters), 0,
        "What the dialog asks for; each answer becomes a property; default: nothing more.",
        .example = "[{name: channel, type: choice, choices: [beta, stable]}]",
        .section = &config_parameter),
};
#undef AT

static void finish_force(struct decode *d, const struct node *map, void *out)
{
    struct ci_scheduler *scheduler = out;

    config_check_parameters(d, node_get(map, "parameters"));
    if (!scheduler->button_name)
        scheduler->button_name = scheduler->name;
    if (!scheduler->label)
        scheduler->label = scheduler->name;
}

const struct section config_force = {
    .name = "force",
    .help = "Builds when somebody asks for it.",
    SECTION_KEYS(force_keys),
    .base = &config_scheduler_common,
    .size = sizeof(struct ci_scheduler),
    .tag = CI_SCHED_FORCE,
    .defaults = &config_scheduler_defaults,
    .space = SPACE_SCHEDULER,
    .finish = finish_force,
};
