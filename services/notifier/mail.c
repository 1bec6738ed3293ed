/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of a mail. libcurl's MIME interface can only write to a server:
 * it can't fill a maildir, and it hides the moment before the last byte, which
 * the promise of never sending twice rests on. So the message is made here and
 * libcurl carries it.
 */
#include "mode.h"
#include "render.h"

#include <sodium.h>
#include <string.h>
#include <time.h>

enum {
    QP_LINE = 76,     /* RFC 2045, 6.7 (5) */
    WORD_BYTES = 42,  /* of text in an encoded word: base64 of it and its frame stay below 75 */
    PLAIN_BYTES = 66, /* of a header text in clear: with the longest name before it below 78 */
};

/* As it can stand in a header: short, printable ASCII that no reader takes for an encoded word. */
static bool is_plain(const char *text)
{
    for (const char *p = text; *p; p++)
        if ((unsigned char)*p < ' ' || (unsigned char)*p > '~')
            return false;
    return strlen(text) <= PLAIN_BYTES && !strstr(text, "=?");
}

const char *mail_one_line(const char *text, void *mem)
{
    char *line = ci_mem_strdup(mem, text ? text : "");

    for (char *p = line; *p; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7f)
            *p = ' ';
    return line;
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

    text = mail_one_line(text, mem);
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

/* The name before the "<" of a mailbox, without quotes around it. */
static char *display_name(const char *text, size_t len, void *mem)
{
    while (len > 0 && text[len - 1] == ' ')
        len--;
    while (len > 0 && *text == ' ')
        text++, len--;
    if (len >= 2 && text[0] == '"' && text[len - 1] == '"')
        text++, len -= 2;
    return ci_mem_strndup(mem, text, len);
}

const char *mail_mailbox(const char *text, void *mem)
{
    const char *open = strrchr(text, '<'), *address = mail_address(text, NULL, mem);
    const char *name = open ? display_name(text, (size_t)(open - text), mem) : "";
    struct ci_buf out;

    if (!address || !*name)
        return address ? address : "";
    if (!is_plain(name))
        return ci_mem_printf(mem, "%s <%s>", mail_header_text(name, mem), address);
    ci_buf_init(&out, mem);
    for (const char *p = name; *p; p++)
        ci_buf_printf(&out, *p == '"' || *p == '\\' ? "\\%c" : "%c", *p);
    return ci_mem_printf(mem, "\"%s\" <%s>", out.text, address);
}

/* Addresses hold no comma, so each can have a line of its own: hundreds would be too long for one.
 */
static void put_addresses(struct ci_buf *out, const char *name, const char *list)
{
    ci_buf_printf(out, "%s: ", name);
    for (const char *p = list; *p; p++)
        ci_buf_puts(out, *p == ',' ? ",\r\n" : (const char[]){*p, '\0'});
    ci_buf_puts(out, "\r\n");
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
    char hex[2 * sizeof(hash) + 1];
    const char *boundary;
    struct ci_buf out;

    crypto_generichash(hash, sizeof(hash), (const unsigned char *)mail->message_id,
                       strlen(mail->message_id), NULL, 0);
    sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
    boundary = ci_mem_printf(mem, "=_%s", hex); /* "=_" can't occur in quoted-printable text */

    ci_buf_init(&out, mem);
    put_date(&out, mail->date);
    ci_buf_printf(&out, "From: %s\r\n", mail_mailbox(mail->from, mem));
    put_addresses(&out, "To", mail->to);
    if (mail->cc && *mail->cc)
        put_addresses(&out, "Cc", mail->cc);
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
