/* SPDX-License-Identifier: Apache-2.0 */
/* What a configuration brings into the tables besides itself: one JSON list for each statement. */
#pragma once

#include "shared/config.h"

/* Each in mem: builders, schedulers, workers, pollers, change sources, projects, codebases. */
struct ci_arg config_builders_arg(const struct ci_config *config, void *mem);
struct ci_arg config_schedulers_arg(const struct ci_config *config, void *mem);
struct ci_arg config_workers_arg(const struct ci_config *config, void *mem);
struct ci_arg config_pollers_arg(const struct ci_config *config, void *mem);
struct ci_arg config_changesources_arg(const struct ci_config *config, void *mem);
struct ci_arg config_projects_arg(const struct ci_config *config, void *mem);
struct ci_arg config_codebases_arg(const struct ci_config *config, void *mem);
