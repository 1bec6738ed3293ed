/* SPDX-License-Identifier: Apache-2.0 */
/* Writing to descriptors. */
#include "shared/file.h"

#include <errno.h>
#include <unistd.h>

bool ci_write_all(int fd, struct ci_bytes bytes)
{
    const char *at = bytes.data;

    for (size_t left = bytes.len; left;) {
        ssize_t written = write(fd, at, left);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        at += written;
        left -= (size_t)written;
    }
    return true;
}
