"""The forms in which a value may have been written elsewhere, word by word.

A value whose words are all ordinary is not looked for, since finding it would prove nothing: a
study description `THYROID` is also a term of the standard. Ordinary are the words of DICOM's own
attribute names and of what this project itself writes; of a code's meaning also the words of the
standard's codes, and so of a text among bytes. Of a person's name the single parts are looked for
unless ordinary, and the whole name always.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from pydicom._dicom_dict import DicomDictionary
from pydicom.charset import python_encoding
from pydicom.sr._concepts_dict import concepts
from pydicom.sr._snomed_dict import mapping

from pipeline.deidentify.audit.printable import names_in
from pipeline.deidentify.audit.search import Phrase, words
from pipeline.deidentify.audit.source_values import BYTES
from pipeline.deidentify.audit.spellings import (
    spellings_of_date,
    spellings_of_name,
    spellings_of_number,
)
from pipeline.deidentify.profile.words import DUMMIES, TERMS_FILE
from pipeline.deidentify.reasons import REJECTIONS
from pipeline.deidentify.tables import (
    FRAMES,
    IMPLEMENTATION_CLASS,
    IMPLEMENTATION_VERSION,
    LEDGER,
    METHOD,
    REJECTED,
    REVIEW,
)
from pipeline.ingest.machines import MAKERS, MODELS, PROBES
from pipeline.ingest.tables import INSTANCES, QUARANTINE, REASONS, REGIONS
from pipeline.io.uids import is_registered

DECODERS = (
    "native imagecodecs rle libjpeg-turbo charls openjpeg libjxl opencv ffmpeg numpy imcd "
    "libavcodec"
)
# An archive may have been cleaned by this project before, under another key.
WRITTEN_BY_US = DUMMIES | {IMPLEMENTATION_CLASS, IMPLEMENTATION_VERSION}
ASCII_RUN, LONG_PIECE = re.compile(r"[0-9a-z]+"), 8


def phrases_of_text(text: str, vr: str = "LO") -> Iterator[Phrase]:
    """Yield the forms in which a value may have been written elsewhere."""
    if is_registered(text) or text in WRITTEN_BY_US or _terms().issuperset(text.split("\\")):
        return
    phrase = words(text)
    if is_registered(".".join(phrase)):  # with a damaged point
        return
    # A damaged length makes one value of a whole header, with all its terms of the standard.
    if vr in {"code", BYTES} and code_words().issuperset(phrase):
        return
    if not ordinary().issuperset(phrase):
        yield phrase
        yield ("".join(phrase),)
    if vr == "UI":
        return
    yield from spellings_of_date(text)
    if vr not in {"DA", "DT"}:
        yield from _not_ordinary(spellings_of_number(text))
    for name in names_in(text):
        yield from phrases_of_name(name)


def phrases_of_name(text: str) -> Iterator[Phrase]:
    """Yield a person's name in every order; a single part only unless it is an ordinary word.

    `Patient^Name`, as some tools write it, is an attribute's keyword, which the ledger holds.
    """
    for phrase in spellings_of_name(text):
        if "".join(phrase) not in ordinary():
            yield phrase


def phrases_of_path(relative: bytes) -> Iterator[Phrase]:
    """Yield what a file's path may give away: its folders' and its own name, and their words."""
    for name in relative.decode("utf-8", "replace").split("/"):
        phrase = words(name.rsplit(".", 1)[0])
        yield from _not_ordinary([phrase, *((word,) for word in phrase)])
        yield from spellings_of_date(name)


def _not_ordinary(phrases: Iterable[Phrase]) -> Iterator[Phrase]:
    return (phrase for phrase in phrases if not ordinary().issuperset(phrase))


def is_of_a_term(text: str) -> bool:
    """Tell whether a text among bytes is no more than a long piece of the standard's terms.

    Where a header is damaged, `MONOCHROME2` is read as `NOCHROME2`, which all headers have.
    """
    piece = _joined(text)
    return len(piece) >= LONG_PIECE and piece in _all_terms()


def _joined(text: str) -> str:
    return "".join(ASCII_RUN.findall(text.lower()))


@cache
def _all_terms() -> str:
    return "\n".join(map(_joined, sorted(_terms())))


@cache
def _terms() -> frozenset[str]:
    """Return the defined terms of coded attributes that may leave, and of character sets."""
    text = TERMS_FILE.read_text(encoding="ascii")
    terms = (line for line in text.splitlines() if not line.startswith("#"))
    return frozenset((*terms, *python_encoding))


@cache
def ordinary() -> frozenset[str]:
    """Return the words of DICOM's attribute names and of this project's own artifacts."""
    own = [METHOD, DECODERS, *MAKERS, *MODELS, *PROBES, *_terms(), *REASONS, *REASONS.values()]
    for schema in (FRAMES, LEDGER, REVIEW, REJECTED, INSTANCES, QUARANTINE, REGIONS):
        own += [text for field in schema for text in (field.name, *_descriptions(field))]
    own += [*REJECTIONS, *REJECTIONS.values(), *DUMMIES]
    # The ledger writes attributes by their keywords.
    standard = [text for entry in DicomDictionary.values() for text in (entry[2], entry[4])]
    return frozenset(word for text in own + standard for word in words(text) if word.isalpha())


@cache
def code_words() -> frozenset[str]:
    """Return the words of the codes and meanings of the standard's code lists, and its terms.

    Machines still write the older SNOMED codes: `T-32000` stands for the heart in any echo.
    """
    found = {word for old in mapping["SRT"] for word in words(old)} | ordinary()
    found.update(word for term in _terms() for word in words(term))
    schemes: dict[str, Any] = dict(concepts)
    for scheme in schemes.values():
        for codes in scheme.values():
            for value, (meaning, _) in codes.items():
                found.update(words(value), words(meaning))
    return frozenset(found)


def _descriptions(field: Any) -> list[str]:
    return [text.decode() for text in (field.metadata or {}).values()]
