/* SPDX-License-Identifier: Apache-2.0 */
/* `notifiers`. */
#include "config_internal.h"

#include <string.h>

enum { PORT_SMTP = 25, PORT_SUBMISSION = 587, PORT_SMTPS = 465, PORT_MAX = 65535 };

static const char *const tls_names[] = {
    [CI_TLS_NONE] = "none", [CI_TLS_STARTTLS] = "starttls", [CI_TLS_IMPLICIT] = "implicit", NULL};

/* A name, an IPv4 address or an IPv6 address, without port and user. */
static const char *check_host(const char *text, void *mem)
{
    return strpbrk(text, " \t\r\n/@[]") ? ci_mem_printf(mem, "\"%.100s\" is no host", text) : NULL;
}

#define AT(member) offsetof(struct ci_relay, member)
static const struct key relay_keys[] = {
    KEY("host", KEY_STR, AT(host), KEY_NOT_EMPTY,
        "Name or address of the SMTP server; this or maildir.", .check = check_host,
        .example = "smtp.acme.example"),
    KEY("port", KEY_INT, AT(port), 0, "TCP port; default 25, with starttls 587, with implicit 465.",
        .min = 1, .max = PORT_MAX, .example = "2525"),
    KEY("user", KEY_STR, AT(user), KEY_NOT_EMPTY, "Name to sign in with; default: no sign-in.",
        .example = "ci"),
    KEY("password", KEY_SECRET, AT(password), 0, "Password to sign in with.",
        .example = "{secret: smtp}"),
    KEY("tls", KEY_ENUM, AT(tls), 0,
        "none, starttls (refused without) or implicit (from the first byte); default none.",
        .names = tls_names, .example = "starttls"),
    KEY("verify", KEY_BOOL, AT(verify), 0,
        "Whether the server's certificate is verified; default true.", .example = "false"),
    KEY("ca_file", KEY_STR, AT(ca_file), KEY_NOT_EMPTY,
        "PEM file of authorities to trust; default: the system's.", .example = "/etc/ssl/smtp.pem"),
    KEY("maildir", KEY_STR, AT(maildir), KEY_NOT_EMPTY,
        "Folder that messages are put into instead of being sent.", .example = "/var/mail/ci"),
};
#undef AT

static int default_port(enum ci_tls tls)
{
    switch (tls) {
    case CI_TLS_NONE:
        return PORT_SMTP;
    case CI_TLS_STARTTLS:
        return PORT_SUBMISSION;
    case CI_TLS_IMPLICIT:
        return PORT_SMTPS;
    }
    return PORT_SMTP;
}

static void finish_relay(struct decode *d, const struct node *map, void *out)
{
    struct ci_relay *relay = out;
    const struct node *maildir = node_get(map, "maildir");

    if (!node_get(map, "host") && !maildir)
        complain(d, map, "needs \"host\" or \"maildir\"");
    for (size_t i = 0; maildir && i < map->count; i++) {
        if (map->items[i] != maildir && section_key(&config_relay, map->keys[i]->text))
            complain(d, map->keys[i], "\"%s\" has no place beside \"maildir\"", map->keys[i]->text);
    }
    if (relay->user && relay->password.kind == CI_SECRET_NONE)
        complain(d, node_get(map, "user"), "\"user\" needs a \"password\"");
    if (!relay->user && relay->password.kind != CI_SECRET_NONE)
        complain(d, node_get(map, "password"), "\"password\" needs a \"user\"");
    if (relay->port == 0 && relay->host)
        relay->port = default_port(relay->tls);
}

const struct section config_relay = {
    .name = "relay",
    .help = "Where mail is handed over: an SMTP server, or a maildir.",
    SECTION_KEYS(relay_keys),
    .size = sizeof(struct ci_relay),
    .finish = finish_relay,
};

static const char mode_help[] =
    "When to send: change, failing, passing, problem, warnings, exception, cancelled, one or a "
    "list, or all; default [failing, passing, warnings].";

