/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of live events and the patterns that listeners give. Pure. */
#pragma once

#include "shared/mem.h"

/* As many segments in both, each equal or "*" in the pattern. */
bool topic_matches(const char *pattern, const char *key);

/* 1 to 12 segments, none of them empty. */
bool topic_is_valid(const char *pattern);

enum { TOPIC_KEYS = 3 };

/*
 * The keys under which an event is told: that of its NATS subject
 * (slipway.event.builds.7.new), then those that its payload gives it
 * (builders/1/builds/3/new), in mem. Returns how many.
 */
size_t topics_of(const char *subject, const json_t *payload, void *mem,
                 const char *keys[TOPIC_KEYS]);
