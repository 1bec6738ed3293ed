/* SPDX-License-Identifier: Apache-2.0 */
/* Files and pipes by their descriptors. Any thread. */
#pragma once

#include "shared/base.h"

/* Writes all of the bytes, however often the kernel takes a part or a signal comes between.
 * False: not all could be written, and errno says why. */
CI_MUST_USE bool ci_write_all(int fd, struct ci_bytes bytes);
