"""Which planted words are in files, whatever their encoding? Shares nothing with the audit."""

import base64
import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq

from tests.deidentify.places import places
from tests.deidentify.plant_header import Person, dates_of, written_name

TOKEN = re.compile(rb"[Zz][Qq]([0-9]{3})[Kk]([0-9]{2})[Xx]")
UID_ROOT = re.compile(rb"1\.2\.826\.0\.1\.3680043\.10\.7777\.([0-9]+)\.[0-9]")
BASE64 = re.compile(rb'"InlineBinary": ?"([A-Za-z0-9+/=]+)"')
ENCODINGS = ("utf-8", "latin-1", "utf-16-le", "utf-16-be", "iso2022-jp", "iso2022-kr", "euc-kr",
             "shift-jis", "euc-jp")  # fmt: skip
SPELLINGS = ("%Y%m%d", "%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d%m%Y", "%d-%b-%Y",
             "%B %d, %Y", "%Y/%m/%d")  # fmt: skip


def contents(path: Path) -> Iterator[bytes]:
    """Yield what a file holds: its bytes, a table's values, a header's binary values."""
    content = path.read_bytes()
    yield content
    for one in BASE64.findall(content):
        yield base64.b64decode(one)
    if content.startswith(b"PAR1"):
        table = pq.read_table(path)
        yield repr((table.schema, table.to_pylist())).encode()


def leaks(folder: Path, people: Iterable[Person]) -> set[str]:
    """Return the places whose words are in the files of a folder, or in the names below it."""
    wanted = _needles(list(people))
    found: set[str] = set()
    for path in sorted(folder.rglob("*")):
        found |= _places_in(bytes(path.relative_to(folder)), wanted)
        if path.is_file():
            for content in contents(path):
                found |= _places_in(content, wanted)
    return found


def _places_in(content: bytes, wanted: list[tuple[str, bytes]]) -> set[str]:
    # Words in UTF-16 of either order become plain by dropping their zero bytes.
    found = {
        places()[int(one.group(1))].name
        for pattern in (TOKEN, UID_ROOT)
        for text in (content, content.replace(b"\0", b""))
        for one in pattern.finditer(text)
        if int(one.group(1)) < len(places())
    }
    return found | {name for name, needle in wanted if needle in content}


def _needles(people: list[Person]) -> list[tuple[str, bytes]]:
    """Return (place, bytes) of names with other signs than ASCII, and of dates."""
    texts = [
        (place, written_name(place, person.patient))
        for place in ("name_in_japanese", "name_in_korean", "name_in_latin_1", "name_in_utf_8")
        for person in people
    ]
    texts += [("date", one) for person in people for one in _spellings(list(dates_of(person)))]
    needles = set()
    for place, text in texts:
        for encoding in ENCODINGS:
            try:
                needles.add((place, text.encode(encoding)))
            except UnicodeEncodeError:
                continue
    return sorted(needles)


def _spellings(days: list[date]) -> Iterator[str]:
    for day in days:
        for spelling in SPELLINGS:
            yield from (day.strftime(spelling), day.strftime(spelling).upper())
