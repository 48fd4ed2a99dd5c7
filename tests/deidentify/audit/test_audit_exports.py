"""The whole audit on exported objects: a true export passes, each leak stops the study."""

import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from pydicom import dcmread
from pydicom.dataset import FileDataset

from pipeline.deidentify.audit.check import audit
from pipeline.deidentify.audit.harvest import Harvest
from pipeline.deidentify.audit.outputs import Outputs
from pipeline.deidentify.audit.pixel_text import Sample, TextCheck
from pipeline.deidentify.chain import chained
from pipeline.deidentify.tables import LEDGER
from pipeline.errors import StudyError
from pipeline.io.hashing import sha256_bytes
from pipeline.io.images import Image
from pipeline.io.tables import write_table
from tests.deidentify.conftest import Study
from tests.deidentify.exported import KEY, NAMES, clean_object, file_of, sources, write_tar
from tests.deidentify.profile_options import BASIC
from tests.deidentify.settings import PARAMS
from tests.dicom_files import write_object

Members = list[tuple[str, bytes]]


class Export:
    """A study of four objects whose export lies in one tar."""

    def __init__(self, folder: Path) -> None:
        self.raw, self.out = folder / "raw", folder / "out"
        self.members: Members = []
        for number, source in enumerate(sources()):
            write_object(self.raw / f"{number}.dcm", source)
            target = clean_object(source)
            self.members.append((f"{target.SOPInstanceUID}.dcm", file_of(target)))
        study = Study(self.raw, self.out, KEY)
        study.scan()
        study.clean(PARAMS.model_copy(update={"export_dicom": False}))
        study.collect()
        self.log = self.out / "clean.log"
        self.log.write_text("[deidentify/clean 0] 4 of 4 instances, 8 frames\n")
        names = ("instances", "quarantine", "regions", "rejected", "ledger", "review")
        self.tables = [self.out / f"{name}.parquet" for name in names]
        self.parts, self.frames = study.parts, self.out / "frames.parquet"

    def audit(self, text: Callable[[Harvest], TextCheck] | None = None) -> dict[str, float]:
        objects = write_tar(self.out / "dicom-0000.tar", self.members)
        self._enter_digests()
        outputs = Outputs(self.tables, self.frames, self.parts, [objects], [self.log])
        return audit(self.raw, outputs, self.out / "audit.json", BASIC, NAMES, text)

    def _enter_digests(self) -> None:
        """Let the ledger state what was exported: another program wrote it."""
        path = self.out / "ledger.parquet"
        rows = pq.read_table(path).drop_columns("chain").to_pylist()
        for row, (_, content) in zip(rows, self.members, strict=False):
            row["object_sha256"] = sha256_bytes(content)
        write_table(list(chained(rows, "ledger", KEY)), LEDGER, path)

    def spoil(self, change: Callable[[bytes], bytes]) -> None:
        name, content = self.members[0]
        self.members[0] = name, change(content)

    def told(self, text: Callable[[Harvest], TextCheck] | None = None) -> str:
        """Return the audit's error, which quotes no value."""
        with pytest.raises(StudyError, match="audit found") as caught:
            self.audit(text)
        told = str(caught.value)
        assert not (self.out / "audit.json").exists()
        assert not [secret for secret in ("mueller", "mrn001", "99999") if secret in told.lower()]
        return told

    def findings(self, text: Callable[[Harvest], TextCheck] | None = None) -> set[str]:
        told = self.told(text)
        found = json.loads(told[told.index("{") : told.index("}") + 1])
        return {kind.split(" ")[0] for kind in found}


@pytest.fixture
def export(tmp_path: Path) -> Export:
    return Export(tmp_path)


def test_a_true_export_passes_and_is_counted(export: Export) -> None:
    counts = export.audit()
    report = (export.out / "audit.json").read_bytes()
    assert counts["objects_checked"] == counts["sources"] == 4
    assert counts["patients_compared"] == 2
    assert counts["logs_searched"] == 1
    assert counts["bytes_searched"] > 0
    export.audit()
    assert (export.out / "audit.json").read_bytes() == report


def _into_zeros(secret: bytes) -> Callable[[bytes], bytes]:
    """Put bytes into the blanked pixels, where no element tells of them."""
    zeros = bytes(len(secret) + 64)

    def change(content: bytes) -> bytes:
        place = content.index(zeros, 1000) + 32
        return content[:place] + secret + content[place + len(secret) :]

    return change


