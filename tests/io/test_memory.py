import ctypes
import subprocess
import sys

import pytest

FREE_AND_ASK_AGAIN = """
import resource
import numpy as np
from pipeline.io.memory import keep_freed_memory

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

{call}
for _ in range(3):
    before = faults()
    frames = [np.ones(1 << 20, np.uint8) for _ in range(20)]
    del frames
print(faults() - before)
"""


def faults_after(call: str) -> int:
    program = FREE_AND_ASK_AGAIN.format(call=call)
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    return int(done.stdout)


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallopt"), reason="not glibc")
def test_freed_memory_is_not_cleared_by_the_system_again() -> None:
    pages = 20 * (1 << 20) // 4096
    assert faults_after("") > pages / 2
    assert faults_after("keep_freed_memory()") < pages / 10
