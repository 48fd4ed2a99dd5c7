"""A cleaned data set while it is made: its elements by tag, and sequences as lists of such.

pydicom's data sets look closely at every element and item that they are given. Here all of them
are bytes already, and a header has hundreds.
"""

import struct
from typing import NamedTuple

from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag

from pipeline.deidentify.export.encode import encode_element
from pipeline.deidentify.profile.elements import PYTHON_UTF8, make, new_dataset

ITEM_HEAD = struct.Struct("<HHL")
ITEM = 0xFFFE, 0xE000


class Items(NamedTuple):
    """The items of a cleaned sequence."""

    content: "list[Cleaned]"


Cleaned = dict[int, RawDataElement | Items]


def as_dataset(cleaned: Cleaned) -> Dataset:
    """Return a data set whose sequences are encoded; pydicom parses one when it is asked for it."""
    return new_dataset({BaseTag(tag): _as_element(tag, value) for tag, value in cleaned.items()})


def sequence(tag: int, items: Items) -> RawDataElement:
    """Return a sequence as an element, encoded."""
    parts: list[bytes] = []
    for item in items.content:
        encoded = [
            encode_element(_as_element(inner, item[inner]), PYTHON_UTF8) for inner in sorted(item)
        ]
        parts += [ITEM_HEAD.pack(*ITEM, sum(map(len, encoded))), *encoded]
    return make(tag, "SQ", b"".join(parts))


def _as_element(tag: int, value: RawDataElement | Items) -> RawDataElement:
    return sequence(tag, value) if isinstance(value, Items) else value
