from pipeline.deidentify.audit.findings import PLACES, Findings, pseudonym_or


def test_of_many_places_the_first_few_are_kept_and_all_are_counted() -> None:
    found = Findings()
    for number in range(10):
        found.note("odd_name", f"row {number}", 2)
    assert found["odd_name"] == 20
    assert found.places["odd_name"] == [f"row {number}" for number in range(PLACES)]
    (line,) = found.lines()
    assert line == "odd_name: 20, first in row 0; row 1; row 2"


def test_none_is_no_finding_and_has_no_place() -> None:
    found = Findings()
    found.note("odd_name", "row 1", 0)
    assert not found
    assert not found.places


def test_merging_counts_and_keeps_the_first_places() -> None:
    one, other = Findings(), Findings()
    one.note("a", "row 1")
    for number in range(1, 9):
        other.note("a", f"row {number}")
    other["b"] += 0
    one.merge(other)
    assert one == {"a": 9, "b": 0}
    assert one.places == {"a": ["row 1", "row 2", "row 3"]}
    assert dict(+one) == {"a": 9}
    assert (+one).places == one.places


def test_only_a_pseudonym_is_told_by_its_name() -> None:
    assert pseudonym_or("0f" * 16, "row 3") == f"instance {'0f' * 16}"
    for name in ("MUELLERA", "0f" * 15, "1.2.840.113619.2.1", None):
        assert pseudonym_or(name, "row 3") == "row 3"
