"""Is the graph of the exported objects that of the sources: UIDs, patients, intervals of dates?

Source and export are paired by the one thing that the audit is told, how UIDs are renamed. All
else is checked: that no two UIDs became one, that every UID in an export is the renamed one of its
source at the same place, that patients are as many as before, and that all dates of a patient
moved by the same number of days. Kept per source: about 24 bytes for each UID and date.
"""

from collections.abc import Callable, Iterator
from datetime import date
from typing import NamedTuple

from pydicom.dataset import Dataset

from pipeline.deidentify.audit.findings import Findings
from pipeline.deidentify.audit.search import DigestMap, DigestSet, digest, eight_bytes
from pipeline.io.uids import is_registered

Rename = Callable[[str], str]
# UIDs that every file of a kind shares stay as they are (PS3.15 E.3.9, note).
STRUCTURAL = {
    "SOPClassUID", "ReferencedSOPClassUID", "CodingSchemeUID", "ContextUID", "MappingResourceUID",
    "ContextGroupExtensionCreatorUID", "TransferSyntaxUID",
}  # fmt: skip
IDENTITY = ("SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID")
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


class Patients:
    """Pairs of a patient's identity in the source and the pseudonym; each must have one partner."""

    def __init__(self) -> None:
        self._became: dict[int, str] = {}
        self._is_now: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._became)

    def agree(self, source: int, patient: str) -> bool:
        """Add a pair; tell whether neither side was met with another partner."""
        same = self._became.setdefault(source, patient) == patient
        only = self._is_now.setdefault(patient, source) == source
        return same and only


class Graph:
    """What the sources say, in digests; then each export is compared with it."""

    def __init__(self, rename: Rename, dates_modified: bool) -> None:
        self.findings = Findings()
        self._rename, self._dates_modified = rename, dates_modified
        self._old, self._new, self._edges = DigestSet(), DigestSet(), DigestSet()
        self.patients = Patients()
        self._patients, self._days = DigestMap(), DigestMap()
        self._shifts: dict[int, int] = {}
        self._exported = DigestSet()

    def add_source(self, dataset: Dataset) -> None:
        """Remember a source's UIDs, patient and dates."""
        name = self._rename(str(dataset.get("SOPInstanceUID", "")))
        patient = digest(patient_of(dataset).encode())
        self._patients.add(digest(name.encode()), eight_bytes(patient))
        for place in places(dataset):
            if place.vr == "UI":
                self._add_uid(name, place)
            elif self._dates_modified and (day := whole_date(place.value)) is not None:
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

    def add_export(self, dataset: Dataset, place: str) -> None:
        """Compare an exported object with its source; `place` says which it is."""
        name = str(dataset.get("SOPInstanceUID", ""))
        known = digest(name.encode())
        if (held := self._patients.get(known)) is None:
            self.findings.note("object_without_source", place)
            return
        patient, note = int.from_bytes(held, "little"), self.findings.note
        note("object_twice", place, known in self._exported)
        self._exported.add(known)
        note("identity_uid_missing", place, any(not dataset.get(key) for key in IDENTITY))
        found = list(places(dataset))
        uids = [one for one in found if one.vr == "UI"]
        edges = [digest(f"{name}{one.where}={one.value}".encode()) for one in uids]
        note("uid_graph_differs", place, len(set(edges) - self._edges.hits(edges)))
        agree = self.patients.agree(patient, str(dataset.get("PatientID", "")))
        note("patients_merged_or_split", place, not agree)
        if self._dates_modified:
            dates = [one for one in found if one.vr in DATES]
            self._compare_dates(dates, name, patient, place)

    def _compare_dates(self, dates: list[Place], name: str, patient: int, place: str) -> None:
        for one in dates:
            held = self._days.get(digest(f"{name}{one.where}".encode()))
            after = whole_date(one.value)
            if held is None or after is None:
                continue
            shift = after - int.from_bytes(held, "little")
            self.findings.note("date_not_shifted", place, shift == 0)
            same = self._shifts.setdefault(patient, shift) == shift
            self.findings.note("interval_changed", place, not same)
