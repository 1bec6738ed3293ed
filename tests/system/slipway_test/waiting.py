# SPDX-License-Identifier: Apache-2.0
"""The one place where tests wait: for a condition, never for a time."""

import time

POLL_SECONDS = 0.05
DEFAULT_TIMEOUT = 60.0


def wait_for(condition, what, timeout=DEFAULT_TIMEOUT, ignoring=()):
    """Calls condition() until it answers something true, and returns that.

    Exceptions of the types in `ignoring` count as "not yet" (a service that restarts refuses connections).
    """
    deadline = time.monotonic() + timeout
    last = None
    while True:
        try:
            answer = condition()
            if answer:
                return answer
            last = answer
        except ignoring as error:
            last = error
        if time.monotonic() >= deadline:
            raise AssertionError(f"waited {timeout:g} s for {what}, in vain; the last answer was {last!r}")
        time.sleep(POLL_SECONDS)
