/* SPDX-License-Identifier: Apache-2.0 */
/* Steps about properties: set_property and its kin, trigger, assert, log, tree_size. */
#include "config_steps.h"

#include <string.h>

enum { PROPERTY_NAME_MAX = 256 };

#define AT(member) offsetof(struct ci_set_property_args, member)
static const struct key set_property_keys[] = {
    KEY("property", KEY_STR, AT(property), KEY_NOT_EMPTY, "Name of the property.",
        .example = "version", .check = check_property_name),
    KEY("value", KEY_JSON, AT(value), KEY_RENDER | KEY_PUBLIC,
        "Its value, of any kind; this or command.", .example = "\"%(prop:branch)s-1\""),
    KEY("command", KEY_COMMAND, AT(command), KEY_RENDER,
        "Command whose output is the value; this or value.", .example = "cat VERSION"),
    KEY("strip", KEY_BOOL, AT(strip), 0,
        "Whether white space around the output is dropped; default true.", .example = "false"),
    KEY("pattern", KEY_STR, AT(pattern), KEY_NOT_EMPTY,
        "POSIX extended regular expression; its first group, or all of the match, is the value; "
        "default: all of the output.",
        .example = "\"version ([0-9.]+)\"", .check = check_regex),
    KEY("patterns", KEY_KVS, AT(patterns), 0,
        "Several properties at once: name and pattern of each; default: none.",
        .example = "{major: \"^([0-9]+)\", minor: \"[.]([0-9]+)\"}", .check = check_regex,
        .check_name = check_property_name),
    KEY("json", KEY_BOOL, AT(json), 0,
        "Whether the output is JSON; without property each key of its object becomes one; default "
        "false.",
        .example = "true"),
};
#undef AT

static void finish_set_property(struct decode *d, const struct node *map, void *out)
{
    const struct ci_set_property_args *args = out;
    bool has_command = node_get(map, "command"), has_value = node_get(map, "value");
    int ways = (args->pattern != NULL) + (args->patterns.count > 0) + args->json;

    if (has_command == has_value)
        complain(d, map, "needs either \"value\" or \"command\"");
    else if (has_value && (ways > 0 || node_get(map, "strip")))
        complain(d, map, "\"strip\", \"pattern\", \"patterns\" and \"json\" need a \"command\"");
    else if (ways > 1)
        complain(d, map, "\"pattern\", \"patterns\" and \"json\" exclude each other");
    if (args->patterns.count > 0 && args->property)
        complain(d, node_get(map, "patterns"),
                 "\"patterns\" name the properties: leave out "
                 "\"property\"");
    else if (!args->property && args->patterns.count == 0 && !args->json)
        complain(d, map, "\"property\" is missing");
}

static const struct ci_set_property_args set_property_defaults = {.strip = true};
static const struct section set_property_args = {
    SECTION_KEYS(set_property_keys),    .size = sizeof(struct ci_set_property_args),
    .defaults = &set_property_defaults, .primary = "property",
    .finish = finish_set_property,
};
STEP(set_property, CI_STEP_SET_PROPERTY, "Sets a property, also from a command's output.",
     config_step_defaults);

static const struct key set_properties_keys[] = {
    KEY("properties", KEY_OBJECT, offsetof(struct ci_set_properties_args, properties),
        KEY_REQUIRED | KEY_RENDER | KEY_PUBLIC, "Names and values of the properties.",
        .example = "{channel: beta, stage: 2}", .check_name = check_property_name),
};
static const struct section set_properties_args = {
    SECTION_KEYS(set_properties_keys),
    .size = sizeof(struct ci_set_properties_args),
    .primary = "properties",
    .whole = true,
};
STEP(set_properties, CI_STEP_SET_PROPERTIES, "Sets several properties.", config_step_defaults);

