import numpy as np
import pytest
from pydicom.tag import Tag

from pipeline.deidentify.audit.harvest import Harvest
from pipeline.deidentify.audit.printable import names_in, readable_texts
from pipeline.deidentify.audit.source_values import DEFERRED, Value

NAMES = ("Rumpelstilz^Anna", "Müller^Jörg", "MÜLLER, JÜRGEN", "Núñez Peña, María", "A-0012345")
NOISE = np.random.default_rng(4).integers(0, 256, DEFERRED, np.uint8).tobytes()


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_read_between_other_bytes(name: str, encoding: str) -> None:
    written = name.encode(encoding)
    for before, after in ((b"", b""), (b"\1\2", b"\0\3"), (bytes(64), bytes(64))):
        assert name in list(readable_texts(before + written + after))
    # A long one also in the midst of compressed data, after a byte that is no sign.
    assert any(name in text for text in readable_texts(NOISE[:999] + b"\1" + written + b"\0"))


@pytest.mark.parametrize(
    "name", ["Иванова^Мария", "Παπαδόπουλος^Γιώργος", "山田^太郎", "Щитовидная"]
)
def test_a_name_without_ascii_is_read_in_utf_8(name: str) -> None:
    assert name in list(readable_texts(b"\1\2" + name.encode() + b"\0"))


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("cp1251", "Иванова^Мария"),
        ("iso8859-5", "Иванова^Мария"),
        ("iso8859-7", "Παπαδάκης^Γιώργος"),
        ("iso8859-8", "שלום^דניאל"),
    ],
)
def test_a_name_in_a_set_of_other_letters_is_kept_as_its_bytes(codec: str, name: str) -> None:
    written = name.encode(codec)
    assert any(text.encode("latin-1") == written for text in readable_texts(b"\2" + written))


def test_a_short_text_counts_between_bytes_that_are_no_signs() -> None:
    assert list(readable_texts(b"\0A1234\0")) == ["A1234"]
    assert list(readable_texts(b"\x91A1234\xd0")) == []


@pytest.mark.parametrize(
    "content", [NOISE, NOISE * 20, np.random.default_rng(5).normal(size=DEFERRED // 4).tobytes()]
)
def test_of_noise_few_texts_are_kept(content: bytes) -> None:
    # A private value of noise in each of 100,000 files must leave the harvest in memory.
    harvest = Harvest()
    texts = list(readable_texts(content))
    for text in texts:
        harvest.add_value(Value(Tag(0x7FE1, 0x1001), "bytes", text))
    assert len(texts) < 200
    assert len(harvest.texts) < 500
    assert len(harvest.bytes) < 5000


def test_a_flat_area_is_no_text() -> None:
    for level in (b"U", b"Ua", b"\xd6"):
        assert list(readable_texts(level * 1000)) == []


@pytest.mark.parametrize("run", [b"\xe0\xe1\xe2", b"abc", "ä".encode(), b"\xe0\xe1\xe2^", b"a\0"])
def test_a_long_run_of_signs_is_read_in_one_pass(run: bytes) -> None:
    # Where each sign begins a search of its own, one of these takes minutes.
    for part in (run, run * 3 + b"^", run + b" "):
        assert len(list(readable_texts(part * DEFERRED))) <= 2


def test_a_name_is_found_after_a_long_run_of_letters() -> None:
    # One step a letter; with one step a pair of letters this takes minutes.
    assert list(names_in("ü" * (1 << 16) + " Rumpel-Stilz^Anna'Lena^B 1962")) == [
        "Rumpel-Stilz^Anna'Lena^B"
    ]
