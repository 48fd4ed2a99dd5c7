"""The graph of the sources: UIDs, patients, dates, with which exports are compared (moved.py).

Source and export are paired by the one thing that the audit is told, how UIDs are renamed. Kept per
source: about 24 bytes for each UID and date.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import NamedTuple

from pydicom.dataset import Dataset

from pipeline.deidentify.audit.search import DigestMap, DigestSet, digest, eight_bytes
from pipeline.io.uids import is_registered

Rename = Callable[[str], str]
# UIDs that every file of a kind shares stay as they are (PS3.15 E.3.9, note).
STRUCTURAL = {
    "SOPClassUID", "ReferencedSOPClassUID", "CodingSchemeUID", "ContextUID", "MappingResourceUID",
    "ContextGroupExtensionCreatorUID", "TransferSyntaxUID",
}  # fmt: skip
NOT_OF_THE_SOURCE = {"DeidentificationMethodCodeSequence"}
DATES, DATE_DIGITS = {"DA", "DT"}, 8


class Place(NamedTuple):
    """A UID or date of a dataset, and where it stands."""

    where: str
    vr: str
    keyword: str
    value: str


def places(dataset: Dataset, path: str = "") -> Iterator[Place]:
    """Yield every UID and date, at any depth."""
    for tag in list(dataset.keys()):
        if tag.group in {0x0002, 0x7FE0}:
            continue
        try:
            element = dataset[tag]
        except Exception:
            continue
        here = f"{path}/{int(tag):08X}"
        if element.VR == "SQ" and element.keyword not in NOT_OF_THE_SOURCE:
            for number, item in enumerate(element.value):
                yield from places(item, f"{here}.{number}")
        elif element.VR in {"UI", *DATES} and element.value:
            values = [element.value] if isinstance(element.value, str) else list(element.value)
            for number, value in enumerate(values):
                yield Place(f"{here}:{number}", element.VR, element.keyword, str(value))


def whole_date(text: str) -> int | None:
    """Return the day of a DA or DT as a number, or None for a partial or impossible one."""
    digits = text[:DATE_DIGITS]
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).toordinal()
    except ValueError:
        return None


def patient_of(dataset: Dataset) -> str:
    """Return who a source is of: (PatientID, IssuerOfPatientID), or the study of the nameless."""
    patient = str(dataset.get("PatientID") or "").strip()
    issuer = str(dataset.get("IssuerOfPatientID") or "").strip()
    return f"{patient}\n{issuer}" if patient else f"\n\n{dataset.get('StudyInstanceUID')}"


class Graph:
    """What the sources say, in digests."""

    def __init__(self, rename: Rename, dates_modified: bool) -> None:
        self.dates_modified = dates_modified
        self._rename = rename
        self._old, self._new, self._edges = DigestSet(), DigestSet(), DigestSet()
        self._patients, self._days = DigestMap(), DigestMap()

    def add_source(self, dataset: Dataset) -> None:
        """Remember a source's UIDs, patient and dates."""
        name = self._rename(str(dataset.get("SOPInstanceUID", "")))
        patient = digest(patient_of(dataset).encode())
        self._patients.add(digest(name.encode()), eight_bytes(patient))
        for place in places(dataset):
            if place.vr == "UI":
                self._add_uid(name, place)
            elif self.dates_modified and (day := whole_date(place.value)) is not None:
                self._days.add(digest(f"{name}{place.where}".encode()), eight_bytes(day))

    def _add_uid(self, name: str, place: Place) -> None:
        uid = place.value
        stays = is_registered(uid) or place.keyword in STRUCTURAL
        new = uid if stays else self._rename(uid)
        self._edges.add(digest(f"{name}{place.where}={new}".encode()))
        if not stays:  # what stays in one place may be renamed in another: some write 0 for all
            self._old.add(digest(uid.encode()))
            self._new.add(digest(new.encode()))

    def renamed_twice(self) -> int:
        """Return how many UIDs of the sources share their new UID with another one."""
        return len(self._old) - len(self._new)

    def merge(self, other: "Graph") -> None:
        """Add what other sources say."""
        for own, others in (
            (self._old, other._old),
            (self._new, other._new),
            (self._edges, other._edges),
        ):
            own.merge(others)
        self._patients.merge(other._patients)
        self._days.merge(other._days)

    def patient_of(self, uid: str) -> int | None:
        """Return the digest of the patient of an instance by its new UID, None if it has none."""
        held = self._patients.get(digest(uid.encode()))
        return None if held is None else int.from_bytes(held, "little")

    def other_edges(self, uid: str, found: Iterable[Place]) -> int:
        """Return how many UIDs of an exported object its source does not have at their places."""
        edges = [digest(f"{uid}{one.where}={one.value}".encode()) for one in found]
        return len(set(edges) - self._edges.hits(edges))

    def day_of(self, uid: str, where: str) -> int | None:
        """Return the day that the source of an exported object has in a place."""
        held = self._days.get(digest(f"{uid}{where}".encode()))
        return None if held is None else int.from_bytes(held, "little")
