"""Everything in the source archive that could name a patient, as the audit looks for it.

Shares no code with the cleaner: the audit must not inherit its blind spots.

A value whose words are all ordinary is not looked for, since finding it would prove nothing: a
study description `THYROID` is also a term of the standard. Ordinary are the words of DICOM's own
attribute names and of what this project itself writes; of a code's meaning also the words of the
standard's codes. Of a person's name the single parts are looked for unless ordinary, and the whole
name always.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, BinaryIO

from pydicom import config, dcmread
from pydicom._dicom_dict import DicomDictionary
from pydicom._uid_dict import UID_dictionary
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.filereader import read_deferred_data_element
from pydicom.multival import MultiValue
from pydicom.sr._concepts_dict import concepts
from pydicom.sr._snomed_dict import mapping
from pydicom.tag import BaseTag

from pipeline.deidentify.audit.printable import names_in, readable_texts
from pipeline.deidentify.audit.raw_search import OF_BYTES, RawSearcher
from pipeline.deidentify.audit.search import Phrase, Searcher, words
from pipeline.deidentify.audit.spellings import (
    names_as_written,
    spellings_of_date,
    spellings_of_name,
    spellings_of_number,
)
from pipeline.deidentify.audit.texts import of_the_standard
from pipeline.deidentify.export.file_meta import IMPLEMENTATION_CLASS, IMPLEMENTATION_VERSION
from pipeline.deidentify.pixels.review import REVIEW
from pipeline.deidentify.profile.dummies import WORDS as DUMMIES
from pipeline.deidentify.profile.values import TERMS_FILE
from pipeline.deidentify.reasons import REJECTIONS
from pipeline.deidentify.tables import FRAMES, LEDGER, METHOD, REJECTED
from pipeline.ingest.machines import MAKERS, MODELS, PROBES
from pipeline.ingest.tables import INSTANCES, QUARANTINE, REASONS

# pydicom's warnings would print the values.
config.settings.reading_validation_mode = config.IGNORE

# Attributes whose values are words of the standard or of a machine's maker.
NOT_IDENTIFYING = frozenset(
    {
        "Manufacturer",
        "ManufacturerModelName",
        "SOPClassUID",
        "ReferencedSOPClassUID",
        "MediaStorageSOPClassUID",
        "DeidentificationMethod",  # PS3.15 E.1.1: earlier methods stay
        "CodingSchemeDesignator",
    }
)
CODES = {"CodeMeaning", "CodeValue", "LongCodeValue"}
TEXT = {"LO", "SH", "ST", "LT", "UT", "UC", "UR", "AE", "UI"}
# The kind of a text that was found among bytes.
BYTES = "bytes"
BINARY = {"UN", "OB", "OW", "OD", "OF", "OL", "OV"}
# Palettes and pixels: their bytes are grey levels, and some stay.
IMAGE_GROUPS = {0x0028, 0x7FE0}
# A value above this many bytes is left in the file until it is asked for.
DEFERRED = 1 << 16
DECODERS = (
    "native imagecodecs rle libjpeg-turbo charls openjpeg libjxl opencv ffmpeg numpy imcd "
    "libavcodec"
)
# An archive may have been cleaned by this project before, under another key.
WRITTEN_BY_US = DUMMIES | {IMPLEMENTATION_CLASS, IMPLEMENTATION_VERSION}


class Harvest:
    """What to look for, word by word and byte by byte, from all sources so far.

    `retained` are the tags of attributes that the profile's options keep; `vocabulary` are words
    that may leave in descriptions; without `plain_dates`, shifted dates are not called true ones.
    """

    def __init__(
        self,
        retained: frozenset[int] = frozenset(),
        vocabulary: frozenset[str] = frozenset(),
        plain_dates: bool = True,
    ) -> None:
        self.texts, self.bytes = Searcher(), RawSearcher(plain_dates)
        self.sources = self.sources_not_harvested = 0
        self._retained = retained
        self._vocabulary = vocabulary

    def add_source(self, relative: bytes, handle: BinaryIO | None) -> Dataset | None:
        """Harvest a file by its path and content; return its dataset, without pixels.

        None for what cannot be read as DICOM, whose printable strings are harvested instead.
        """
        self.sources += 1
        self._add(phrases_of_path(relative))
        dataset = read_whole(handle) if handle else None
        if handle is None or dataset is None:
            self.sources_not_harvested += 1
        if handle is not None and dataset is None:
            self._add_broken(handle)
        if dataset is not None:
            self._add_dataset(dataset)
        return dataset

    def _add_broken(self, handle: BinaryIO) -> None:
        """Harvest the header of a file whose pixels are cut off, or else any file's texts."""
        header = read_whole(handle, stop_before_pixels=True)
        if header is not None:
            self._add_dataset(header)
            return
        handle.seek(0)
        # Nothing tells what is a code or a term of the standard; these leave in any study.
        texts = readable_texts(handle.read(DEFERRED))
        self._add(phrase for text in texts for phrase in phrases_of_text(text, "code"))

    def _add_dataset(self, dataset: Dataset) -> None:
        meta = getattr(dataset, "file_meta", Dataset())
        preamble = getattr(dataset, "preamble", None) or b""
        for text in readable_texts(preamble):
            self._add(phrases_of_text(text))
        for vr, text in (*_values(dataset, self._retained), *_values(meta, self._retained)):
            self._add(phrases_of_name(text) if vr == "PN" else phrases_of_text(text, vr))
            if vr == BYTES:
                self.bytes.add_text(text, OF_BYTES)
            if not text.isascii():
                for part in names_in(text) if vr == BYTES else (text,):
                    for written in (*names_as_written(part), part):
                        self.bytes.add_text(written)

    def _add(self, phrases: Iterable[Phrase]) -> None:
        allowed: set[Phrase] = set()  # an allowed description, written as one word
        for phrase in phrases:
            if phrase in allowed:
                continue
            if self._vocabulary.issuperset(phrase):
                allowed.add(("".join(phrase),))
                continue
            self.texts.add(phrase)
            # Among bytes nothing tells a tag of ours from an id with the same digits.
            if not of_the_standard("".join(phrase)):
                self.bytes.add_phrase(phrase)


