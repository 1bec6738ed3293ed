/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of a mail. libcurl's MIME interface can only write to a server:
 * it can't fill a maildir, and it hides the moment before the last byte, which
 * the promise of never sending twice rests on. So the message is made here and
 * libcurl carries it.
 */
#include "render.h"

#include <sodium.h>
#include <string.h>
#include <time.h>

enum {
    QP_LINE = 76,    /* RFC 2045, 6.7 (5) */
    WORD_BYTES = 42, /* of text in an encoded word: base64 of it and its frame stay below 75 */
};

static bool is_plain(const char *text)
{
    for (const char *p = text; *p; p++)
        if ((unsigned char)*p < ' ' || (unsigned char)*p > '~')
            return false;
    return true;
}

/* How many bytes from p fit into one encoded word without cutting a character. */
static size_t word_length(const char *p)
{
    size_t n = strlen(p);

    if (n <= WORD_BYTES)
        return n;
    n = WORD_BYTES;
    while (n > 1 && ((unsigned char)p[n] & 0xc0) == 0x80)
        n--;
    return n;
}

const char *mail_header_text(const char *text, void *mem)
{
    char base64[sodium_base64_ENCODED_LEN(WORD_BYTES, sodium_base64_VARIANT_ORIGINAL)];
    struct ci_buf out;

    if (is_plain(text))
        return text;
    ci_buf_init(&out, mem);
    for (const char *p = text; *p;) {
        size_t n = word_length(p);

        sodium_bin2base64(base64, sizeof(base64), (const unsigned char *)p, n,
                          sodium_base64_VARIANT_ORIGINAL);
        ci_buf_printf(&out, "%s=?UTF-8?B?%s?=", p == text ? "" : "\r\n ", base64);
        p += n;
    }
    return out.text;
}

/* One line's bytes, without its end; soft breaks keep it below the limit. */
static void quote_line(struct ci_buf *out, const char *line, size_t len)
{
    size_t column = 0;

    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)line[i];
        bool last = i + 1 == len;
        bool plain = (c > ' ' && c <= '~' && c != '=') || ((c == ' ' || c == '\t') && !last);
        size_t need = plain ? 1 : 3;

        if (column + need > QP_LINE - 1) {
            ci_buf_puts(out, "=\r\n");
            column = 0;
        }
        if (plain)
            ci_buf_add(out, line + i, 1);
        else
            ci_buf_printf(out, "=%02X", c);
        column += need;
    }
}

void mail_quoted_printable(struct ci_buf *out, const char *text)
{
    while (*text) {
        size_t len = strcspn(text, "\n"), shown = len;

        if (shown > 0 && text[shown - 1] == '\r')
            shown--;
        quote_line(out, text, shown);
        ci_buf_puts(out, "\r\n");
        text += len + (text[len] == '\n');
    }
}

/* RFC 5322 in UTC; strftime's names depend on a locale, these do not. */
static void put_date(struct ci_buf *out, struct ci_time date)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = date.us / 1000000;
    struct tm tm;

    gmtime_r(&seconds, &tm);
    ci_buf_printf(out, "Date: %s, %d %s %d %02d:%02d:%02d +0000\r\n", days[tm.tm_wday], tm.tm_mday,
                  months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static void put_part(struct ci_buf *out, const char *type, const char *body)
{
    ci_buf_printf(out,
                  "Content-Type: %s; charset=utf-8\r\n"
                  "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
                  type);
    mail_quoted_printable(out, body);
}

struct ci_bytes mail_render(const struct mail *mail, void *mem)
{
    unsigned char hash[12];
    char boundary[2 * sizeof(hash) + 1];
    struct ci_buf out;

    crypto_generichash(hash, sizeof(hash), (const unsigned char *)mail->message_id,
                       strlen(mail->message_id), NULL, 0);
    sodium_bin2hex(boundary, sizeof(boundary), hash, sizeof(hash));

    ci_buf_init(&out, mem);
    put_date(&out, mail->date);
    ci_buf_printf(&out, "From: %s\r\nTo: %s\r\n", mail->from, mail->to);
    if (mail->cc && *mail->cc)
        ci_buf_printf(&out, "Cc: %s\r\n", mail->cc);
    ci_buf_printf(&out,
                  "Subject: %s\r\nMessage-ID: <%s>\r\nMIME-Version: 1.0\r\n"
                  "Auto-Submitted: auto-generated\r\nX-Mailer: Slipway\r\n",
                  mail_header_text(mail->subject, mem), mail->message_id);
    if (!mail->html) {
        put_part(&out, "text/plain", mail->text);
        return (struct ci_bytes){out.text, out.len};
    }
    ci_buf_printf(&out, "Content-Type: multipart/alternative; boundary=\"%s\"\r\n\r\n--%s\r\n",
                  boundary, boundary);
    put_part(&out, "text/plain", mail->text);
    ci_buf_printf(&out, "\r\n--%s\r\n", boundary);
    put_part(&out, "text/html", mail->html);
    ci_buf_printf(&out, "\r\n--%s--\r\n", boundary);
    return (struct ci_bytes){out.text, out.len};
}
