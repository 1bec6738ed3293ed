/* SPDX-License-Identifier: Apache-2.0 */
/* The condition that leaves out of a list what is hidden from who asks. */
#include "access/access.h"
#include "rest/query.h"

#include <string.h>

/* The marks in rest_resource.hidden, and the lists of a view that they stand for. */
static const struct hidden_list {
    char mark;
    bool ids;
    size_t offset;
} hidden_lists[] = {
    {'B', true,  offsetof(struct access_view, builders)      },
    {'P', false, offsetof(struct access_view, projects)      },
    {'Q', false, offsetof(struct access_view, sources)       },
    {'S', false, offsetof(struct access_view, schedulers)    },
    {'C', false, offsetof(struct access_view, change_sources)},
    {'R', false, offsetof(struct access_view, repositories)  },
};

_Static_assert(CI_COUNT(hidden_lists) == QUERY_VIEW_LISTS, "as many as query.h says");

/* The list's index, or CI_COUNT(hidden_lists). */
static size_t find_list(char mark)
{
    size_t i = 0;

    while (i < CI_COUNT(hidden_lists) && hidden_lists[i].mark != mark)
        i++;
    return i;
}

static struct ci_arg list_arg(const struct hidden_list *list, const struct access_view *view)
{
    const void *values = (const char *)view + list->offset;

    return list->ids ? ci_arg_i64s(*(const struct ci_i64s *)values)
                     : ci_arg_strs(*(const struct ci_strs *)values);
}

void query_visible(const struct rest_resource *resource, const struct access_view *view,
                   struct ci_buf *out, struct ci_arg *args, size_t *nargs)
{
    const char *general = view->general ? "true" : "false";
    size_t numbers[CI_COUNT(hidden_lists)] = {0};

    if (strcmp(resource->hidden, "false") == 0) {
        ci_buf_puts(out, general);
        return;
    }
    ci_buf_puts(out, "(");
    for (const char *at = resource->hidden; *at; at++) {
        size_t i = *at == '$' ? find_list(at[1]) : CI_COUNT(hidden_lists);

        if (at[0] == '$' && at[1] == 'G') {
            ci_buf_puts(out, general);
            at++;
        } else if (i < CI_COUNT(hidden_lists)) {
            if (!numbers[i]) {
                args[*nargs] = list_arg(&hidden_lists[i], view);
                numbers[i] = ++*nargs;
            }
            ci_buf_printf(out, "$%zu::%s[]", numbers[i], hidden_lists[i].ids ? "bigint" : "text");
            at++;
        } else {
            ci_buf_add(out, at, 1);
        }
    }
    ci_buf_puts(out, ") IS NOT TRUE");
}
