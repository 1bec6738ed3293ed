/* SPDX-License-Identifier: Apache-2.0 */
/* Markdown (CommonMark) as HTML that may stand in a page, whoever wrote it. */
#pragma once

/*
 * In mem. HTML in the text is left out, and so are links that are no plain
 * addresses (javascript: and its kin). Any thread.
 */
const char *ci_markdown_html(const char *text, void *mem);
