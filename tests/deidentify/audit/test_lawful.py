import pytest
from pydicom.dataset import Dataset

from pipeline.deidentify.audit.lawful import is_lawful
from pipeline.deidentify.audit.source_values import values_of


@pytest.mark.parametrize(
    ("vr", "text"),
    [
        ("PN", "Müller^Anna=山田^太郎"),
        ("PN", "=".join(["A" * 64] * 3)),
        ("LO", "a" * 64),
        ("LO", "Yamada \x1b$B;3ED\x1b(B"),
        ("LT", "one line\r\nanother\t" + "a" * 9000),
        ("UT", "a" * 100_000),
        ("DA", "1962.05.03"),
        ("UI", "1.2.3"),
        ("SH", ""),
    ],
)
def test_a_text_as_its_kind_may_be_is_lawful(vr: str, text: str) -> None:
    assert is_lawful(vr, [text])


@pytest.mark.parametrize(
    ("vr", "text"),
    [
        ("PN", "A" * 195),
        ("LO", "a" * 65),
        ("DA", "19620503 and more"),
        ("UT", "text\x08\x00\x05\x00"),
        ("UT", "a tag: \xe0\x7f\x10\x00"),
        ("LO", "grey \x85 levels"),
        ("LO", "undecodable \ufffd"),
    ],
)
def test_a_text_that_breaks_the_rules_of_its_kind_is_not(vr: str, text: str) -> None:
    assert not is_lawful(vr, [text])
    assert not is_lawful(vr, ["lawful by itself", text])


def test_what_nobody_defined_is_not_lawful() -> None:
    dataset = Dataset()
    dataset.add_new(0x00100010, "PN", "Rumpel^Stilz")
    dataset.add_new(0x00110010, "LO", "Maker")
    dataset.add_new(0x00111001, "LO", "Rapunzel")
    dataset.add_new(0x00131001, "LO", "of no block")
    dataset.add_new(0x5C6D504E, "LO", "of no attribute")
    dataset.add_new(0x00111002, "OB", b"\0Rumpelstilz\0")
    lawful = {value.text: value.lawful for value in values_of(dataset, frozenset())}
    assert lawful == {
        "Rumpel^Stilz": True,
        "Maker": True,
        "Rapunzel": True,
        "of no block": False,
        "of no attribute": False,
        "Rumpelstilz": False,
    }
