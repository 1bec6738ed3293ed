/* SPDX-License-Identifier: Apache-2.0 */
/* The only file that knows libcmark. */
#include "shared/markdown.h"

#include "shared/mem.h"

#include <cmark.h>
#include <stdlib.h>
#include <string.h>

const char *ci_markdown_html(const char *text, void *mem)
{
    /* Safe is the library's default: CMARK_OPT_UNSAFE would let HTML through. */
    char *html = cmark_markdown_to_html(text, strlen(text), CMARK_OPT_VALIDATE_UTF8);
    const char *out = ci_mem_strdup(mem, html);

    free(html);
    return out;
}
