/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first page of Buildbot's own web UI, which finds its configuration in the
 * page itself: a script in place of a comment, which the policy allows by its hash.
 */
#include "pages/pages.h"
#include "reply.h"

#include <sodium.h>
#include <string.h>

static const char config_mark[] = "<!-- BUILDBOT_CONFIG_PLACEHOLDER -->";
static const char theme_begin[] = "<!-- BUILDBOT_THEME_CSS_PLACEHOLDER_BEGIN -->";
static const char theme_end[] = "<!-- BUILDBOT_THEME_CSS_PLACEHOLDER_END -->";

bool page_wants_config(struct ci_bytes page)
{
    return memmem(page.data, page.len, config_mark, sizeof(config_mark) - 1) != NULL;
}

/* JSON that can stand in a script: no "</script>" or "<!--" in it ends or changes that. */
static const char *script_of(json_t *config, void *mem)
{
    const char *text = reply_text(mem, config);
    struct ci_buf out;

    ci_buf_init(&out, mem);
    ci_buf_puts(&out, "window.buildbotFrontendConfig = ");
    for (; *text; text++) {
        if (*text == '<')
            ci_buf_puts(&out, "\\u003c");
        else
            ci_buf_add(&out, text, 1);
    }
    ci_buf_puts(&out, ";");
    return out.text;
}

static const char *policy_of(const char *script, void *mem)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    char text[sodium_base64_ENCODED_LEN(sizeof(hash), sodium_base64_VARIANT_ORIGINAL)];

    crypto_hash_sha256(hash, (const unsigned char *)script, strlen(script));
    sodium_bin2base64(text, sizeof(text), hash, sizeof(hash), sodium_base64_VARIANT_ORIGINAL);
    return ci_mem_printf(mem,
                         "default-src 'self'; script-src 'self' 'sha256-%s'; style-src 'self' "
                         "'unsafe-inline'; img-src 'self' data: blob: https:; object-src 'none'; "
                         "base-uri 'self'; form-action 'self'; frame-ancestors 'none'",
                         text);
}

/* A name or a value of CSS as the theme gives it: nothing that ends the rule or the element. */
static bool is_css(const char *text)
{
    return *text && !strpbrk(text, "<>{};\\\"'/");
}

static void add_theme(struct ci_buf *out, json_t *theme)
{
    const char *name;
    json_t *value;

    ci_buf_puts(out, "<style id=\"bb-style\">:root {");
    json_object_foreach(theme, name, value) {
        const char *text = json_string_value(value);

        if (text && is_css(name) && is_css(text))
            ci_buf_printf(out, "--%s: %s;", name, text);
    }
    ci_buf_puts(out, "}</style>");
}

/* Up to `mark`, which *at then stands behind. False: it is not there, nothing was added. */
static bool add_until(struct ci_buf *out, const char **at, const char *mark)
{
    const char *found = strstr(*at, mark);

    if (!found)
        return false;
    ci_buf_add(out, *at, (size_t)(found - *at));
    *at = found + strlen(mark);
    return true;
}

void page_inject(struct www *www, const struct ci_request *request, struct ci_bytes page,
                 struct ci_response *response)
{
    CI_AUTO_CONFIG config = ci_config_get(www->app->config);
    const char *script = script_of(page_config(www, request), request->mem);
    const char *at = ci_mem_strndup(request->mem, page.data, page.len);
    struct ci_buf out;

    ci_buf_init(&out, request->mem);
    if (config->www.theme && add_until(&out, &at, theme_begin)) {
        const char *end = strstr(at, theme_end);

        add_theme(&out, config->www.theme);
        at = end ? end + strlen(theme_end) : at;
    }
    if (add_until(&out, &at, config_mark))
        ci_buf_printf(&out, "<script>%s</script>", script);
    ci_buf_puts(&out, at);
    response->raw = (struct ci_bytes){out.text, out.len};
    response->content_type = "text/html; charset=utf-8";
    /* It says who has signed in. */
    ci_response_header(request, response, "Cache-Control", "private, no-cache");
    ci_response_header(request, response, "Content-Security-Policy",
                       policy_of(script, request->mem));
}