#define AT(member) offsetof(struct ci_notifier, member)
static const struct key mail_keys[] = {
    KEY("type", KEY_TYPE, 0, KEY_REQUIRED, "The kind of notifier.", .example = "mail"),
    KEY("name", KEY_STR, AT(name), 0, "Unique name, an identifier; default mail, mail_1 ...",
        .check = check_identifier, .example = "team"),
    KEY("from", KEY_STR, AT(from), KEY_REQUIRED, "Sender of the messages.", .alias = "from_addr",
        .check = check_address, .example = "ci@acme.example"),
    KEY("mode", KEY_MODES, AT(mode), 0, mode_help, .example = "[problem, change]"),
    KEY("relay", KEY_SECTION, AT(relay), KEY_REQUIRED, "Where messages are handed over.",
        .section = &config_relay, .example = "{host: smtp.acme.example, port: 587, tls: starttls}"),
    KEY("extra_recipients", KEY_STRS, AT(extra_recipients), KEY_UNIQUE,
        "Addresses that get every message.", .check = check_address,
        .example = "[team@acme.example]"),
    KEY("send_to_interested_users", KEY_BOOL, AT(send_to_interested_users), 0,
        "Whether the authors of the changes get the message; default true.", .example = "false"),
    KEY("lookup", KEY_STR, AT(lookup), 0, "Mail domain of authors whose name holds no address.",
        .check = check_domain, .example = "acme.example"),
    KEY("builders", KEY_STRS, AT(builders), KEY_NOT_EMPTY | KEY_UNIQUE,
        "Only builds of these builders; default: all.", .refers_to = SPACE_BUILDER,
        .example = "[linux]"),
    KEY("tags", KEY_STRS, AT(tags), KEY_NOT_EMPTY | KEY_UNIQUE,
        "Only builds of builders with one of these tags; default: all.", .example = "[nightly]"),
    KEY("branches", KEY_STRS, AT(branches), KEY_NOT_EMPTY | KEY_UNIQUE,
        "Only builds of these branches; default: all.", .example = "[main]"),
    KEY("schedulers", KEY_STRS, AT(schedulers), KEY_NOT_EMPTY | KEY_UNIQUE,
        "Only builds of these schedulers; default: all.", .refers_to = SPACE_SCHEDULER,
        .example = "[main]"),
    KEY("subject", KEY_STR, AT(subject), KEY_NOT_EMPTY,
        "Subject; default: result, title, builder and branch.", .check = check_one_line,
        .example = "The build is over"),
    KEY("log_lines", KEY_INT, AT(log_lines), 0,
        "Lines from the end of the failing log in the message; default 50.", .min = 0, .max = 10000,
        .example = "100"),
};
#undef AT

static void finish_mail(struct decode *d, const struct node *map, void *out)
{
    const struct ci_notifier *notifier = out;
    const struct node *tags = node_get(map, "tags");

    if (tags && node_get(map, "builders"))
        complain(d, tags, "\"builders\" and \"tags\" exclude each other");
    if (!notifier->send_to_interested_users && notifier->extra_recipients.count == 0 &&
        !node_get(map, "extra_recipients"))
        complain(d, map, "nobody would get a message: needs \"extra_recipients\"");
}

static const struct ci_notifier mail_defaults = {
    .mode = CI_MODE_FAILING | CI_MODE_PASSING | CI_MODE_WARNINGS,
    .relay = {.verify = true},
    .send_to_interested_users = true,
    .log_lines = 50,
};

static const struct section mail = {
    .name = "mail",
    .help = "Mail to the authors of changes and to others.",
    SECTION_KEYS(mail_keys),
    .size = sizeof(struct ci_notifier),
    .tag = CI_NOTIFIER_MAIL,
    .defaults = &mail_defaults,
    .space = SPACE_NOTIFIER,
    .finish = finish_mail,
};

static const struct section *const notifiers[] = {&mail, NULL};
const struct choice config_notifiers = {"type", "notifier type", notifiers};
