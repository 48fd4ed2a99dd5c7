"""The value that leaves in place of one that a file holds, by the treatment of its attribute."""

from collections.abc import Callable, Sequence
from functools import cached_property

from pydicom.datadict import dictionary_has_tag
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag, Tag

from pipeline.deidentify.profile import elements, values
from pipeline.deidentify.profile.dates import offset_days, shift
from pipeline.deidentify.profile.options import ProfileOptions
from pipeline.deidentify.profile.rules import PATIENT_TAGS, Rule, Treatment
from pipeline.deidentify.profile.vocabulary import clean_text, words_of
from pipeline.io.keys import new_uid, pseudonym

SHORTEST_NAME = 2
NAME_VRS = ("PN", "LO")
LONGEST = {"SH": 16, "AE": 16, "CS": 16, "LO": 64}
# Who is named in words that a description may repeat.
NAMED = [Tag(keyword) for keyword in (
    "PatientName", "PatientID", "OtherPatientNames", "ReferringPhysicianName",
    "PerformingPhysicianName", "OperatorsName",
)]  # fmt: skip
# The descriptor of each table, without which it is no table; a segmented one has other entries.
DESCRIPTOR_OF = {
    0x00281201: 0x00281101, 0x00281202: 0x00281102, 0x00281203: 0x00281103,
    0x00281204: 0x00281104, 0x00281221: 0x00281101, 0x00281222: 0x00281102,
    0x00281223: 0x00281103, 0x00281224: 0x00281104, 0x00283006: 0x00283002,
}  # fmt: skip
SEGMENTED = frozenset({0x00281221, 0x00281222, 0x00281223, 0x00281224})
LARGEST_TABLE = 65536  # entries; a descriptor says 0 for it (PS3.3 C.7.6.3.1.5)


class Treatments:
    """Treats the values of one object: what it needs to know of its patient is kept here.

    Of an object that is `sealed`, the cleaner's own output, UIDs, dates and ids are left alone.
    """

    def __init__(
        self, source: Dataset, key: bytes, patient: str, options: ProfileOptions, sealed: bool
    ) -> None:
        self._sealed = sealed
        self._source, self._key, self._patient, self._options = source, key, patient, options
        self._texts: dict[Treatment, Callable[[RawDataElement, Rule, Sequence[str]], str | None]]
        self._texts = {
            Treatment.PSEUDONYM: self._pseudonym,
            Treatment.REPLACE_UID: lambda raw, rule, sets: self._uids(elements.ascii_text(raw)),
            Treatment.KEEP_UID: lambda raw, rule, sets: self._kept_uids(elements.ascii_text(raw)),
            Treatment.DATE: lambda raw, rule, sets: self._date(rule, elements.ascii_text(raw)),
            Treatment.ZONE: lambda raw, rule, sets: values.zone(elements.ascii_text(raw)),
            Treatment.AGE: lambda raw, rule, sets: values.capped_age(elements.ascii_text(raw)),
            Treatment.NUMBER: lambda raw, rule, sets: values.number(elements.ascii_text(raw)),
            Treatment.SMALL_NUMBER: lambda raw, rule, sets: values.small_number(
                elements.ascii_text(raw)
            ),
            Treatment.TERM: lambda raw, rule, sets: values.known_terms(elements.ascii_text(raw)),
            Treatment.MAKER: lambda raw, rule, sets: values.maker(elements.text(raw, sets)),
            Treatment.PLAIN_NAME: lambda raw, rule, sets: self._plain(elements.text(raw, sets)),
            Treatment.VOCABULARY: lambda raw, rule, sets: self._described(
                elements.text(raw, sets), rule.vr
            ),
            Treatment.VERBATIM: lambda raw, rule, sets: elements.text(raw, sets),
        }

    def apply(
        self, raw: RawDataElement, rule: Rule, owner: Dataset, encodings: Sequence[str]
    ) -> RawDataElement | None:
        """Return the element that leaves, or None when the value cannot be kept.

        `owner` is the data set that holds the element and `encodings` its character sets. Raises
        UnicodeDecodeError and what pydicom raises when the value cannot be read.
        """
        if rule.treatment is Treatment.BINARY:
            return _binary(raw, rule.vr, owner)
        if rule.treatment is Treatment.LOOKUP_TABLE:
            return _lookup_table(raw, rule.vr, owner)
        if rule.treatment is Treatment.TAGS:
            return _tags(raw)
        if not raw.value and rule.treatment is not Treatment.PSEUDONYM:
            return elements.make(raw.tag, rule.vr, b"")
        text = self._texts[rule.treatment](raw, rule, encodings)
        return elements.make(raw.tag, rule.vr, text.encode()) if text else None

    @cached_property
    def _names(self) -> frozenset[str]:
        """Words, in upper case, that name people in this object."""
        words: list[str] = []
        for tag in NAMED:
            try:
                words += words_of(_readable(self._source, tag))
            except Exception:  # a name that cannot be read cannot be looked for
                continue
        return frozenset(word for word in words if len(word) >= SHORTEST_NAME)

    @cached_property
    def _days(self) -> int:
        """By how many days the dates of this patient are shifted."""
        return offset_days(self._key, self._patient, self._options.date_shift_days)

    def _pseudonym(self, raw: RawDataElement, rule: Rule, encodings: Sequence[str]) -> str:
        """Return the patient's pseudonym, or another one for somebody else's id within."""
        value = elements.text(raw, encodings)
        if self._sealed:
            return value
        if raw.tag == PATIENT_TAGS[0] or value in ("", str(self._source.get("PatientID") or "")):
            return self._patient
        return pseudonym(self._key, "other patient", value)

    def _uids(self, text: str) -> str:
        """Replace instance UIDs; structural ones are the same in all files (PS3.15 E.3.9)."""
        return "\\".join(
            uid if self._sealed or not uid or values.is_structural(uid) else new_uid(self._key, uid)
            for uid in (part.strip("\0 ") for part in text.split("\\"))
        )

    def _kept_uids(self, text: str) -> str:
        """Keep UIDs; what is none may be a name, and is replaced as if none were kept."""
        return "\\".join(
            uid if values.is_uid(uid) else self._uids(uid)
            for uid in (part.strip("\0 ") for part in text.split("\\"))
        )

    def _date(self, rule: Rule, text: str) -> str | None:
        days = 0 if self._sealed or rule.action == "K" else self._days
        shifted = [shift(rule.vr, part.strip(), days) for part in text.split("\\")]
        return "\\".join(part or "" for part in shifted) if any(shifted) else None

    def _plain(self, text: str) -> str | None:
        if values.PLAIN_NAME.fullmatch(text) is None:
            return None
        return text if self._names.isdisjoint(words_of(text)) else None

    def _described(self, text: str, vr: str) -> str | None:
        cleaned = clean_text(text, self._names)
        longest = LONGEST.get(vr)
        if longest is None or len(cleaned) <= longest:
            return cleaned or None
        return cleaned[: longest + 1].rpartition(" ")[0] or None