@pytest.mark.parametrize("encoding", ["ascii", "utf-16-le", "utf-16-be", "utf-32-le"])
@pytest.mark.parametrize("text", ["MUELLERA^ANNA", "anna_muellera", "MRN0012340"])
def test_a_value_among_the_pixels_bytes_is_found(export: Export, encoding: str, text: str) -> None:
    export.spoil(_into_zeros(text.encode(encoding)))
    assert "value_in_bytes" in export.findings()


def test_an_old_uid_among_the_bytes_is_found(export: Export) -> None:
    export.spoil(_into_zeros(b"1.2.840.99999.0.0.77"))
    assert "value_in_bytes" in export.findings()


def test_a_value_in_a_log_is_found(export: Export) -> None:
    export.log.write_text("reading Muellera_Anna/0.dcm\n")
    assert {"value_in_log", "value_in_bytes"} <= export.findings()


def test_a_value_between_a_tars_members_is_found(export: Export) -> None:
    content = bytearray(export.parts[0].read_bytes())
    content[-100:-87] = b"Muellera^Anna"
    export.parts[0].write_bytes(content)
    assert export.findings() == {"value_in_bytes"}


def test_another_patients_object_under_a_name_is_found(export: Export) -> None:
    export.members[0] = export.members[0][0], export.members[2][1]
    assert {"odd_name", "object_twice"} <= export.findings()


def test_swapped_patients_are_found(export: Export) -> None:
    def swap(content: bytes, other: bytes) -> bytes:
        return content.replace(_patient(content), _patient(other))

    (one, first), (two, second) = export.members[0], export.members[2]
    export.members[0], export.members[2] = (one, swap(first, second)), (two, swap(second, first))
    assert export.findings() == {"patients_merged_or_split"}


def _patient(content: bytes) -> bytes:
    return str(dcmread(io.BytesIO(content), stop_before_pixels=True).PatientID).encode()


def edit(change: Callable[[FileDataset], None]) -> Callable[[bytes], bytes]:
    """Change an exported object's header."""

    def changed(content: bytes) -> bytes:
        target = dcmread(io.BytesIO(content))
        change(target)
        return file_of(target)

    return changed


def test_a_value_in_an_object_is_traced_to_both_attributes(export: Export) -> None:
    export.spoil(edit(lambda target: setattr(target, "StudyDescription", "Anna Muellera")))
    lines = export.told().splitlines()
    instance = f"instance {NAMES.instance_of(b'0.dcm')}"
    (where,) = [line for line in lines if line.startswith("  value_in_object")]
    assert where.endswith(f"{instance}, StudyDescription")
    (stems,) = [line for line in lines if line.startswith("  from PatientName")]
    assert instance in stems


def test_an_old_uid_in_place_of_the_new_one_is_found_and_not_told(export: Export) -> None:
    old = "1.2.840.99999.0.0.77"
    export.spoil(edit(lambda target: setattr(target, "SOPInstanceUID", old)))
    export.members[0] = f"{old}.dcm", export.members[0][1]
    told = export.told(reading("MUELLERA, ANNA"))
    assert "object_without_source" in told
    assert "object number 1" in told


def test_a_broken_object_is_found(export: Export) -> None:
    export.spoil(lambda content: content[:600])
    assert export.findings() & {"no_pixels", "pixels_unreadable", "object_unreadable"}


def reading(text: str) -> Callable[[Harvest], TextCheck]:
    def read(image: Image) -> Sequence[tuple[Any, str, float]]:
        return [((0, 0, 9, 9), text, 0.9)]

    return lambda harvest: TextCheck(read, harvest.texts, Sample(2, 8, 0.5))


def test_a_burned_in_name_is_found(export: Export) -> None:
    assert "value_in_pixels" in export.findings(reading("MUELLERA, ANNA"))


def test_other_text_is_listed_for_review_by_frame_alone(export: Export) -> None:
    counts = export.audit(reading("Dist 4.2"))
    report = json.loads((export.out / "audit.json").read_text())
    assert counts["to_review"] == len(report["review"]) > 0
    assert report["share_of_instances_read"] == 0.5
    assert "Dist" not in json.dumps(report["review"])


def test_a_bright_pixel_outside_the_sector_of_an_export_is_found(export: Export) -> None:
    for number, (name, content) in enumerate(export.members):
        zeros = content.rindex(bytes(2000))
        export.members[number] = name, content[:zeros] + b"\xff" + content[zeros + 1 :]
    assert "pixels_outside_sector" in export.findings(reading(""))
