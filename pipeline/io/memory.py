"""Freed memory, kept for what comes next rather than given back to the system."""

import ctypes

# Of glibc's malloc.h.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
KEPT, LARGEST = 256 << 20, 32 << 20  # bytes: of freed memory in all, and of one block of it


def keep_freed_memory() -> None:
    """Let this process keep what it frees.

    By default glibc gives the frames of a file back, and the system has to clear each page again
    for the next file. Nothing changes where there is no `mallopt`, as on macOS.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, LARGEST)
        mallopt(M_TRIM_THRESHOLD, KEPT)
