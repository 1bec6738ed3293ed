/* SPDX-License-Identifier: Apache-2.0 */
/* Steps that run commands: run, sequence, compile, test. */
#include "config_steps.h"

#include <string.h>

static const char command_help[] =
    "The command: a text for /bin/sh -c, or a list of program and arguments.";

#define AT(member) offsetof(struct ci_run_args, member)
static const struct key run_keys[] = {
    KEY("command", KEY_COMMAND, AT(command), KEY_REQUIRED | KEY_RENDER, command_help,
        .example = "[make, -j4, all]"),
};
#undef AT
static const struct section run_args = {
    SECTION_KEYS(run_keys),
    .size = sizeof(struct ci_run_args),
    .primary = "command",
};
STEP(run, CI_STEP_RUN, "Runs a command.", config_step_defaults);

#define FLAG(name_, help_)                                                                         \
    KEY(#name_, KEY_BOOL, offsetof(struct ci_sequence_item, flags.name_), 0, help_,                \
        .example = "true")
#define AT(member) offsetof(struct ci_sequence_item, member)
static const struct key item_keys[] = {
    KEY("command", KEY_COMMAND, AT(command), KEY_REQUIRED | KEY_RENDER, command_help,
        .example = "make install"),
    KEY("log", KEY_STR, AT(log), KEY_NOT_EMPTY, "Name of its log; default stdio.",
        .example = "install", .alias = "logname", .check = check_step_name),
    FLAG(halt_on_failure, "Whether its failure skips the following commands; default true."),
    FLAG(flunk_on_failure, "Whether its failure makes the step fail; default true."),
    FLAG(warn_on_failure, "Whether its failure gives the step warnings; default false."),
    FLAG(flunk_on_warnings, "Whether its warnings make the step fail; default false."),
    FLAG(warn_on_warnings, "Whether its warnings give the step warnings; default false."),
};
#undef AT
#undef FLAG
static const struct ci_sequence_item item_defaults = {
    .log = "stdio",
    .flags = {.halt_on_failure = true, .flunk_on_failure = true},
};
static const struct section item = {
    .name = "command",
    .help = "A command of a sequence: a text, a list of program and arguments, or a mapping.",
    SECTION_KEYS(item_keys),
    .size = sizeof(struct ci_sequence_item),
    .defaults = &item_defaults,
    .primary = "command",
};
static const struct key sequence_keys[] = {
    KEY("commands", KEY_LIST, offsetof(struct ci_sequence_args, commands),
        KEY_REQUIRED | KEY_NOT_EMPTY, "Commands, one after the other.",
        .example = "[./configure, [make, -j4], {command: make install, log: install}]",
        .section = &item),
};
static const struct section sequence_args = {
    SECTION_KEYS(sequence_keys),
    .size = sizeof(struct ci_sequence_args),
    .primary = "commands",
};
STEP(sequence, CI_STEP_SEQUENCE, "Runs several commands as one step.", config_step_defaults);

#define AT(member) offsetof(struct ci_warning_rule, member)
static const struct key rule_keys[] = {
    KEY("file", KEY_STR, AT(file), KEY_NOT_EMPTY,
        "POSIX extended regular expression of the file; default: any.", .example = "\"^vendor/\"",
        .check = check_regex),
    KEY("text", KEY_STR, AT(text), KEY_NOT_EMPTY,
        "POSIX extended regular expression of the text; default: any.", .example = "deprecated",
        .check = check_regex),
    KEY("first_line", KEY_INT, AT(first_line), 0, "From this line of the file on; default: any.",
        .example = "10"),
    KEY("last_line", KEY_INT, AT(last_line), 0, "Up to this line of the file; default: any.",
        .example = "20"),
};
#undef AT
static const struct section rule = {
    .name = "warning_rule",
    .help = "Warnings that do not count; a text alone is that of the file.",
    SECTION_KEYS(rule_keys),
    .size = sizeof(struct ci_warning_rule),
    .primary = "file",
};

/* Empty: no pattern at all. */
static const char *check_pattern(const char *text, void *mem)
{
    return *text ? check_regex(text, mem) : NULL;
}

