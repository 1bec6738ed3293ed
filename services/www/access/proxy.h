/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The proxy in front that the settings trust: whom it names as the user by a
 * header. What others send in these headers counts for nothing.
 */
#pragma once

#include "access/identity.h"
#include "settings.h"

/* --proxy-trust. CI_EINVALID: it is no list of networks, or a header is named without one. */
CI_MUST_USE bool proxy_read_trust(const struct settings *settings, void *mem,
                                  struct ci_networks *out, struct ci_err *err);

/* Whom the proxy names; NULL *out when it names nobody or no trusted proxy is asking. */
CI_MUST_USE bool proxy_identity(struct www *www, const struct ci_request *request,
                                const struct identity **out, struct ci_err *err);