static const struct key from_env_keys[] = {
    KEY("variables", KEY_STRS, offsetof(struct ci_set_properties_from_env_args, variables),
        KEY_REQUIRED | KEY_NOT_EMPTY | KEY_UNIQUE,
        "Variables of the worker's environment; each becomes a property of its name.",
        .example = "[HOSTNAME, CC]", .check = check_property_name),
};
static const struct section set_properties_from_env_args = {
    SECTION_KEYS(from_env_keys),
    .size = sizeof(struct ci_set_properties_from_env_args),
    .primary = "variables",
};
STEP(set_properties_from_env, CI_STEP_SET_PROPERTIES_FROM_ENV,
     "Sets properties from the worker's environment.", config_step_defaults);

#define AT(member) offsetof(struct ci_source_spec, member)
static const struct key source_keys[] = {
    KEY("codebase", KEY_STR, AT(codebase), KEY_RENDER, "Name of the codebase; default \"\".",
        .example = "client"),
    KEY("repository", KEY_STR, AT(repository), KEY_RENDER, "Its repository; default \"\".",
        .example = "https://git.example/client.git"),
    KEY("project", KEY_STR, AT(project), KEY_RENDER, "Its project; default \"\".",
        .example = "acme"),
    KEY("branch", KEY_STR, AT(branch), KEY_NOT_EMPTY | KEY_RENDER,
        "Its branch; default: the repository's own.", .example = "main"),
    KEY("revision", KEY_STR, AT(revision), KEY_NOT_EMPTY | KEY_RENDER,
        "Its revision; default: the latest.", .example = "\"%(prop:got_revision)s\""),
};
#undef AT
static const struct ci_source_spec source_defaults = {
    .codebase = "", .repository = "", .project = ""};
const struct section config_source_spec = {
    .name = "source",
    .help = "A source of a build: its codebase, or a mapping.",
    SECTION_KEYS(source_keys),
    .size = sizeof(struct ci_source_spec),
    .defaults = &source_defaults,
    .primary = "codebase",
    .is_shared = true,
};

#define AT(member) offsetof(struct ci_trigger_args, member)
static const struct key trigger_keys[] = {
    KEY("schedulers", KEY_STRS, AT(schedulers), KEY_NOT_EMPTY | KEY_UNIQUE | KEY_RENDER,
        "Names of the triggerable schedulers.", .example = "[all-platforms]",
        .alias = "scheduler_names", .refers_to = SPACE_SCHEDULER),
    KEY("builders", KEY_STRS, AT(builders), KEY_WIRE, "Names of builders instead."),
    KEY("unimportant_schedulers", KEY_STRS, AT(unimportant_schedulers),
        KEY_NOT_EMPTY | KEY_UNIQUE | KEY_RENDER,
        "Those of the schedulers whose results do not count; default: none.",
        .example = "[experimental]", .alias = "unimportant_scheduler_names",
        .refers_to = SPACE_SCHEDULER),
    KEY("wait_for_finish", KEY_BOOL, AT(wait_for_finish), 0,
        "Whether the step ends with the builds, and as they do; default false.", .example = "true"),
    KEY("update_source_stamp", KEY_BOOL, AT(update_source_stamp), 0,
        "Whether the revisions that this build got are built; default true.", .example = "false"),
    KEY("always_use_latest", KEY_BOOL, AT(always_use_latest), 0,
        "Whether the newest sources are built, whatever this build got; default false.",
        .example = "true"),
    KEY("source_stamps", KEY_LIST, AT(source_stamps), KEY_NOT_EMPTY,
        "What is built instead of this build's sources; default: those.",
        .example = "[{repository: https://git.example/client.git, branch: main}]",
        .section = &config_source_spec),
    KEY("set_properties", KEY_OBJECT, AT(set_properties), KEY_RENDER | KEY_PUBLIC,
        "Properties of the builds.", .example = "{version: \"%(prop:version)s\"}",
        .check_name = check_property_name),
    KEY("parent_relationship", KEY_STR, AT(parent_relationship), KEY_NOT_EMPTY,
        "What their pages call the link to this build; default Triggered from.",
        .example = "Packaged by"),
};
#undef AT

