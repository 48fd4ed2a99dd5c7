"""Is the graph of the exported objects that of the sources: UIDs, patients, intervals of dates?

No two UIDs may have become one, every UID of an export is the renamed one of its source at the
same place, patients are as many as before, and all dates of a patient moved by as many days.
"""

from collections.abc import Iterable

from pydicom.dataset import Dataset

from pipeline.deidentify.audit.findings import Findings
from pipeline.deidentify.audit.graph import DATES, Graph, Place, places, whole_date
from pipeline.deidentify.audit.search import DigestSet, digest

IDENTITY = ("SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID")


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

    def merge(self, other: "Patients") -> int:
        """Add the pairs of others; return how many do not agree."""
        return sum(not self.agree(*pair) for pair in other._became.items())


class Moved:
    """What became of UIDs, patients and dates, export by export."""

    def __init__(self) -> None:
        self.findings = Findings()
        self.patients = Patients()
        self._shifts: dict[int, int] = {}
        self._exported = DigestSet()

    def compare(self, graph: Graph, dataset: Dataset, place: str) -> None:
        """Compare an exported object with its source; `place` says which it is."""
        uid, note = str(dataset.get("SOPInstanceUID", "")), self.findings.note
        patient = graph.patient_of(uid)
        if patient is None:
            note("object_without_source", place)
            return
        known = digest(uid.encode())
        note("object_twice", place, known in self._exported)
        self._exported.add(known)
        note("identity_uid_missing", place, any(not dataset.get(key) for key in IDENTITY))
        found = list(places(dataset))
        edges = graph.other_edges(uid, (one for one in found if one.vr == "UI"))
        note("uid_graph_differs", place, edges)
        agree = self.patients.agree(patient, str(dataset.get("PatientID", "")))
        note("patients_merged_or_split", place, not agree)
        if graph.dates_modified:
            dates = (one for one in found if one.vr in DATES)
            self._compare_dates(graph, uid, dates, patient, place)

    def _compare_dates(
        self, graph: Graph, uid: str, dates: Iterable[Place], patient: int, place: str
    ) -> None:
        for one in dates:
            before, after = graph.day_of(uid, one.where), whole_date(one.value)
            if before is None or after is None:
                continue
            shift = after - before
            self.findings.note("date_not_shifted", place, shift == 0)
            same = self._shifts.setdefault(patient, shift) == shift
            self.findings.note("interval_changed", place, not same)

    def merge(self, other: "Moved", place: str) -> None:
        """Add what became of the exports in another place, and compare both."""
        note = self.findings.note
        self.findings.merge(other.findings)
        note("patients_merged_or_split", place, self.patients.merge(other.patients))
        shifted = (
            self._shifts.setdefault(patient, shift) != shift
            for patient, shift in other._shifts.items()
        )
        note("interval_changed", place, sum(shifted))
        note("object_twice", place, self._exported.shared(other._exported))
        self._exported.merge(other._exported)
