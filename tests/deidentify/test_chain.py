"""The ledgers' chain: found by whoever has the key when a row was changed, dropped or moved."""

import re
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.deidentify.audit.chains import follow
from pipeline.deidentify.chain import chained, join_chained
from pipeline.deidentify.join import AT_ONCE
from pipeline.deidentify.tables import LEDGER, LEDGER_ROWS
from pipeline.errors import StudyError
from pipeline.io.keys import REPOSITORY
from pipeline.io.tables import write_table
from tests.deidentify.conftest import Study
from tests.deidentify.settings import KEY

PROGRAM = re.compile(r"```python\n(.*?)```", re.DOTALL)
NUMBER = AT_ONCE + 1


def write_ledger(path: Path, key: bytes = KEY) -> pa.Table:
    """Write a ledger of invented rows, some without a digest of an export."""
    rows: list[dict[str, Any]] = [
        dict.fromkeys(LEDGER_ROWS.names)
        | {"instance": f"{number:032x}", "frames": number, "blanked_share": number / 7}
        for number in range(NUMBER)
    ]
    parts = [path.with_name(f"part-{number}.parquet") for number in range(3)]
    for number, part in enumerate(parts):
        write_table(rows[number::3], LEDGER_ROWS, part)
    join_chained(parts, LEDGER, path, "ledger", key)
    table = pq.read_table(path)
    assert table.select(LEDGER_ROWS.names).to_pylist() == rows
    return table


def checked_by_hand(path: Path, key: bytes = KEY) -> subprocess.CompletedProcess[str]:
    """Run the program that the documentation gives to the privacy officer."""
    found = PROGRAM.search((REPOSITORY / "docs/privacy.md").read_text(encoding="utf-8"))
    assert found is not None
    program = "\n".join(line[2:] for line in found[1].splitlines())
    key_file = path.with_suffix(".key")
    key_file.write_bytes(key)
    command = [sys.executable, "-c", program, str(key_file), str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def changed(table: pa.Table, row: int, column: str, value: object) -> pa.Table:
    rows = table.to_pylist()
    rows[row][column] = value
    return pa.Table.from_pylist(rows, table.schema)


def without(table: pa.Table, row: int) -> pa.Table:
    return pa.concat_tables([table[:row], table[row + 1 :]])


TAMPERED: dict[str, Callable[[pa.Table], pa.Table]] = {
    "a cell": lambda table: changed(table, 1500, "frames", 3),
    "a cell that was empty": lambda table: changed(table, 1500, "object_sha256", ""),
    "the last cell": lambda table: changed(table, NUMBER - 1, "blanked_share", 0.5),
    "a link": lambda table: changed(table, 1500, "chain", "0" * 64),
    "the first row dropped": lambda table: without(table, 0),
    "a row dropped": lambda table: without(table, 1500),
    "a row doubled": lambda table: pa.concat_tables([table[:9], table[8:]]),
    "two rows swapped": lambda table: table.take([1, 0, *range(2, NUMBER)]),
    "no chain": lambda table: table.drop_columns("chain"),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_tampering_breaks_the_chain(tmp_path: Path, how: str) -> None:
    path = tmp_path / "ledger.parquet"
    pq.write_table(TAMPERED[how](write_ledger(path)), path)
    assert follow(path, KEY).broken


def test_the_chain_as_written_is_whole_for_the_audit_and_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "ledger.parquet"
    table = write_ledger(path)
    rows: list[dict[str, Any]] = []
    chain = follow(path, KEY, rows.append)
    assert (chain.broken, chain.head) == ([], table["chain"][-1].as_py())
    assert rows == table.drop_columns("chain").to_pylist()
    assert checked_by_hand(path).stdout.strip() == chain.head


def test_the_program_for_the_officer_finds_the_row(tmp_path: Path) -> None:
    path = tmp_path / "ledger.parquet"
    pq.write_table(changed(write_ledger(path), 1500, "frames", 3), path)
    assert "broken at row 1501" in checked_by_hand(path).stderr


def test_without_the_key_no_chain_can_be_made_or_moved(tmp_path: Path) -> None:
    path = tmp_path / "ledger.parquet"
    write_ledger(path, bytes(32))
    assert follow(path, KEY).broken == list(range(1, NUMBER + 1))
    assert checked_by_hand(path).returncode
    write_ledger(path)
    other = path.rename(tmp_path / "rejected.parquet")
    assert follow(other, KEY).broken == [1]


def rows_dropped(study: Study, name: str, rows: slice) -> str:
    """Return what the audit says of a ledger of which only some rows are left."""
    path = study.out / f"{name}.parquet"
    pq.write_table(pq.read_table(path)[rows], path)
    with pytest.raises(StudyError, match="audit found") as caught:
        study.audit()
    return str(caught.value)


def test_the_audit_stops_on_a_changed_cell(study: Study) -> None:
    path = study.out / "ledger.parquet"
    pq.write_table(changed(pq.read_table(path), 1, "text_boxes", 7), path)
    with pytest.raises(StudyError, match=r'{"chain_broken ledger.parquet": 1}'):
        study.audit()


def test_the_audit_stops_on_a_dropped_row(study: Study) -> None:
    found = rows_dropped(study, "ledger", slice(1, None))
    assert '"chain_broken ledger.parquet": 1, "object_not_as_in_ledger": 1' in found
    assert '"row_missing_or_extra ledger.parquet": 1' in found


def test_the_audit_finds_an_end_that_was_cut_off(study: Study) -> None:
    found = rows_dropped(study, "ledger", slice(None, -1))
    assert '"row_missing_or_extra ledger.parquet": 1}' in found
    assert "chain_broken" not in found


def test_the_audit_finds_an_object_that_was_exchanged(study: Study) -> None:
    for path in study.objects:
        with tarfile.open(path) as tar:
            members = tar.getmembers()
        if members:
            break
    first = members[0]
    with path.open("r+b") as handle:  # a pixel of it
        handle.seek(first.offset_data + first.size - 2)
        byte = handle.read(1)[0]
        handle.seek(-1, 1)
        handle.write(bytes([byte ^ 1]))
    with pytest.raises(StudyError) as caught:
        study.audit()
    assert '{"object_not_as_in_ledger": 1, "object_of_ledger_missing": 1}' in str(caught.value)


def test_the_audit_finds_a_ledger_of_other_pixels_though_its_chain_is_whole(study: Study) -> None:
    path = study.out / "ledger.parquet"
    rows = pq.read_table(path).drop_columns("chain").to_pylist()
    rows[1]["pixels_sha256"] = rows[0]["pixels_sha256"]
    write_table(list(chained(rows, "ledger", KEY)), LEDGER, path)
    with pytest.raises(StudyError, match=r'found {"pixels_not_as_in_ledger": 1}'):
        study.audit()
