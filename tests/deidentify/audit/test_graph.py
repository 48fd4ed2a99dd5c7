"""Swapped patients, lost references and changed intervals are found; no key is needed to see it."""

from collections.abc import Callable

import pytest
from pydicom.dataset import Dataset, FileDataset
from pydicom.sequence import Sequence

from pipeline.deidentify.audit.graph import Graph
from pipeline.deidentify.audit.moved import Moved
from pipeline.io.keys import new_uid
from tests.deidentify.exported import KEY, NAMES, SHIFTED, clean_object, sources

DAYS = [-30, 400]


def exported() -> tuple[list[Dataset], list[FileDataset]]:
    before = sources()
    for number, source in enumerate(before):
        inner = Dataset()
        inner.ReferencedSOPClassUID = "1.2.840.10008.5.1.4.1.1.6.1"
        inner.ReferencedSOPInstanceUID = before[1 - number % 2].SOPInstanceUID
        source.SourceImageSequence = Sequence([inner])
    after = []
    for number, source in enumerate(before):
        target = clean_object(source, SHIFTED, DAYS[number // 2])
        inner = Dataset()
        reference = source.SourceImageSequence[0]
        inner.ReferencedSOPClassUID = reference.ReferencedSOPClassUID
        inner.ReferencedSOPInstanceUID = new_uid(KEY, reference.ReferencedSOPInstanceUID)
        target.SourceImageSequence = Sequence([inner])
        after.append(target)
    return before, after


def findings(spoil: Callable[[list[FileDataset]], None]) -> set[str]:
    before, after = exported()
    spoil(after)
    graph = Graph(NAMES.rename_uid, dates_modified=True)
    for source in before:
        graph.add_source(source)
    moved = Moved()
    for target in after:
        moved.compare(graph, target, "instance 1")
    assert graph.renamed_twice() == 0
    return {kind for kind, count in moved.findings.items() if count}


def test_a_true_export_has_no_finding() -> None:
    assert findings(lambda after: None) == set()


def test_a_senseless_uid_that_stands_in_every_place_merges_nothing() -> None:
    source = sources()[0]
    inner = Dataset()
    inner.ReferencedSOPClassUID = inner.ReferencedSOPInstanceUID = "0"
    source.SourceImageSequence = Sequence([inner])
    graph = Graph(NAMES.rename_uid, dates_modified=True)
    graph.add_source(source)
    assert graph.renamed_twice() == 0


def _swap(after: list[FileDataset]) -> None:
    after[0].PatientID, after[2].PatientID = after[2].PatientID, after[0].PatientID


def _merge(after: list[FileDataset]) -> None:
    for target in after:
        target.PatientID = "ANONYMOUS"


def _set(keyword: str, value: str) -> Callable[[list[FileDataset]], None]:
    return lambda after: setattr(after[0], keyword, value)


def _reference(after: list[FileDataset]) -> None:
    after[0].SourceImageSequence[0].ReferencedSOPInstanceUID = new_uid(KEY, "1.2.3")


def _old_reference(after: list[FileDataset]) -> None:
    after[0].SourceImageSequence[0].ReferencedSOPInstanceUID = "1.2.840.99999.0.1.77"


def _structural(after: list[FileDataset]) -> None:
    after[0].SourceImageSequence[0].ReferencedSOPClassUID = new_uid(KEY, "1.2.3")


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (_swap, {"patients_merged_or_split"}),
        (_merge, {"patients_merged_or_split"}),
        (_set("StudyInstanceUID", "2.25.77"), {"uid_graph_differs"}),
        (_set("StudyInstanceUID", ""), {"identity_uid_missing"}),
        (_reference, {"uid_graph_differs"}),
        (_old_reference, {"uid_graph_differs"}),
        (_structural, {"uid_graph_differs"}),
        (_set("StudyDate", "20190314"), {"date_not_shifted", "interval_changed"}),
        (_set("StudyDate", "20190213"), {"interval_changed"}),
        (_set("SOPInstanceUID", "2.25.78"), {"object_without_source"}),
        (lambda after: after.append(after[0]), {"object_twice"}),
    ],
)
def test_each_difference_is_found(
    spoil: Callable[[list[FileDataset]], None], expected: set[str]
) -> None:
    assert findings(spoil) == expected


def test_two_uids_that_became_one_are_found() -> None:
    graph = Graph(lambda uid: "2.25.1", dates_modified=False)
    for source in sources():
        graph.add_source(source)
    assert graph.renamed_twice() > 0


def test_the_same_id_of_two_issuers_is_two_patients() -> None:
    graph = Graph(NAMES.rename_uid, dates_modified=False)
    before, after = exported()
    for number, source in enumerate(before):
        source.PatientID, source.IssuerOfPatientID = "7", f"issuer {number // 2}"
        graph.add_source(source)
    moved = Moved()
    for target in after:
        target.PatientID = "one"
        moved.compare(graph, target, "instance 1")
    assert moved.findings["patients_merged_or_split"] == 2
