/* SPDX-License-Identifier: Apache-2.0 */
#include "access/proxy.h"

#include "www.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { GROUPS_MOST = 200, NAME_LONGEST = 256 };

bool proxy_read_trust(const struct settings *settings, void *mem, struct ci_networks *out,
                      struct ci_err *err)
{
    const char *list = settings->proxy_trust ? settings->proxy_trust : "";

    if (settings->proxy_user_header && !*list)
        return ci_fail(err, CI_EINVALID,
                       "--proxy-user-header: --proxy-trust must say whose header counts");
    return ci_networks_parse(list, mem, out, err) || ci_fail_in(err, "--proxy-trust");
}

/* The header's value in mem: NULL when absent, empty or unnamed. More than one is refused. */
static bool read_header(const struct ci_request *request, const char *name, const char **out,
                        struct ci_err *err)
{
    size_t found = 0;

    *out = NULL;
    for (size_t i = 0; name && *name && i < request->headers.count; i++)
        if (strcasecmp(request->headers.items[i].name, name) == 0 && ++found)
            *out = request->headers.items[i].value;
    if (found > 1)
        return ci_fail(err, CI_EUNAUTHENTICATED, "the header %.80s came more than once", name);
    if (*out && !**out)
        *out = NULL;
    return true;
}

/* The parts of "dev, ops", blanks around them cut. */
static struct ci_strs split_groups(const char *text, void *mem)
{
    const char **items = ci_mem_array(mem, const char *, GROUPS_MOST);
    size_t count = 0;

    while (text && *text && count < GROUPS_MOST) {
        const char *at = text + strspn(text, " \t");
        size_t len = strcspn(at, ",;"), whole = len;

        while (len && isspace((unsigned char)at[len - 1]))
            len--;
        if (len)
            items[count++] = ci_mem_strndup(mem, at, len);
        text = at[whole] ? at + whole + 1 : NULL;
    }
    return (struct ci_strs){items, count};
}

static bool is_name(const char *text)
{
    size_t len = strlen(text);

    for (const unsigned char *at = (const unsigned char *)text; *at; at++)
        if (iscntrl(*at))
            return false;
    return len <= NAME_LONGEST;
}

bool proxy_identity(struct www *www, const struct ci_request *request, const struct identity **out,
                    struct ci_err *err)
{
    const struct settings *settings = www->settings;
    const char *user, *name, *email, *groups;

    *out = NULL;
    if (!settings->proxy_user_header || !request->peer ||
        !ci_networks_hold(www->proxy_trust, request->peer))
        return true;
    if (!read_header(request, settings->proxy_user_header, &user, err) ||
        !read_header(request, settings->proxy_name_header, &name, err) ||
        !read_header(request, settings->proxy_email_header, &email, err) ||
        !read_header(request, settings->proxy_groups_header, &groups, err))
        return false;
    if (!user)
        return true;
    if (!is_name(user))
        return ci_fail(err, CI_EUNAUTHENTICATED, "the proxy's user name is not one");
    struct identity *found = ci_mem_zero(request->mem, struct identity);
    *found = (struct identity){
        .kind = IDENTITY_PROXY,
        .username = user,
        .full_name = name,
        .email = email,
        .provider = "proxy",
        .groups = split_groups(groups, request->mem),
        .scopes = IDENTITY_ALL_SCOPES,
    };
    *out = found;
    return true;
}
