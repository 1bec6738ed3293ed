/* SPDX-License-Identifier: Apache-2.0 */
/* SMTP by libcurl: plain, STARTTLS, implicit TLS; PLAIN and LOGIN. */
#include "render.h"
#include "shared/utf8.h"
#include "transport.h"

#include <curl/curl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

static const long connect_seconds = 20, whole_seconds = 90;

/* The upload: the message piece by piece, and the mark before its end. */
struct upload {
    const struct envelope *envelope;
    size_t at;
    bool committed;
    struct ci_err err; /* why the session was broken off */
    bool broken_off;
    char reply[256]; /* the relay's last line that refuses something */
};

static size_t break_off(struct upload *upload)
{
    upload->broken_off = true;
    return CURL_READFUNC_ABORT;
}

static size_t read_message(char *out, size_t size, size_t count, void *user)
{
    struct upload *upload = user;
    const struct ci_bytes *message = &upload->envelope->message;
    size_t max = size * count, left = message->len - upload->at;

    if (left == 0) {
        /* libcurl sends the final dot once we say that this is the end. */
        if (!upload->committed &&
            !upload->envelope->committing(upload->envelope->user, &upload->err))
            return break_off(upload);
        upload->committed = true;
        return 0;
    }
    if (left > max)
        left = max;
    memcpy(out, (const char *)message->data + upload->at, left);
    upload->at += left;
    return left;
}

/* libcurl's own words for a refusal are "weird server reply". */
static size_t take_reply(char *line, size_t size, size_t count, void *user)
{
    struct upload *upload = user;
    CI_AUTO_MEM mem = ci_mem_new();
    size_t len = size * count;

    if (len == 0 || (line[0] != '4' && line[0] != '5')) /* such as its answer to our QUIT */
        return len;
    while (len > 0 && (line[len - 1] == '\r' || line[len - 1] == '\n'))
        len--;
    snprintf(upload->reply, sizeof(upload->reply), "%s",
             mail_one_line(ci_utf8_clean(mem, line, len), mem));
    return size * count;
}

/* After the mark the relay's answer is awaited, whatever else happens. */
static int look_for_abort(void *user, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const struct upload *upload = user;

    (void)a;
    (void)b;
    (void)c;
    (void)d;
    return !upload->committed && upload->envelope->abort && atomic_load(upload->envelope->abort);
}

static void free_list(struct curl_slist **list)
{
    curl_slist_free_all(*list);
}

static void free_easy(CURL **easy)
{
    curl_easy_cleanup(*easy);
}

static void set_relay(CURL *easy, const struct ci_relay *relay, const char *password, void *mem)
{
    const char *scheme = relay->tls == CI_TLS_IMPLICIT ? "smtps" : "smtp";
    bool ipv6 = strchr(relay->host, ':') != NULL;

    curl_easy_setopt(easy, CURLOPT_URL,
                     ci_mem_printf(mem, "%s://%s%s%s:%d", scheme, ipv6 ? "[" : "", relay->host,
                                   ipv6 ? "]" : "", relay->port));
    curl_easy_setopt(easy, CURLOPT_USE_SSL,
                     (long)(relay->tls == CI_TLS_NONE ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, relay->verify ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, relay->verify ? 2L : 0L);
    if (relay->ca_file)
        curl_easy_setopt(easy, CURLOPT_CAINFO, relay->ca_file);
    if (relay->user) {
        curl_easy_setopt(easy, CURLOPT_USERNAME, relay->user);
        curl_easy_setopt(easy, CURLOPT_PASSWORD, password ? password : "");
    }
}

static void set_session(CURL *easy, struct upload *upload, struct curl_slist *recipients,
                        char *error)
{
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, connect_seconds);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, whole_seconds);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error);
    curl_easy_setopt(easy, CURLOPT_MAIL_FROM, upload->envelope->from);
    curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, recipients);
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, read_message);
    curl_easy_setopt(easy, CURLOPT_READDATA, upload);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_reply);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, upload);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, look_for_abort);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, upload);
}

/*
 * A 5xx is the message's end where it answers the message itself (RFC 5321,
 * 4.2.1): its sender, its recipient, its text. To the greeting, STARTTLS or the
 * sign-in it speaks of the relay or of how we use it, which people mend: so do
 * 530 to 538 (RFC 4954, 6) wherever they come.
 */
static bool is_refused(CURLcode code, long reply, bool committed)
{
    bool about_message = committed || code == CURLE_SEND_ERROR;

    return about_message && reply >= 500 && !(reply >= 530 && reply <= 538);
}

/* By the last reply's class; without one after the mark nobody knows. */
static enum outcome judge(CURL *easy, CURLcode code, const struct upload *upload, const char *error,
                          struct ci_err *why)
{
    long reply = 0;

    if (code == CURLE_OK)
        return OUTCOME_SENT;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &reply);
    if (upload->broken_off)
        *why = upload->err;
    else if (reply >= 400)
        ci_fail(why, CI_EUNAVAILABLE, "the relay answered \"%s\"", upload->reply);
    else
        ci_fail(why, CI_EUNAVAILABLE, "%s%s", error[0] ? error : curl_easy_strerror(code),
                code == CURLE_ABORTED_BY_CALLBACK ? " (stopping)" : "");
    if (!upload->broken_off && is_refused(code, reply, upload->committed))
        return OUTCOME_REFUSED;
    if (upload->committed && reply < 400)
        return OUTCOME_UNCONFIRMED;
    return OUTCOME_RETRY;
}

enum outcome smtp_send(const struct ci_relay *relay, const char *password,
                       const struct envelope *envelope, struct ci_err *why)
{
    CI_AUTO_MEM mem = ci_mem_new();
    CI_CLEANUP(free_easy) CURL *easy = curl_easy_init();
    CI_CLEANUP(free_list)
    struct curl_slist *recipients = curl_slist_append(NULL, envelope->recipient);
    struct upload upload = {.envelope = envelope};
    char error[CURL_ERROR_SIZE] = "";

    if (!easy || !recipients) {
        ci_fail(why, CI_EUNAVAILABLE, "no memory for an SMTP session");
        return OUTCOME_RETRY;
    }
    set_relay(easy, relay, password, mem);
    set_session(easy, &upload, recipients, error);
    return judge(easy, curl_easy_perform(easy), &upload, error, why);
}
