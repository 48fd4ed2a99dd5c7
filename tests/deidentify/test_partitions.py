"""The number of parts changes who writes what, and nothing of what is written."""

import tarfile
from pathlib import Path

import pandas as pd
import pytest

from pipeline.deidentify.clean import Outputs, clean_part
from pipeline.ingest.scan import scan_archive
from pipeline.io.shards import read_shard
from tests.deidentify.settings import KEY, PARAMS
from tests.dicom_files import write_archive
from tests.ingest.settings import PARAMS as INGEST
from tests.ingest.settings import scan_outputs

Written = tuple[pd.DataFrame, dict[str, bytes], dict[str, dict[str, bytes]]]


def cleaned(raw: Path, out: Path, partitions: int) -> Written:
    """Return the table of frames, the exported files and the samples of all parts."""
    scanned = scan_outputs(out)
    scan_archive(INGEST, KEY, partitions, raw, (), scanned, out / "resume")
    tables, objects, samples = [], {}, {}
    for part in range(partitions):
        names = ("frames", "table", "rejected", "ledger", "review", "objects")
        outputs = Outputs(*(out / f"{part}.{name}" for name in names))
        clean_part(PARAMS, KEY, part, raw, scanned.instances, outputs, out / f"resume-{part}")
        tables.append(pd.read_parquet(outputs.table))
        samples.update(dict(read_shard(outputs.frames)))
        assert outputs.objects is not None
        with tarfile.open(outputs.objects) as tar:
            for member in tar:
                handle = tar.extractfile(member)
                assert handle is not None
                objects[member.name] = handle.read()
    frames = pd.concat(tables).drop(columns="shard").sort_values("frame", ignore_index=True)
    return frames, objects, samples


@pytest.mark.parametrize("partitions", [2, 5])
def test_the_number_of_parts_does_not_matter(tmp_path: Path, partitions: int) -> None:
    write_archive(tmp_path / "raw", patients=6)
    one = cleaned(tmp_path / "raw", tmp_path / "one", 1)
    other = cleaned(tmp_path / "raw", tmp_path / "other", partitions)
    pd.testing.assert_frame_equal(one[0], other[0])
    assert one[1:] == other[1:]
    assert (len(one[0]), len(one[1])) == (24, 12)
