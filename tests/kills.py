"""Work that is killed in the middle, as a machine that loses power would."""

import os
import signal
import time
from collections.abc import Callable
from multiprocessing import get_context
from typing import Any


def killed_after(seconds: float, work: Callable[..., None], *arguments: Any) -> bool:
    """Run `work` in a process of its own and kill that; return whether it had not yet ended."""
    process = get_context("fork").Process(target=work, args=arguments)
    process.start()
    time.sleep(seconds)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    return process.exitcode == -signal.SIGKILL
