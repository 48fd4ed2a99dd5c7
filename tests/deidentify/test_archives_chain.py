"""Members of zip and tar files through the whole chain, and files that change on the way."""

import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from pipeline.ingest.locate import locate
from pipeline.io import members
from pipeline.io.keys import DEMO_KEY, pseudonym
from pipeline.raw_check import changed_raw_file
from tests.deidentify import chain
from tests.deidentify.conftest import Study
from tests.deidentify.leaks import leaks
from tests.deidentify.plant_header import Person
from tests.deidentify.planter import encoded, planted_object
from tests.dicom_files import encode, screens, us_object, write_archive

STUDY = {"cohort": {"source": "simulate"}, "deidentify": {"key_file": ""}}
PEOPLE = [Person(0, 0), Person(1, 0), Person(2, 0)]


def zipped(path: Path, name: str, content: bytes) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)


def tarred(path: Path, name: str, content: bytes) -> None:
    with tarfile.open(path, "w:gz") as archive:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))


def pack(raw: Path, contents: list[bytes]) -> Path:
    """Write a file, a zip and a packed tar, of one patient each."""
    chain.save(raw, "plain", contents[0])
    zipped(raw / "Mueller_Anna.zip", "ZZMUELLER/ANNA 1962.dcm", contents[1])
    tarred(raw / "export", "ZZMUELLER/1962-05-03.dcm", contents[2])
    return raw


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    kinds = zip(("rgb_color", "ybr_color", "palette_color"), PEOPLE, strict=True)
    contents = [encoded(planted_object(kind, person, 0)) for kind, person in kinds]
    return pack(Path("data/raw"), contents)


def small(patient: int, seed: int = 0) -> bytes:
    return encode(us_object(screens(2, patient + seed), f"1.2.{patient}", PatientID=f"P{patient}"))


@pytest.fixture
def raw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return pack(Path("data/raw"), [small(patient) for patient in range(3)])


@pytest.mark.parametrize("held", [members.LEAST_STREAMED_BYTES, 1000])
def test_members_pass_the_whole_chain(
    held: int, planted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members, "LEAST_STREAMED_BYTES", held)
    study = chain.run(planted, tmp_path / "out", key=DEMO_KEY)
    table = chain.frames(study)
    assert table.patient.nunique() == len(PEOPLE)
    assert len(chain.files(study)) == len(PEOPLE)
    assert study.audit()["findings"] == 0
    assert leaks(study.out, PEOPLE) == set()
    assert not [path for path in study.out.rglob("*") if b"ZZMUELLER" in path.name.encode()]
    instances = study.out / "instances.parquet"
    assert changed_raw_file(instances, STUDY) is None
    found = dict(locate(set(table.instance), planted, DEMO_KEY))
    assert {source.path.name for source in found.values()} == {
        "plain", "Mueller_Anna.zip", "export",
    }  # fmt: skip


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-500])


def append(path: Path) -> None:
    with path.open("ab") as handle:
        handle.write(b"\0")


@pytest.mark.parametrize(
    ("name", "change", "reasons"),
    [
        ("plain", Path.unlink, {"vanished"}),
        ("plain", append, {"changed"}),
        ("plain", cut, {"changed"}),
        ("Mueller_Anna.zip", Path.unlink, {"vanished"}),
        ("Mueller_Anna.zip", cut, {"vanished"}),
        ("export", cut, {"vanished", "changed"}),
    ],
)
def test_what_changed_since_ingest_is_rejected_alone(
    raw: Path, tmp_path: Path, name: str, change: Callable[[Path], None], reasons: set[str]
) -> None:
    study = Study(raw, tmp_path / "out", DEMO_KEY)
    study.scan()
    change(raw / name)
    study.clean()
    study.collect()
    (reason,) = chain.rejected(study).values()
    assert reason in reasons
    assert chain.frames(study).instance.nunique() == len(PEOPLE) - 1
    assert study.audit()["findings"] == 0
    assert changed_raw_file(study.out / "instances.parquet", STUDY)


def test_a_zip_with_another_member_under_the_same_name_is_noticed(
    raw: Path, tmp_path: Path
) -> None:
    study = Study(raw, tmp_path / "out", DEMO_KEY)
    study.scan()
    zipped(raw / "Mueller_Anna.zip", "ZZMUELLER/ANNA 1962.dcm", small(1, seed=7))
    study.clean()
    study.collect()
    name = b"Mueller_Anna.zip\0/ZZMUELLER/ANNA 1962.dcm"
    assert chain.rejected(study) == {pseudonym(DEMO_KEY, "instance", name): "changed"}


def test_one_fate_for_every_file_and_member(raw: Path, tmp_path: Path) -> None:
    write_archive(raw / "more", patients=1)
    chain.save(raw, "note.txt", b"Mueller called")
    study = chain.run(raw, tmp_path / "out", key=DEMO_KEY)
    instances = pd.read_parquet(study.out / "instances.parquet").instance
    quarantine = pd.read_parquet(study.out / "quarantine.parquet").instance
    # Three files of the fixture, of which two hold a member each, two more, and the note.
    assert len({*instances, *quarantine}) == len(instances) + len(quarantine) == 8
