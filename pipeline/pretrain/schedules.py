"""Values that change with the step."""

import math


def cosine(step: int, steps: int, start: float, end: float) -> float:
    """Return the value at `step` of a half cosine from `start` (step 0) to `end` (last step)."""
    progress = step / max(1, steps - 1)
    return end + (start - end) * (1 + math.cos(math.pi * progress)) / 2


def warm_cosine(step: int, steps: int, warmup: int, peak: float, end: float) -> float:
    """Rise linearly to `peak` over `warmup` steps, then fall by a half cosine to `end`."""
    if step < warmup:
        return peak * (step + 1) / warmup
    return cosine(step - warmup, steps - warmup, peak, end)


def ramp(step: int, warmup: int, start: float, end: float) -> float:
    """Go linearly from `start` to `end` over `warmup` steps, then stay."""
    return end if step >= warmup else start + (end - start) * step / warmup
