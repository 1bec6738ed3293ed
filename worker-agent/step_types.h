/* SPDX-License-Identifier: Apache-2.0 */
/* The types of steps, each carried out by one function that fills *end. */
#pragma once

#include "step.h"

typedef void step_type(struct step *step, struct step_end *end);

step_type step_do_run;
step_type step_do_sequence;
step_type step_do_git;
step_type step_do_hg;
step_type step_do_svn;
step_type step_do_compile;
step_type step_do_test;
step_type step_do_set_property;
step_type step_do_set_properties;
step_type step_do_set_properties_from_env;
step_type step_do_trigger;
step_type step_do_mkdir;
step_type step_do_rmdir;
step_type step_do_copy;
step_type step_do_file_exists;
step_type step_do_upload;
step_type step_do_upload_directory;
step_type step_do_download;
step_type step_do_write_file;
step_type step_do_http;
step_type step_do_assert;
step_type step_do_log;
step_type step_do_git_commit;
step_type step_do_git_tag;
step_type step_do_git_push;
step_type step_do_tree_size;
step_type step_do_repository_steps;
step_type step_do_environment;
