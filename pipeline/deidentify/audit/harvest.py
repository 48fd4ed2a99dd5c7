"""Everything in the source archive that could name a patient, as the audit looks for it.

Shares no code with the cleaner: the audit must not inherit its blind spots.

A value whose words are all ordinary is not looked for, since finding it would prove nothing: a
study description `THYROID` is also a term of the standard. Ordinary are the words of DICOM's own
attribute names and of what this project itself writes; of a code's meaning also the words of the
standard's codes, and so of a text among bytes. Of a person's name the single parts are looked for
unless ordinary, and the whole name always.

A text that breaks the rules of its VR, or stands among bytes of no known kind, is doubtful: a
damaged length makes such texts of grey levels. It is looked for like any other, but what was
harvested from nothing else and lies in nothing but pixels is no finding (doubtful.py).
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, BinaryIO

from pydicom._dicom_dict import DicomDictionary
from pydicom.charset import python_encoding
from pydicom.dataset import Dataset
from pydicom.sr._concepts_dict import concepts
from pydicom.sr._snomed_dict import mapping

from pipeline.deidentify.audit.kept import Kept
from pipeline.deidentify.audit.printable import names_in, readable_texts
from pipeline.deidentify.audit.raw_search import OF_BYTES, RawSearcher
from pipeline.deidentify.audit.search import REMEMBERED, Phrase, Searcher, words
from pipeline.deidentify.audit.source_values import (
    BYTES,
    DEFERRED,
    Value,
    read_whole,
    unchanged_texts,
    values_of,
)
from pipeline.deidentify.audit.spellings import (
    names_as_written,
    spellings_of_date,
    spellings_of_name,
    spellings_of_number,
)
from pipeline.deidentify.audit.texts import of_the_standard
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

# Values that are remembered as harvested: some 8 MiB.
VALUES = 1 << 15
ASCII_RUN, LONG_PIECE = re.compile(r"[0-9a-z]+"), 8


class Harvest:
    """What to look for, word by word and byte by byte, from all sources so far.

    `retained` are the tags of attributes that the profile's options keep, `unchanged` those of them
    that keep their values letter by letter; `vocabulary` are words that may leave in descriptions;
    without `plain_dates`, shifted dates are not called true ones. `kept` are the unchanged values.
    """

    def __init__(
        self,
        retained: frozenset[int] = frozenset(),
        vocabulary: frozenset[str] = frozenset(),
        plain_dates: bool = True,
        unchanged: frozenset[int] = frozenset(),
    ) -> None:
        self.texts, self.bytes, self.kept = Searcher(), RawSearcher(plain_dates), Kept()
        self.sources = self.sources_not_harvested = 0
        self._retained, self._unchanged = retained, unchanged
        self._vocabulary = vocabulary
        self._plain_dates = plain_dates
        # The files of a study have most of their values in common.
        self._added = set[tuple[str, str, bool]]()

    def alone(self) -> "Harvest":
        """Return an empty harvest of the same kind, as for one source or one value."""
        return Harvest(self._retained, self._vocabulary, self._plain_dates, self._unchanged)

    def holds_found(self, harvest: "Harvest") -> bool:
        """Tell whether it has a value that the searchers of another harvest found."""
        return self.texts.holds(harvest.texts.found) or self.bytes.holds(harvest.bytes.found)

    def add_source(self, relative: bytes, handle: BinaryIO | None) -> Dataset | None:
        """Harvest a file by its path and content; return its dataset, without pixels.

        None for what cannot be read as DICOM, whose printable strings are harvested instead.
        """
        self.sources += 1
        self.add_path(relative)
        dataset = read_whole(handle) if handle else None
        if handle is None or dataset is None:
            self.sources_not_harvested += 1
        if handle is not None and dataset is None:
            self._add_broken(handle)
        if dataset is not None:
            self._add_dataset(dataset)
        return dataset

    def add_path(self, relative: bytes) -> None:
        """Harvest what a file is called."""
        self._add(phrases_of_path(relative))

    def _add_broken(self, handle: BinaryIO) -> None:
        """Harvest the header of a file whose pixels are cut off, or else any file's texts."""
        header = read_whole(handle, stop_before_pixels=True)
        if header is not None:
            self._add_dataset(header)
            return
        handle.seek(0)
        # Nothing tells what is a code or a term of the standard, which leave in any study, nor what
        # are pixels: as bytes only names are looked for.
        for text in readable_texts(handle.read(DEFERRED)):
            self._add(phrases_of_text(text, "code"), as_bytes=False)
            for name in names_in(text):
                self._add(phrases_of_name(name), lawful=False)

    def _add_dataset(self, dataset: Dataset) -> None:
        meta = getattr(dataset, "file_meta", Dataset())
        preamble = getattr(dataset, "preamble", None) or b""
        for text in readable_texts(preamble):
            self._add(phrases_of_text(text), lawful=False)
        for value in (*self.values(dataset), *self.values(meta)):
            self.add_value(value)
        for text in unchanged_texts(dataset, self._unchanged):
            self.kept.add(text)

    def values(self, dataset: Dataset) -> Iterator[Value]:
        """Yield what is harvested of a dataset, nested and private values too."""
        return values_of(dataset, self._retained)

    def add_value(self, value: Value) -> None:
        """Harvest one value."""
        added = value.kind, value.text, value.lawful
        if added in self._added:
            return
        if len(value.text) <= REMEMBERED:
            if len(self._added) >= VALUES:
                self._added.clear()
            self._added.add(added)
        self._add_text(*added)

    def merge(self, other: "Harvest") -> None:
        """Look for what was harvested from other sources too."""
        self.texts.merge(other.texts)
        self.bytes.merge(other.bytes)
        self.kept.merge(other.kept)
        self.sources += other.sources
        self.sources_not_harvested += other.sources_not_harvested

    def _add_text(self, vr: str, text: str, lawful: bool) -> None:
        if vr == BYTES and is_of_a_term(text):
            return
        phrases = phrases_of_name(text) if vr == "PN" else phrases_of_text(text, vr)
        self._add(phrases, lawful=lawful)
        if vr == BYTES:
            self.bytes.add_text(text, OF_BYTES, lawful=lawful)
        if not text.isascii():
            for part in names_in(text) if vr == BYTES else (text,):
                for written in (*names_as_written(part), part):
                    self.bytes.add_text(written, lawful=lawful)

    def _add(self, phrases: Iterable[Phrase], as_bytes: bool = True, lawful: bool = True) -> None:
        allowed: set[Phrase] = set()  # an allowed description, written as one word
        for phrase in phrases:
            if phrase in allowed:
                continue
            if self._vocabulary.issuperset(phrase):
                allowed.add(("".join(phrase),))
                continue
            self.texts.add(phrase)
            # Among bytes nothing tells a tag of ours from an id with the same digits.
            if as_bytes and not of_the_standard("".join(phrase)):
                self.bytes.add_phrase(phrase, lawful)


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
