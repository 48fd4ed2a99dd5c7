"""Is the graph of the exported objects that of the sources: UIDs, patients, intervals of dates?

Source and export are paired by the one thing that the audit is told, how UIDs are renamed. All
else is checked: that no two UIDs became one, that every UID in an export is the renamed one of its
source at the same place, that patients are as many as before, and that all dates of a patient
moved by the same number of days. Kept per source: about 16 bytes for each UID and date.
"""

from array import array
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date

import numpy as np
from pydicom.dataset import Dataset

from pipeline.deidentify.audit.findings import Findings
from pipeline.deidentify.audit.search import DigestSet, digest
from pipeline.io.uids import is_registered

Rename = Callable[[str], str]
# UIDs that every file of a kind shares stay as they are (PS3.15 E.3.9, note).
STRUCTURAL = {
    "SOPClassUID", "ReferencedSOPClassUID", "CodingSchemeUID", "ContextUID", "MappingResourceUID",
    "ContextGroupExtensionCreatorUID", "TransferSyntaxUID",
}  # fmt: skip
IDENTITY = ("SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID")
NOT_OF_THE_SOURCE = {"DeidentificationMethodCodeSequence"}
DATE_DIGITS = 8


def places(dataset: Dataset, vrs: set[str], path: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield (place, keyword, value) for every value of the given kinds, at any depth."""
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
                yield from places(item, vrs, f"{here}.{number}")
        elif element.VR in vrs and element.value:
            values = [element.value] if isinstance(element.value, str) else list(element.value)
            for number, value in enumerate(values):
                yield f"{here}:{number}", element.keyword, str(value)


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
        self._patients: dict[int, int] = {}
        self._day_keys, self._days = array("Q"), array("i")
        self._sorted: tuple[np.ndarray, np.ndarray] | None = None
        self._shifts: dict[int, int] = {}
        self._exported: Counter[int] = Counter()

    def add_source(self, dataset: Dataset) -> None:
        """Remember a source's UIDs, patient and dates."""
        name = self._rename(str(dataset.get("SOPInstanceUID", "")))
        self._patients[digest(name.encode())] = digest(patient_of(dataset).encode())
        for place, keyword, uid in places(dataset, {"UI"}):
            stays = is_registered(uid) or keyword in STRUCTURAL
            new = uid if stays else self._rename(uid)
            self._edges.add(digest(f"{name}{place}={new}".encode()))
            if not stays:  # what stays in one place may be renamed in another: some write 0 for all
                self._old.add(digest(uid.encode()))
                self._new.add(digest(new.encode()))
        if self._dates_modified:
            for place, _, text in places(dataset, {"DA", "DT"}):
                if (day := whole_date(text)) is not None:
                    self._day_keys.append(digest(f"{name}{place}".encode()))
                    self._days.append(day)

    def renamed_twice(self) -> int:
        """Return how many UIDs of the sources share their new UID with another one."""
        return len(self._old) - len(self._new)

    def add_export(self, dataset: Dataset, place: str) -> None:
        """Compare an exported object with its source; `place` says which it is."""
        name = str(dataset.get("SOPInstanceUID", ""))
        known = digest(name.encode())
        if known not in self._patients:
            self.findings.note("object_without_source", place)
            return
        self._exported[known] += 1
        note = self.findings.note
        note("object_twice", place, self._exported[known] > 1)
        note("identity_uid_missing", place, any(not dataset.get(key) for key in IDENTITY))
        edges = [
            digest(f"{name}{place}={uid}".encode()) for place, _, uid in places(dataset, {"UI"})
        ]
        note("uid_graph_differs", place, len(set(edges) - self._edges.hits(edges)))
        agree = self.patients.agree(self._patients[known], str(dataset.get("PatientID", "")))
        note("patients_merged_or_split", place, not agree)
        if self._dates_modified:
            self._compare_dates(dataset, name, self._patients[known], place)

    def _compare_dates(self, dataset: Dataset, name: str, patient: int, place: str) -> None:
        for spot, _, text in places(dataset, {"DA", "DT"}):
            before = self._day(digest(f"{name}{spot}".encode()))
            after = whole_date(text)
            if before is None or after is None:
                continue
            shift = after - before
            self.findings.note("date_not_shifted", place, shift == 0)
            same = self._shifts.setdefault(patient, shift) == shift
            self.findings.note("interval_changed", place, not same)

    def _day(self, key: int) -> int | None:
        if self._sorted is None:
            keys, days = np.array(self._day_keys, np.uint64), np.array(self._days, np.int32)
            order = np.argsort(keys, kind="stable")
            self._sorted = keys[order], days[order]
        keys, days = self._sorted
        place = int(np.searchsorted(keys, np.uint64(key)))
        return int(days[place]) if place < len(keys) and int(keys[place]) == key else None
