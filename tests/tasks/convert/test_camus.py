from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import StudyError
from tests.tasks.convert import files, published


def test_camus_keeps_classes_and_patients_of_both_releases_apart(tmp_path: Path) -> None:
    published.camus_first_release(tmp_path / "in")
    files.run("camus", tmp_path / "in", tmp_path / "out")
    rows = files.rows_of(tmp_path / "out", "cardiac_multi")
    assert np.array_equal(files.mask_of(tmp_path / "out", rows[0]), published.chambers(1))
    hidden = files.rows_of(tmp_path / "out" / "unlabelled", "cardiac_multi")
    assert [row["patient"] for row in hidden] == ["camus:testing/patient0001"]
    assert rows[0]["patient"] == "camus:patient0001"


def test_camus_takes_the_official_split(tmp_path: Path) -> None:
    published.camus(tmp_path / "in")
    files.run("camus", tmp_path / "in", tmp_path / "out")
    rows = files.rows_of(tmp_path / "out", "cardiac_multi")
    splits = {row["patient"][-4:]: row["split"] for row in rows}
    assert splits == dict.fromkeys(["0001", "0002", "0003", "0004", "0005"], "train") | {
        "0006": "val", "0007": "test", "0008": "test",
    }  # fmt: skip


def test_a_patient_of_two_lists_is_an_error(tmp_path: Path) -> None:
    published.camus(tmp_path / "in")
    table = tmp_path / "in" / "database_split" / "subgroup_training.txt"
    files.write(table, "patient0001\npatient0007\n")
    with pytest.raises(StudyError, match="another list"):
        files.run("camus", tmp_path / "in", tmp_path / "out")


def test_camus(tmp_path: Path) -> None:
    root, out = tmp_path / "in", tmp_path / "out"
    published.camus(root)
    folder = root / "database_nifti" / "patient0009"
    name = "patient0009"
    for part in ("2CH_ED", "2CH_ES", "4CH_ED", "4CH_ES"):
        files.write_volume(folder / f"{name}_{part}.nii.gz", files.picture(9))
    files.write_volume(folder / f"{name}_2CH_ED_gt.nii.gz", published.chambers(0) * np.uint8(2))
    files.write_volume(folder / f"{name}_2CH_ES_gt.nii.gz", published.chambers(0).T)
    files.write(folder / f"{name}_4CH_ED_gt.nii.gz", b"broken")
    files.run("camus", root, out)
    assert files.refused_beyond(out) == {
        (f"{name}_2CH_ED.nii.gz", "", "unknown_mask_value"),
        (f"{name}_2CH_ED_gt.nii.gz", "", "unknown_mask_value"),
        (f"{name}_2CH_ES.nii.gz", "", "mask_size_mismatch"),
        (f"{name}_2CH_ES_gt.nii.gz", "", "mask_size_mismatch"),
        (f"{name}_4CH_ED.nii.gz", "", "unreadable_mask"),
        (f"{name}_4CH_ED_gt.nii.gz", "", "unreadable_mask"),
        (f"{name}_4CH_ES.nii.gz", "", "missing_mask"),
    }


def test_a_second_file_of_one_annotation_is_refused(tmp_path: Path) -> None:
    published.camus(tmp_path / "in")
    name = "patient0001_2CH_ED_gt"
    folder = tmp_path / "in" / "database_nifti" / "patient0001"
    files.write_volume(folder / f"{name}.nii", published.chambers(3))
    files.run("camus", tmp_path / "in", tmp_path / "out")
    refused = {(f"{name}.nii.gz", "", "duplicate_name")}
    assert files.refused_beyond(tmp_path / "out") == refused
    row, *_ = files.rows_of(tmp_path / "out", "cardiac_multi")
    assert np.array_equal(files.mask_of(tmp_path / "out", row), published.chambers(3))


def test_a_metaimage_shares_its_fate_with_its_data_file(tmp_path: Path) -> None:
    root, out = tmp_path / "in", tmp_path / "out"
    published.camus_first_release(root)
    (root / "training" / "patient0002" / "patient0002_4CH_ED_gt.raw").unlink()
    files.run("camus", root, out)
    assert {line for line in files.refused_beyond(out) if "0002" in line[0]} == {
        ("patient0002_4CH_ED.mhd", "", "unreadable_mask"),
        ("patient0002_4CH_ED.raw", "", "unreadable_mask"),
        ("patient0002_4CH_ED_gt.mhd", "", "unreadable_mask"),
    }
