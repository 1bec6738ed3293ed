/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Environments: folders that steps prepare once for a set of key files and
 * that builds of one builder share (builders/<slug>/environments/<key>). A
 * build that uses one holds a shared lock on <key>.lock, who makes or removes
 * one an exclusive lock.
 */
#pragma once

#include "job.h"

/* The build is over: an environment that it left changed goes as soon as nobody uses it. */
void environment_leave(struct job *job);

/* All that are prepared below `builders_dir`: [{"builderid", "key"}], a new reference. */
json_t *environment_list(const char *builders_dir);
