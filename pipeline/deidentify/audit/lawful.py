"""Is a value written as its VR prescribes, or may a damaged length have made it of other bytes?

An element whose length is damaged takes in what follows it, at last the pixels. Such a value shows:
the tag of Pixel Data alone, `E0 7F 10 00`, has signs that no text may have (PS3.5 6.1.3), the value
is longer than its VR allows (PS3.5 table 6.2-1), or its attribute is none that anybody defined.
"""

import re
from collections.abc import Sequence

# In no text: of the controls only tabulator, line and form feed, carriage return and escape are in
# any (PS3.5 6.1.3).
CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
# Nor are those above ASCII; the last is what stands for bytes that no text in its set has.
NO_TEXT = re.compile(rf"{CONTROL.pattern}|[\x7f-\x9f\ufffd]")
# In signs, of each value; UC, UR and UT may be as long as they like. PN has three groups of 64 with
# two signs between them; a date was once written with points.
LONGEST = {
    "AE": 16, "DA": 10, "DT": 26, "LO": 64, "LT": 10_240, "PN": 194, "SH": 16, "ST": 1024, "UI": 64,
}  # fmt: skip


def is_lawful(vr: str, texts: Sequence[str]) -> bool:
    """Tell whether all values of an element may be what their VR says.

    One that is not makes all of them doubtful: among grey levels is also the sign that separates
    values.
    """
    longest = LONGEST.get(vr)
    return not any(
        NO_TEXT.search(text) or (longest is not None and len(text) > longest) for text in texts
    )
