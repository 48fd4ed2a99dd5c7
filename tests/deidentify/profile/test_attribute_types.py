import pytest
from pydicom.datadict import tag_for_keyword

from pipeline.deidentify.profile.attribute_types import resolve, type_of


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        # Type 1, type 2, type 3.
        ("X/Z", "ZZX"),
        ("X/D", "DDX"),
        ("Z/D", "DZZ"),
        ("X/Z/D", "DZX"),
        ("X/Z/U*", "UZX"),
        ("X", "XXX"),
        ("Z", "ZZZ"),
    ],
)
def test_compound_actions_do_the_least_that_keeps_an_object_valid(
    action: str, expected: str
) -> None:
    assert "".join(resolve(action, kind) for kind in ("1", "2", "3")) == expected
    assert "".join(resolve(action, kind) for kind in ("1C", "2C", "3")) == expected


def test_types_depend_on_where_an_attribute_is() -> None:
    manufacturer, contributing = (
        int(tag_for_keyword(name) or 0)
        for name in ("Manufacturer", "ContributingEquipmentSequence")
    )
    assert type_of(0, manufacturer) == "2"
    assert type_of(contributing, manufacturer) == "1"
    assert type_of(contributing, 0x00100010) == "3"
