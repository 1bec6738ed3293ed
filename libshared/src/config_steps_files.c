/* SPDX-License-Identifier: Apache-2.0 */
/* Steps about files: mkdir, rmdir, copy, file_exists, artifacts up and down, write_file. */
#include "config_steps.h"

static const struct key paths_keys[] = {
    KEY("paths", KEY_STRS, offsetof(struct ci_paths_args, paths),
        KEY_REQUIRED | KEY_NOT_EMPTY | KEY_RENDER, "Paths below workdir.",
        .example = "[out, \"dist/%(prop:version)s\"]", .alias = "path",
        .check = check_relative_path),
};
static const struct section mkdir_args = {
    SECTION_KEYS(paths_keys),
    .size = sizeof(struct ci_paths_args),
    .primary = "paths",
};
#define rmdir_args mkdir_args
#define file_exists_args mkdir_args
STEP(mkdir, CI_STEP_MKDIR, "Makes folders; a failure halts the build.", config_step_halts);
STEP(rmdir, CI_STEP_RMDIR, "Removes folders with all in them; a failure halts the build.",
     config_step_halts);
STEP(file_exists, CI_STEP_FILE_EXISTS,
     "Fails when one of the files is not there; a failure halts the build.", config_step_halts);

#define AT(member) offsetof(struct ci_copy_args, member)
static const struct key copy_keys[] = {
    KEY("source", KEY_STR, AT(source), KEY_REQUIRED | KEY_NOT_EMPTY | KEY_RENDER,
        "Folder or file below workdir.", .example = "assets", .check = check_relative_path),
    KEY("destination", KEY_STR, AT(destination), KEY_REQUIRED | KEY_NOT_EMPTY | KEY_RENDER,
        "Where the copy lies, below workdir.", .example = "out/assets",
        .check = check_relative_path),
};
#undef AT
static const struct section copy_args = {
    SECTION_KEYS(copy_keys),
    .size = sizeof(struct ci_copy_args),
};
STEP(copy, CI_STEP_COPY, "Copies a folder or file; a failure halts the build.", config_step_halts);

#define AT(member) offsetof(struct ci_upload_args, member)
static const struct key upload_common_keys[] = {
    KEY("as", KEY_STR, AT(as), KEY_RENDER, "Folder of the artifacts' names; default \"\".",
        .example = "\"packages/%(prop:branch)s\"", .check = check_relative_path),
    KEY("max_size", KEY_SIZE, AT(max_size), 0,
        "Size of one file beyond which the step fails; default 0 = any that the installation "
        "takes.",
        .example = "100MiB", .alias = "maxsize"),
    KEY("keep_stamp", KEY_BOOL, AT(keep_stamp), 0,
        "Whether the time of modification is kept; default false.", .example = "true",
        .alias = "keepstamp"),
    KEY("url_text", KEY_STR, AT(url_text), KEY_NOT_EMPTY | KEY_RENDER,
        "Text of the link on the step; default: the name.", .example = "Package"),
    KEY("allow_missing", KEY_BOOL, AT(allow_missing), 0,
        "Whether nothing to upload is no failure; default false.", .example = "true"),
    KEY("keep", KEY_DUR, AT(keep), 0,
        "How long the artifacts are kept; default 0 = as retention says.", .example = "30d"),
};
static const struct section upload_common = {SECTION_KEYS(upload_common_keys)};
static const struct key upload_keys[] = {
    KEY("files", KEY_STRS, AT(files), KEY_REQUIRED | KEY_NOT_EMPTY | KEY_RENDER,
        "Globs of files below workdir.", .example = "[\"dist/*.tar.gz\", \"dist/*.deb\"]",
        .check = check_relative_path),
};
static const struct key upload_directory_keys[] = {
    KEY("directory", KEY_STR, AT(directory), KEY_REQUIRED | KEY_NOT_EMPTY | KEY_RENDER,
        "Folder below workdir, with all below it.", .example = "build/html",
        .check = check_relative_path),
};
#undef AT
static const struct ci_upload_args upload_defaults = {.as = ""};
static const struct section upload_args = {
    SECTION_KEYS(upload_keys),    .base = &upload_common, .size = sizeof(struct ci_upload_args),
    .defaults = &upload_defaults, .primary = "files",
};
static const struct section upload_directory_args = {
    SECTION_KEYS(upload_directory_keys),
    .base = &upload_common,
    .size = sizeof(struct ci_upload_args),
    .defaults = &upload_defaults,
    .primary = "directory",
};
STEP(upload, CI_STEP_UPLOAD, "Stores files as artifacts; a failure halts the build.",
     config_step_halts);
