/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A message about a build as text and as HTML, and as the bytes of a mail
 * (RFC 5322, multipart/alternative, quoted-printable). Plain functions; what
 * they return lives in mem.
 */
#pragma once

#include "facts.h"

/* Buildbot's default subject, with our name: "☠ Slipway (Acme CI): linux - failed test (main)". */
const char *render_subject(const struct ci_config *config, const struct ci_notifier *notifier,
                           const struct build_facts *build, void *mem);
const char *render_text(const struct ci_config *config, const struct build_facts *build, void *mem);
const char *render_html(const struct ci_config *config, const struct build_facts *build, void *mem);

/* The build's page in the web UI. */
const char *render_build_url(const struct ci_config *config, const struct build_facts *build,
                             void *mem);

/* `text` with &, <, > and quotes as entities. */
const char *html_escape(const char *text, void *mem);

struct mail {
    const char *from;    /* a mailbox, as configured */
    const char *to, *cc; /* bare addresses, ", " between them; cc may be NULL */
    const char *subject, *message_id;
    struct ci_time date;
    const char *text, *html; /* html may be NULL */
};

/* The whole message, lines ended by \r\n. */
struct ci_bytes mail_render(const struct mail *mail, void *mem);

/* `text` with a space for each control character, line ends among them; NULL is "". */
const char *mail_one_line(const char *text, void *mem);

/* Exposed for tests: RFC 2047 for header texts that are not short plain ASCII, RFC 5322 for "Name
 * <address>" ("" when there is no address in it), RFC 2045 for bodies. */
const char *mail_header_text(const char *text, void *mem);
const char *mail_mailbox(const char *text, void *mem);
void mail_quoted_printable(struct ci_buf *out, const char *text);
