"""Names of attributes for a reader, also of those that pydicom's dictionary does not know."""

import re
from functools import cache

from pipeline.deidentify.profile.conformance import rows

TAG = re.compile(r"[0-9A-F]{8}")  # what the ledger writes where there is no keyword
PRIVATE = "private attributes (odd groups)"


@cache
def _listed() -> dict[str, str]:
    return {row.tag: row.name for row in rows()}


def attribute_name(written: str) -> str:
    """Return what a reader is told of an attribute as the ledger writes it, keyword or tag.

    A tag that the profile's table lists has the table's name; private ones share one name.
    """
    if not TAG.fullmatch(written):
        return written
    if int(written[:4], 16) % 2:
        return PRIVATE
    group, element = written[:4], written[4:]
    tags = (written, f"{group[:2]}xx{element}", f"{group[:2]}xxxxxx")
    name = next((_listed()[tag] for tag in tags if tag in _listed()), "")
    return f"{name} ({group},{element})".lstrip()