def _readable(source: Dataset, tag: BaseTag) -> str:
    """Return the value of an attribute as words can be read from it; empty when it is absent."""
    if tag not in source.keys():  # noqa: SIM118 - a data set makes much of a tag
        return ""
    element = source.get_item(tag)
    if isinstance(element, RawDataElement) and element.VR in NAME_VRS:
        value = bytes(element.value or b"")
        if value.isascii() and elements.ESCAPE not in value:
            return value.decode("ascii")
    return str(source[tag].value or "")


def _binary(raw: RawDataElement, stated_vr: str, owner: Dataset) -> RawDataElement | None:
    vr = elements.one_vr(stated_vr, owner)
    value = raw.value or b""
    if vr not in elements.SIZES or not values.fits(raw.tag, vr, len(value)):
        return None
    if raw.is_little_endian and vr == raw.VR:
        return raw
    return elements.make(raw.tag, vr, elements.little_endian(raw, vr))


def _lookup_table(raw: RawDataElement, stated_vr: str, owner: Dataset) -> RawDataElement | None:
    """Return a palette's data, without bytes beyond the entries that its descriptor states."""
    value = elements.little_endian(raw, "OW")
    descriptor = owner.get(DESCRIPTOR_OF[int(raw.tag)])
    if descriptor is None:
        return None
    if int(raw.tag) not in SEGMENTED:
        value = value[: 2 * (int(descriptor.value[0]) or LARGEST_TABLE)]
    return elements.make(raw.tag, "OW", value)


def _tags(raw: RawDataElement) -> RawDataElement | None:
    """Return an AT whose values are all tags of the standard."""
    value = elements.little_endian(raw, "AT")
    if len(value) % 4:
        return None
    halves = [int.from_bytes(value[at : at + 2], "little") for at in range(0, len(value), 2)]
    tags = zip(halves[::2], halves[1::2], strict=True)
    if not all(dictionary_has_tag(group << 16 | element) for group, element in tags):
        return None
    return elements.make(raw.tag, "AT", value)