def read_whole(handle: BinaryIO, stop_before_pixels: bool = False) -> Dataset | None:
    """Return a file's dataset, what follows the pixels too, or None if it is no instance."""
    try:
        handle.seek(0)
        dataset = dcmread(
            handle, force=True, defer_size=DEFERRED, stop_before_pixels=stop_before_pixels
        )
        return dataset if "SOPInstanceUID" in dataset else None
    except Exception:
        return None


def _values(dataset: Dataset, retained: frozenset[int]) -> Iterator[tuple[str, str]]:
    """Yield (kind, text) of every value that may identify somebody, nested and private too."""
    for tag in list(dataset.keys()):
        if tag in retained or tag.group in IMAGE_GROUPS:
            continue
        try:
            element = dataset[tag]
        except Exception:
            yield from ((BYTES, text) for text in readable_texts(_bytes_of(dataset, tag)))
            continue
        if element.keyword in NOT_IDENTIFYING:
            continue
        if element.VR == "SQ":
            for item in element.value:
                yield from _values(item, retained)
        elif element.VR in BINARY or isinstance(element.value, bytes):
            yield from ((BYTES, text) for text in readable_texts(element.value or b""))
        elif element.VR == "PN" or element.VR in TEXT or element.VR in {"DA", "DT"}:
            kind = "code" if element.keyword in CODES else element.VR
            yield from ((kind, text) for text in _texts(element.value))


def _bytes_of(dataset: Dataset, tag: BaseTag) -> bytes:
    """Return the bytes of an element that cannot be converted, also where they are in the file."""
    raw = dataset.get_item(tag, keep_deferred=True)
    if not isinstance(raw, RawDataElement):
        return b""
    if raw.value is None and raw.length:
        file = dataset.buffer or dataset.filename
        raw = read_deferred_data_element(dataset.fileobj_type, file, dataset.timestamp, raw)
    return raw.value or b""


def _texts(value: Any) -> list[str]:
    if isinstance(value, MultiValue | list):
        return [text for one in value for text in _texts(one)]
    return [] if value is None else [str(value)]


def phrases_of_text(text: str, vr: str = "LO") -> Iterator[Phrase]:
    """Yield the forms in which a value may have been written elsewhere."""
    if text in UID_dictionary or text in WRITTEN_BY_US:
        return
    if vr == "code" and code_words().issuperset(words(text)):
        return
    phrase = words(text)
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


def _terms() -> list[str]:
    """Return the defined terms of coded attributes that may leave."""
    text = TERMS_FILE.read_text(encoding="ascii")
    return [line for line in text.splitlines() if not line.startswith("#")]


@cache
def ordinary() -> frozenset[str]:
    """Return the words of DICOM's attribute names and of this project's own artifacts."""
    own = [METHOD, DECODERS, *MAKERS, *MODELS, *PROBES, *_terms(), *REASONS, *REASONS.values()]
    for schema in (FRAMES, LEDGER, REVIEW, REJECTED, INSTANCES, QUARANTINE):
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