static bool is_among(struct ci_strs names, const char *name)
{
    for (size_t i = 0; i < names.count; i++) {
        if (strcmp(names.items[i], name) == 0)
            return true;
    }
    return false;
}

static void finish_trigger(struct decode *d, const struct node *map, void *out)
{
    const struct ci_trigger_args *args = out;

    if (!node_get(map, "schedulers") && !node_get(map, "scheduler_names"))
        complain(d, map, "\"schedulers\" is missing");
    if (args->source_stamps.count > 0 &&
        (args->always_use_latest || node_get(map, "update_source_stamp")))
        complain(d, node_get(map, "source_stamps"),
                 "\"source_stamps\", \"always_use_latest\" and \"update_source_stamp\" exclude "
                 "each other");
    for (size_t i = 0; i < args->unimportant_schedulers.count; i++) {
        if (!is_among(args->schedulers, args->unimportant_schedulers.items[i]))
            complain(d, map, "\"%s\" is unimportant, but not among \"schedulers\"",
                     args->unimportant_schedulers.items[i]);
    }
}

static const struct ci_trigger_args trigger_defaults = {.update_source_stamp = true,
                                                        .parent_relationship = "Triggered from"};
static const struct section trigger_args = {
    SECTION_KEYS(trigger_keys),    .size = sizeof(struct ci_trigger_args),
    .defaults = &trigger_defaults, .primary = "schedulers",
    .finish = finish_trigger,
};
STEP(trigger, CI_STEP_TRIGGER, "Starts builds by triggerable schedulers.", config_step_defaults);

static const struct key assert_keys[] = {
    KEY("condition", KEY_STR, offsetof(struct ci_assert_args, condition),
        KEY_REQUIRED | KEY_NOT_EMPTY | KEY_CONDITION, "What must hold, or the step fails.",
        .example = "prop.version =~ '^[0-9]'"),
};
static const struct section assert_args = {
    SECTION_KEYS(assert_keys),
    .size = sizeof(struct ci_assert_args),
    .primary = "condition",
};
STEP(assert, CI_STEP_ASSERT, "Fails when a condition does not hold.", config_step_defaults);

#define AT(member) offsetof(struct ci_log_args, member)
static const struct key log_keys[] = {
    KEY("content", KEY_JSON, AT(content), KEY_REQUIRED | KEY_RENDER,
        "What is written: a text, or a value as JSON.",
        .example = "{version: \"%(prop:version)s\"}"),
    KEY("log", KEY_STR, AT(log), KEY_NOT_EMPTY, "Name of the log; default Output.",
        .example = "versions", .check = check_step_name),
};
#undef AT
static const struct ci_log_args log_defaults = {.log = "Output"};
static const struct section log_args = {
    SECTION_KEYS(log_keys),
    .size = sizeof(struct ci_log_args),
    .defaults = &log_defaults,
    .primary = "content",
};
STEP(log, CI_STEP_LOG, "Writes a value into a log.", config_step_defaults);

static const struct key tree_size_keys[] = {
    KEY("property", KEY_STR, offsetof(struct ci_tree_size_args, property), KEY_NOT_EMPTY,
        "Property that gets the size; default tree-size-KiB.", .example = "size",
        .check = check_property_name),
};
static const struct ci_tree_size_args tree_size_defaults = {.property = "tree-size-KiB"};
static const struct section tree_size_args = {
    SECTION_KEYS(tree_size_keys),
    .size = sizeof(struct ci_tree_size_args),
    .defaults = &tree_size_defaults,
    .primary = "property",
};
STEP(tree_size, CI_STEP_TREE_SIZE, "Measures the working folder, in KiB.", config_step_defaults);

const char *check_property_name(const char *text, void *mem)
{
    if (!*text)
        return "must not be empty";
    if (strlen(text) > PROPERTY_NAME_MAX)
        return ci_mem_printf(mem, "\"%.60s\" is longer than %d bytes", text, PROPERTY_NAME_MAX);
    return check_one_line(text, mem);
}
