/* SPDX-License-Identifier: Apache-2.0 */
/* Which builders and projects a live event is about, which decides who may hear of it. Pure. */
#pragma once

#include "access/access.h"

enum about_kind {
    ABOUT_ALL,       /* nothing that can be hidden */
    ABOUT_BUILDERS,  /* hidden when all of them are; without any it is for all */
    ABOUT_PROJECT,   /* hidden with the project */
    ABOUT_SCHEDULER, /* hidden with the scheduler */
    ABOUT_SOURCES,   /* of some project, nobody says which */
    ABOUT_DELIVERY,  /* hidden with its projects, its poller or its repository */
    ABOUT_UNKNOWN,   /* an event that we don't know: only for those from whom nothing is hidden */
};

struct about {
    enum about_kind kind;
    struct ci_i64s builders;
    const char *name;        /* of the project, the scheduler or the delivery's poller */
    const char *repository;  /* of a delivery, or NULL */
    struct ci_strs projects; /* of a delivery */
};

/* key "builds/7/new"; builders: the message's header or NULL. Texts and ids in mem. */
struct about about_of(const char *key, const json_t *payload, const char *builders, void *mem);

/* Whether a listener with that view may not hear of it; NULL: nothing is hidden. What is newer than
 * the view is hidden until there is a newer view. */
bool about_hidden(const struct about *about, const struct access_view *view);