#define AT(member) offsetof(struct ci_compile_args, member)
static const struct key compile_keys[] = {
    KEY("command", KEY_COMMAND, AT(command), KEY_RENDER, "The command; default make all.",
        .example = "ninja"),
    KEY("warning_pattern", KEY_STR, AT(warning_pattern), 0,
        "POSIX extended regular expression of lines that are warnings, ignoring case; its first "
        "three groups are file, line and text; default .*warning[: ].*, \"\" counts none.",
        .example = "\"^(.+):([0-9]+):.* warning: (.*)$\"", .check = check_pattern),
    KEY("directory_enter_pattern", KEY_STR, AT(directory_enter_pattern), KEY_NOT_EMPTY,
        "Regular expression whose first group is a folder that is entered; default: as make says "
        "it.",
        .example = "\"make.*: Entering directory '(.*)'\"", .check = check_regex),
    KEY("directory_leave_pattern", KEY_STR, AT(directory_leave_pattern), KEY_NOT_EMPTY,
        "Regular expression of lines that leave it; default: as make says it.",
        .example = "\"make.*: Leaving directory\"", .check = check_regex),
    KEY("suppression_file", KEY_STR, AT(suppression_file), KEY_NOT_EMPTY | KEY_RENDER,
        "File below workdir with lines \"file : text : line-line\" of warnings that do not count; "
        "default: none.",
        .example = "tools/warnings.supp", .check = check_relative_path),
    KEY("suppress", KEY_LIST, AT(suppress), 0, "Warnings that do not count.",
        .example = "[{file: \"^vendor/\"}, {text: deprecated}]", .alias = "suppression_list",
        .section = &rule),
    KEY("max_warn_count", KEY_INT, AT(max_warn_count), 0,
        "Warnings beyond which the step fails; default -1 = any number.", .example = "100",
        .min = -1),
};
#undef AT
static const char *const make_all[] = {"make", "all"}, *const make_test[] = {"make", "test"};
static const struct ci_compile_args compile_defaults = {
    .command = {.argv = {make_all, CI_COUNT(make_all)}},
    .warning_pattern = "(.*warning[: ])",
    .max_warn_count = -1,
};
static const struct section compile_args = {
    SECTION_KEYS(compile_keys),
    .size = sizeof(struct ci_compile_args),
    .defaults = &compile_defaults,
    .primary = "command",
};
STEP(compile, CI_STEP_COMPILE, "Runs a command and counts its warnings; a failure halts the build.",
     config_step_halts);

static const char *const formats[] = {
    [CI_REPORT_JUNIT] = "junit",
    [CI_REPORT_TAP] = "tap",
    [CI_REPORT_SUBUNIT] = "subunit",
    [CI_REPORT_PYTEST] = "pytest",
    [CI_REPORT_GOOGLETEST] = "googletest",
    [CI_REPORT_CTEST] = "ctest",
    NULL,
};
#define AT(member) offsetof(struct ci_report, member)
static const struct key report_keys[] = {
    KEY("format", KEY_ENUM, AT(format), KEY_REQUIRED,
        "junit (XML files), tap, subunit, pytest (of -rA), googletest or ctest.",
        .example = "junit", .names = formats),
    KEY("files", KEY_STRS, AT(files), KEY_NOT_EMPTY | KEY_RENDER,
        "Globs of files below workdir; default: the output of the command.",
        .example = "\"reports/**/*.xml\"", .check = check_relative_path),
    KEY("description", KEY_STR, AT(description), 0,
        "Name of the test result set; default: the "
        "format.",
        .example = "unit tests"),
};
#undef AT

static void finish_report(struct decode *d, const struct node *map, void *out)
{
    const struct node *format = node_get(map, "format");

    (void)out;
    if (format && format->text && strcmp(format->text, "junit") == 0 && !node_get(map, "files"))
        complain(d, map, "junit needs \"files\"");
}

static const struct section report = {
    .name = "report",
    .help = "Where results of tests are found; a format alone reads the output.",
    SECTION_KEYS(report_keys),
    .size = sizeof(struct ci_report),
    .primary = "format",
    .finish = finish_report,
};
#define AT(member) offsetof(struct ci_test_args, member)
static const struct key test_keys[] = {
    KEY("command", KEY_COMMAND, AT(command), KEY_RENDER, "The command; default make test.",
        .example = "pytest -rA"),
    KEY("reports", KEY_LIST, AT(reports), 0, "Where results of single tests are found.",
        .example = "[pytest, {format: junit, files: \"out/*.xml\"}]", .section = &report),
    KEY("fail_on_no_tests", KEY_BOOL, AT(fail_on_no_tests), 0,
        "Whether the step fails when no result was found; default false.", .example = "true"),
};
#undef AT
static const struct ci_test_args test_defaults = {
    .command = {.argv = {make_test, CI_COUNT(make_test)}},
};
static const struct section test_args = {
    SECTION_KEYS(test_keys),
    .size = sizeof(struct ci_test_args),
    .defaults = &test_defaults,
    .primary = "command",
};
STEP(test, CI_STEP_TEST, "Runs tests and collects their results.", config_step_defaults);
