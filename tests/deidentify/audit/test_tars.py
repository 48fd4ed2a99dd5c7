"""What is checked tar by tar, in several processes, comes to the same as in one."""

import pickle
from collections.abc import Callable

import numpy as np

from pipeline.deidentify.audit.findings import Findings
from pipeline.deidentify.audit.graph import Graph
from pipeline.deidentify.audit.harvest import Harvest
from pipeline.deidentify.audit.moved import Moved
from pipeline.deidentify.audit.pixel_text import Sample, TextCheck
from pipeline.deidentify.audit.search import DigestMap, DigestSet, Searcher, eight_bytes
from tests.deidentify.conftest import Study
from tests.deidentify.exported import NAMES, SHIFTED, clean_object, sources


def reading(text: str) -> Callable[[Harvest], TextCheck]:
    """Return the check of a reader that sees the same text in every image."""
    box = (0, 0, 9, 9)
    return lambda harvest: TextCheck(
        lambda image: [(box, text, 0.9)], harvest.texts, Sample(3, 2, 0.5)
    )


def test_the_report_is_the_same_in_one_process_and_in_three(study: Study) -> None:
    reports, counts = set(), []
    for workers in (1, 3):
        counts.append(study.audit(reading("Dist 4.2"), workers=workers))
        reports.add((study.out / "audit.json").read_bytes())
    assert len(reports) == 1
    assert counts[0] == counts[1]
    assert counts[0]["images_read_for_text"] > 3
    assert counts[0]["to_review"] > 0


def test_findings_and_their_places_come_from_another_process_whole() -> None:
    findings = Findings()
    for number in range(5):
        findings.note("value_in_log", f"line {number}", 2)
    findings["checked"] += 0
    again = pickle.loads(pickle.dumps(findings))
    assert (again, again.places) == (findings, findings.places)
    assert isinstance(again, Findings)


def moved_in_two_tars(spoiled: str) -> Moved:
    """Compare two objects of one patient, each in its tar, with the sources, and merge that."""
    one, other = sources()[:2]  # of one patient
    graph = Graph(NAMES.rename_uid, dates_modified=True)
    parts = []
    for number, source in enumerate((one, other)):
        graph.add_source(source)
        target = clean_object(source, SHIFTED, 10 + (number if spoiled == "dates" else 0))
        if spoiled == "patient" and number:
            target.PatientID = "another"
        parts.append(target)
    whole = Moved()
    for target in (*parts, *parts[:1]) if spoiled == "twice" else parts:
        moved = Moved()
        moved.compare(graph, target, "instance 1")
        assert not +moved.findings
        whole.merge(pickle.loads(pickle.dumps(moved)), "part-1.tar")
    return whole


def test_what_one_tar_cannot_tell_is_found_when_two_are_merged() -> None:
    expected = {
        "": set(),
        "dates": {"interval_changed"},
        "patient": {"patients_merged_or_split"},
        "twice": {"object_twice"},
    }
    for spoiled, kinds in expected.items():
        assert set(+moved_in_two_tars(spoiled).findings) == kinds, spoiled


def test_merged_sets_maps_and_searchers_hold_what_each_held() -> None:
    draw = np.random.default_rng(0)
    numbers = [draw.integers(0, 1 << 63, 50_000).tolist() for _ in range(3)]
    sets, maps = [DigestSet() for _ in numbers], [DigestMap() for _ in numbers]
    for some, held, pairs in zip(numbers, sets, maps, strict=True):
        for number in some:
            held.add(number)
            pairs.add(number, eight_bytes(number // 3))
    pairs_of_all = DigestMap()
    held_by_all = DigestSet()
    for held, pairs in zip(sets, maps, strict=True):
        held_by_all.merge(held)
        pairs_of_all.merge(pairs)
    every = {number for some in numbers for number in some}
    assert held_by_all.sorted().tolist() == sorted(every)
    assert held_by_all.shared(sets[1]) == len(sets[1])
    assert {pairs_of_all.get(number) == eight_bytes(number // 3) for number in every} == {True}
    searcher = Searcher([("mueller", "anna")])
    assert searcher.count("Meier, Otto") == 0
    searcher.merge(Searcher([("meier", "otto"), ("rumpelstilz",)]))
    assert searcher.count("Meier, Otto") == searcher.count("Mueller^Anna") == 1
    assert searcher.count("Rumpelstilz") == 1


def test_a_value_that_was_doubtful_first_is_sure_when_another_source_states_it() -> None:
    for swap in (False, True):
        parts = [Harvest(), Harvest()]
        parts[swap].bytes.add_phrase(("rumpelstilzchen",), lawful=False)
        parts[not swap].bytes.add_phrase(("rumpelstilzchen",))
        parts[0].merge(parts[1])
        found = parts[0].bytes.find(b"  Rumpelstilzchen  ")
        assert len(found) == 1
        assert parts[0].bytes.doubtful(found) == set()
