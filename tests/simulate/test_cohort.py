from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.errors import InvalidDicomError

from pipeline.errors import StudyError
from pipeline.io.trees import summarise_tree
from pipeline.simulate import cohort as cohort_module
from pipeline.simulate.cohort import simulate_cohort
from pipeline.simulate.folder import MARKER
from pipeline.simulate.foreign import BAD_FOLDER, REAL_FOLDER, REAL_OBJECTS
from tests.simulate.settings import SEED, small_params


def patient_files(cohort: Path) -> list[Path]:
    inside = (path for path in sorted(cohort.rglob("*")) if path.is_file())
    return [path for path in inside if len(path.relative_to(cohort).parts) == 3]


def test_the_same_seed_writes_the_same_bytes(cohort: Path, tmp_path: Path) -> None:
    again = simulate_cohort(small_params(), SEED, tmp_path / "raw")
    tree = summarise_tree(cohort)
    assert (again.files, again.bytes, again.tree_sha256) == tuple(tree)
    other = simulate_cohort(small_params(patients=1), SEED + 1, tmp_path / "other")
    assert other.tree_sha256 != again.tree_sha256


def test_the_manifest_counts_what_was_written(cohort: Path, tmp_path: Path) -> None:
    plain = small_params(real_objects=False, bad_files=False)
    manifest = simulate_cohort(plain, SEED, tmp_path / "raw")
    files = patient_files(tmp_path / "raw")
    assert manifest.patients == 5
    assert manifest.files == len(files) + 1 == 2 * manifest.studies + 1
    assert files == [tmp_path / "raw" / each.relative_to(cohort) for each in patient_files(cohort)]


def test_every_object_is_dicom_with_banner_and_pixels(cohort: Path) -> None:
    for path in patient_files(cohort):
        header = dcmread(path)
        pixels = header.pixel_array
        assert header.Modality == "US"
        assert pixels.shape[0] == 4 if "cine" in path.name else "NumberOfFrames" not in header
        image = pixels[0] if "cine" in path.name else pixels
        assert image[:33].max() > 150, "the banner is burned in"
        assert image[40:140].mean() > 20, "the sector shows echoes"


def test_real_objects_are_copied_byte_for_byte(cohort: Path) -> None:
    for name in REAL_OBJECTS:
        source = Path(str(get_testdata_file(name, download=False)))
        assert (cohort / REAL_FOLDER / name).read_bytes() == source.read_bytes()


def test_each_kind_of_bad_file_is_there(cohort: Path) -> None:
    bad = {path.name.split(" ")[0]: path for path in (cohort / BAD_FOLDER).iterdir()}
    with pytest.raises(InvalidDicomError):
        dcmread(bad["Liste"])
    assert bad["leer.dcm"].stat().st_size == 0
    assert dcmread(bad["CT_small.dcm"]).Modality == "CT"
    assert dcmread(bad["befund.dcm"]).Modality == "SR"
    assert "PixelData" not in dcmread(bad["ohne"])
    whole, cut = bad["Kopie"].read_bytes(), bad["abgebrochen.dcm"].read_bytes()
    assert whole.startswith(cut)
    assert len(cut) < len(whole)
    assert whole in [path.read_bytes() for path in patient_files(cohort)]


def test_real_data_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "scan.dcm").write_bytes(b"somebody's")
    with pytest.raises(StudyError, match="not written by a simulation"):
        simulate_cohort(small_params(patients=1), SEED, tmp_path / "raw")
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["scan.dcm"]


def test_a_failure_leaves_the_old_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    params = small_params(patients=1)
    before = simulate_cohort(params, SEED, tmp_path / "raw")

    def fail(*_: object) -> bytes:
        raise OSError("disk full")

    monkeypatch.setattr(cohort_module, "make_object", fail)
    with pytest.raises(OSError, match="disk full"):
        simulate_cohort(params, SEED + 1, tmp_path / "raw")
    assert summarise_tree(tmp_path / "raw").tree_sha256 == before.tree_sha256
    assert [path.name for path in tmp_path.iterdir()] == ["raw"]
    assert (tmp_path / "raw" / MARKER).is_file()
