/* SPDX-License-Identifier: Apache-2.0 */
/* `projects`: what is said of the projects, and the codebases whose commits are kept. */
#include "config_internal.h"

#include <string.h>

static const char *check_name(const char *text, void *mem)
{
    enum { NAME_MAX_BYTES = 70 }; /* Buildbot's */

    if (strlen(text) > NAME_MAX_BYTES)
        return ci_mem_printf(mem, "\"%.80s\" is longer than %d bytes", text, NAME_MAX_BYTES);
    return *text ? check_one_line(text, mem) : "must not be empty";
}

#define AT(member) offsetof(struct ci_project, member)
static const struct key project_keys[] = {
    KEY("name", KEY_STR, AT(name), KEY_REQUIRED, "Unique name, at most 70 bytes.",
        .example = "acme", .check = check_name),
    KEY("description", KEY_STR, AT(description), 0, "Text that the web pages show; default: none.",
        .example = "The shop"),
    KEY("description_format", KEY_STR, AT(description_format), 0, "markdown; default: plain text.",
        .example = "markdown", .check = check_description_format),
    KEY("codebases", KEY_STRS, AT(codebases), KEY_NOT_EMPTY | KEY_UNIQUE,
        "Codebases whose commits and branches are kept; default: those of its change sources.",
        .example = "[client, server]", .check = check_name),
};
#undef AT

const struct section config_project = {
    .has_chapter = true,
    .name = "project",
    .help = "What is said of a project.",
    SECTION_KEYS(project_keys),
    .size = sizeof(struct ci_project),
    .space = SPACE_PROJECT,
};
