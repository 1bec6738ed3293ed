/* SPDX-License-Identifier: Apache-2.0 */
/* "Did you mean …": edit distance between short names. */
#include "shared/settings.h"

#include <string.h>

enum { LONGEST = 63 };

static int least(int a, int b, int c)
{
    int ab = a < b ? a : b;

    return ab < c ? ab : c;
}

/* Levenshtein's distance with swapped neighbours counted as one slip; both at most LONGEST long. */
static int distance(const char *a, const char *b)
{
    int rows[3][LONGEST + 1];
    int *before = rows[0], *last = rows[1], *now = rows[2];
    int alen = (int)strlen(a), blen = (int)strlen(b);

    memset(rows, 0, sizeof(rows));
    for (int j = 0; j <= blen; j++)
        now[j] = j;
    for (int i = 1; i <= alen; i++) {
        int *spare = before;

        before = last;
        last = now;
        now = spare;
        now[0] = i;
        for (int j = 1; j <= blen; j++) {
            now[j] = least(last[j] + 1, now[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                before[j - 2] + 1 < now[j])
                now[j] = before[j - 2] + 1;
        }
    }
    return now[blen];
}

const char *ci_nearest(const char *text, const char *const *names, size_t count)
{
    const char *nearest = NULL;
    size_t len = strlen(text);
    /* A third of the letters may be wrong, and one of a short name. */
    int limit = len < 6 ? 1 : (int)len / 3;

    if (len > LONGEST)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        int d = names[i] && strlen(names[i]) <= LONGEST ? distance(text, names[i]) : limit + 1;

        if (d <= limit) {
            limit = d - 1;
            nearest = names[i];
        }
    }
    return nearest;
}
