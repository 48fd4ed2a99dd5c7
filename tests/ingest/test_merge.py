from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.ingest.duplicates import SAME_IN, Repeat, Repeats
from pipeline.ingest.merge import BATCHES, Counts, in_order
from pipeline.ingest.tables import FILES
from pipeline.io.hashing import sha256_bytes
from pipeline.io.tables import write_table

FEW = st.integers(0, 3)


def file_table(files: list[tuple[bool, int, int, int]]) -> pa.Table:
    """Return rows of `FILES`: whether each is usable, and what its three digests are made of."""
    rows = [
        {
            "instance": sha256_bytes(b"%d" % number)[:32],
            "patient": sha256_bytes(b"patient %d" % pixels)[:32],
            "study": sha256_bytes(b"study %d" % uid)[:32],
            "source_sha256": sha256_bytes(b"%d" % source),
            "source_bytes": 10 + number,
            "frames": number,
            "reason": "" if usable else "not_dicom",
            "detail": "" if usable else "words",
            "twin": "",
            "pixels": sha256_bytes(b"%d" % pixels) if usable else None,
            "object": sha256_bytes(b"%d" % uid)[:32] if usable else None,
        }
        for number, (usable, source, pixels, uid) in enumerate(files)
    ]
    return pa.Table.from_pylist(rows, schema=FILES)


@settings(deadline=None)
@given(files=st.lists(st.tuples(st.booleans(), FEW, FEW, FEW), max_size=12), size=st.integers(1, 5))
def test_a_file_repeats_the_first_that_was_not_set_aside(
    files: list[tuple[bool, int, int, int]], size: int
) -> None:
    table, repeats = file_table(files), Repeats()
    found_in_batches = [
        repeat
        for start in range(0, len(files), size)
        for repeat in repeats.add(table.slice(start, size))
    ]
    known: dict[str, dict[int, str]] = {reason: {} for reason in SAME_IN}
    expected = []
    for (usable, *values), instance in zip(files, table["instance"].to_pylist(), strict=True):
        found = Repeat()
        for reason, value in zip(SAME_IN, values, strict=True):
            if usable and not found.reason:
                twin = known[reason].setdefault(value, instance)
                found = Repeat(reason, twin) if twin != instance else found
        expected.append(found)
    assert found_in_batches == expected


def test_a_part_is_not_in_as_many_pieces_as_the_archive_has_batches(tmp_path: Path) -> None:
    table = file_table([(True, number, number, number) for number in range(3 * BATCHES)])
    paths = [tmp_path / f"{number}.parquet" for number in range(len(table))]
    for number, path in enumerate(paths):
        write_table(table[number : number + 1], FILES, path)
    next(in_order(paths, len(table), tmp_path, len(table) // 2))
    # The first part is gone; the second is as it was stored.
    with pa.OSFile(str(tmp_path / "part-1.arrow")) as stored:
        assert len(list(pa.ipc.open_stream(stored))) == 3


@pytest.mark.parametrize("at_once", [1, 7, 20, 100])
def test_the_rows_come_sorted_whatever_is_read_at_once(at_once: int, tmp_path: Path) -> None:
    rng = Random(0)
    files = [(rng.random() < 0.7, rng.randrange(15), number, number // 2) for number in range(40)]
    table, paths = file_table(files), []
    for start in range(0, 40, 9):
        part = table.slice(start, 9)
        paths.append(tmp_path / f"{start}.parquet")
        write_table(part, FILES, paths[-1])
    parts = list(in_order(paths, len(files), tmp_path / "parts", at_once))
    # Digests fall evenly, not exactly so.
    assert max(map(len, parts)) <= 3 * at_once
    assert len(parts) == -(-len(files) // at_once)
    assert not list((tmp_path / "parts").iterdir())
    merged = pa.concat_tables(parts)
    assert merged["instance"].to_pylist() == sorted(table["instance"].to_pylist())
    counts = Counts()
    for part in parts:
        used = pc.equal(part["reason"], "")
        counts.add(part.filter(used), part.filter(pc.invert(used)))
    used = merged.filter(pc.equal(merged["reason"], ""))
    assert counts.as_json() == {
        "discovered": 40,
        "accepted": len(used),
        "quarantined": 40 - len(used),
        "bytes": sum(range(10, 50)),
        "patients": len(set(used["patient"].to_pylist())),
        "studies": len(set(used["study"].to_pylist())),
        "frames": sum(used["frames"].to_pylist()),
        "reasons": {
            reason: merged["reason"].to_pylist().count(reason)
            for reason in sorted(set(merged["reason"].to_pylist()) - {""})
        },
    }
