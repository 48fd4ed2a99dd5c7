"""Values of a header that may be damaged: each as what it must be, or a reason why it is not."""

from typing import Any

from pydicom.dataset import Dataset

from pipeline.io.unusable import UnusableError


def value(header: Dataset, name: str) -> Any:
    """Return an attribute's value or None; raise UnusableError when it cannot be read."""
    try:
        return header.get(name)
    except Exception:
        # Whatever pydicom raises on a damaged value, its text may quote it.
        raise UnusableError("unreadable_element", name) from None


def text(header: Dataset, name: str) -> str:
    """Return an attribute's value as text without outer blanks; empty when it has none."""
    found = value(header, name)
    return "" if found is None else str(found).strip(" \0")


def needed(header: Dataset, name: str) -> str:
    """Return an attribute's value as text; raise UnusableError when it has none."""
    if found := text(header, name):
        return found
    raise UnusableError("missing_attribute", name)


def whole(header: Dataset, name: str, otherwise: int | None = None) -> int:
    """Return an attribute that must be a whole number; `otherwise` when it has no value."""
    found = needed(header, name) if otherwise is None else text(header, name)
    if not found and otherwise is not None:
        return otherwise
    try:
        number = float(found)
        if number == int(number):
            return int(number)
    except (ValueError, OverflowError):
        pass
    raise UnusableError("absurd_geometry", name)