STEP(upload_directory, CI_STEP_UPLOAD_DIRECTORY,
     "Stores a folder as artifacts; a failure halts the build.", config_step_halts);

static const char *const froms[] = {
    [CI_FROM_PARENT] = "parent",
    [CI_FROM_BUILDSET] = "buildset",
    [CI_FROM_BUILDER] = "builder",
    [CI_FROM_BUILD] = "build",
    NULL,
};
#define AT(member) offsetof(struct ci_download_args, member)
static const struct key download_keys[] = {
    KEY("artifact", KEY_STR, AT(artifact), KEY_REQUIRED | KEY_NOT_EMPTY | KEY_RENDER,
        "Name of the artifact, or a glob.", .example = "\"*.deb\"", .check = check_one_line),
    KEY("from", KEY_ENUM, AT(from), 0,
        "parent: the build that triggered this one; buildset: the builds of this buildset and "
        "those triggered here; builder: the newest successful one of builder; build: this one; "
        "default parent, or builder where one is named.",
        .example = "buildset", .names = froms),
    KEY("builder", KEY_STR, AT(builder), KEY_NOT_EMPTY | KEY_RENDER,
        "Builder whose newest successful build has it; default: none.", .example = "linux",
        .refers_to = SPACE_BUILDER),
    KEY("branch", KEY_STR, AT(branch), KEY_NOT_EMPTY | KEY_RENDER,
        "Only builds of this branch; default: any.", .example = "\"%(prop:branch)s\""),
    KEY("to", KEY_STR, AT(to), KEY_NOT_EMPTY | KEY_RENDER,
        "File or folder below workdir that gets it; default \".\".", .example = "incoming/",
        .check = check_relative_path),
    KEY("mode", KEY_STR, AT(mode), KEY_NOT_EMPTY, "Octal mode of the files; default: as uploaded.",
        .example = "755", .check = check_octal),
};
#undef AT

static void finish_download(struct decode *d, const struct node *map, void *out)
{
    struct ci_download_args *args = out;
    bool is_named = args->builder || node_get(map, "builder");

    if (is_named && !node_get(map, "from"))
        args->from = CI_FROM_BUILDER;
    if (is_named != (args->from == CI_FROM_BUILDER))
        complain(d, map,
                 is_named ? "\"builder\" needs \"from: builder\""
                          : "\"from: builder\" needs a \"builder\"");
    else if (args->branch && !is_named)
        complain(d, node_get(map, "branch"), "\"branch\" needs a \"builder\"");
}

static const struct ci_download_args download_defaults = {.to = "."};
static const struct section download_args = {
    SECTION_KEYS(download_keys),    .size = sizeof(struct ci_download_args),
    .defaults = &download_defaults, .primary = "artifact",
    .finish = finish_download,
};
STEP(download, CI_STEP_DOWNLOAD, "Fetches artifacts; a failure halts the build.",
     config_step_halts);

#define AT(member) offsetof(struct ci_write_file_args, member)
static const struct key write_file_keys[] = {
    KEY("path", KEY_STR, AT(path), KEY_REQUIRED | KEY_NOT_EMPTY | KEY_RENDER, "File below workdir.",
        .example = "build-info.json", .check = check_relative_path),
    KEY("content", KEY_STR, AT(content), KEY_RENDER, "Its text; this, json or properties.",
        .example = "\"version=%(prop:version)s\\n\""),
    KEY("json", KEY_JSON, AT(json), KEY_RENDER, "Its content as JSON.",
        .example = "{version: \"%(prop:version)s\"}"),
    KEY("properties", KEY_BOOL, AT(properties), 0,
        "Whether its content are the build's properties and source stamps, as JSON; default "
        "false.",
        .example = "true"),
    KEY("mode", KEY_STR, AT(mode), KEY_NOT_EMPTY, "Octal mode of the file; default 644.",
        .example = "600", .check = check_octal),
};
#undef AT

static void finish_write_file(struct decode *d, const struct node *map, void *out)
{
    const struct ci_write_file_args *args = out;

    if ((node_get(map, "content") != NULL) + (node_get(map, "json") != NULL) + args->properties !=
        1)
        complain(d, map, "needs one of \"content\", \"json\" and \"properties: true\"");
}

static const struct ci_write_file_args write_file_defaults = {.mode = "644"};
static const struct section write_file_args = {
    SECTION_KEYS(write_file_keys),    .size = sizeof(struct ci_write_file_args),
    .defaults = &write_file_defaults, .primary = "path",
    .finish = finish_write_file,
};
STEP(write_file, CI_STEP_WRITE_FILE, "Writes a file; a failure halts the build.",
     config_step_halts);
