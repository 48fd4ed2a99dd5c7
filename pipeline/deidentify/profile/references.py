"""The list of where the instances are that an object refers to; nothing without a reference."""

from collections import Counter

from pipeline.deidentify.profile.tree import Cleaned, Items

# The Common Instance Reference module (PS3.3 C.12.2). It may be there only if the object refers to
# instances elsewhere, and of such references the profile removes those that are optional.
COMMON_REFERENCES = (0x00081115, 0x00081200)
REFERENCED_INSTANCE = 0x00081155


def drop_idle_references(cleaned: Cleaned, tally: Counter[str]) -> None:
    """Remove the module from a cleaned data set in which no other reference is left."""
    listed = [tag for tag in COMMON_REFERENCES if tag in cleaned]
    if not listed or _refers(cleaned):
        return
    for tag in listed:
        del cleaned[tag]
        # It was counted as kept.
        tally[f"{tag:08X}:K"] -= 1
        tally[f"{tag:08X}:X"] += 1
        if not tally[f"{tag:08X}:K"]:
            del tally[f"{tag:08X}:K"]


def _refers(cleaned: Cleaned) -> bool:
    return REFERENCED_INSTANCE in cleaned or any(
        _refers(item)
        for tag, value in cleaned.items()
        if isinstance(value, Items) and tag not in COMMON_REFERENCES
        for item in value.content
    )
