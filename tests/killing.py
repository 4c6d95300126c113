"""A process that kills itself at a chosen call, as a power cut would."""

import os
import signal
from collections.abc import Callable
from typing import Any


def deadly(function: Callable[..., Any], after: int, *, before: bool) -> Callable[..., Any]:
    """Return the function, which kills this process at its `after`th call: before it does anything, or once done."""
    calls = 0

    def call(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if before and calls >= after:
            os.kill(os.getpid(), signal.SIGKILL)
        result = function(*args, **kwargs)
        if calls >= after:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return call
