"""Whether an ultrasound object must hold an attribute, and what a compound action thus means."""

import csv
from functools import cache
from pathlib import Path

from pydicom.datadict import tag_for_keyword

TABLE = Path(__file__).with_name("attribute_types.csv")
OPTIONAL = "3"


@cache
def _types() -> dict[tuple[int, int], str]:
    """Return types by (tag of the enclosing sequence or 0, tag)."""
    with TABLE.open(newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(line for line in handle if not line.startswith("#")))
    return {(_tag(row["parent"]), _tag(row["attribute"])): row["type"] for row in rows}


def _tag(keyword: str) -> int:
    return int(tag_for_keyword(keyword) or 0) if keyword else 0


def type_of(parent: int, tag: int) -> str:
    """Return the type (PS3.5 7.4) of an attribute: 1, 1C, 2, 2C or 3.

    `parent` is the tag of the enclosing sequence, 0 at the top level. An attribute that the
    ultrasound IODs do not have is optional.
    """
    return _types().get((parent, tag), OPTIONAL)


@cache
def resolve(action: str, attribute_type: str) -> str:
    """Return the one action X, Z, D or U that an action such as X/Z/D asks for (PS3.15 E.1.1).

    The first that keeps the object conformant: a type 1 attribute needs a value, a type 2
    attribute must at least be there. A conditional attribute of a source is taken as required.
    """
    choices = action.rstrip("*").split("/")
    if len(choices) == 1:
        return action
    wanted = {"1": "DUZ", "2": "ZDU"}.get(attribute_type[0], choices[0])
    return next(choice for choice in wanted if choice in choices)
