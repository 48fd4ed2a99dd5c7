"""Everything in the source archive that could name a patient, as the audit looks for it.

Shares no code with the cleaner: the audit must not inherit its blind spots.

A text that breaks the rules of its VR, or stands among bytes of no known kind, is doubtful: a
damaged length makes such texts of grey levels. It is looked for like any other, but what was
harvested from nothing else and lies in nothing but pixels is no finding (doubtful.py).
"""

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from pydicom.dataset import Dataset

from pipeline.deidentify.audit.kept import Kept
from pipeline.deidentify.audit.phrases import (
    is_of_a_term,
    phrases_of_name,
    phrases_of_path,
    phrases_of_text,
)
from pipeline.deidentify.audit.printable import names_in, readable_texts
from pipeline.deidentify.audit.raw_search import OF_BYTES, RawSearcher
from pipeline.deidentify.audit.search import REMEMBERED, Phrase, Searcher
from pipeline.deidentify.audit.source_values import (
    BYTES,
    DEFERRED,
    Value,
    read_whole,
    unchanged_texts,
    values_of,
)
from pipeline.deidentify.audit.spellings import names_as_written
from pipeline.deidentify.audit.texts import of_the_standard

# Values that are remembered as harvested: some 8 MiB.
VALUES = 1 << 15


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
