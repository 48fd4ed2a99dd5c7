import shutil
from collections import Counter
from pathlib import Path

import pytest

from pipeline.errors import StudyError
from pipeline.tasks.convert.fetal_planes import Row, ultradino_splits
from tests.tasks.convert import files, published

TASK = "fetal_plane_cls"
# The challenge's order, by the number in the file's name.
INDEX = {"1": "5", "2": "0", "3": "1", "4": "4", "5": "2", "6": "3"}


def _converted(tmp_path: Path, **options: str) -> dict[str, dict[str, str]]:
    published.fetal_planes(tmp_path / "in")
    files.run("fetal_planes", tmp_path / "in", tmp_path / "out", **options)
    return {Path(row["image_path"]).stem: row for row in files.rows_of(tmp_path / "out", TASK)}


def test_classes_are_in_the_challenges_order(tmp_path: Path) -> None:
    for name, row in _converted(tmp_path).items():
        assert row["mask"] == INDEX[name.split("_Plane")[1][0]]


def test_the_official_split_is_the_tables(tmp_path: Path) -> None:
    for name, row in _converted(tmp_path).items():
        patient = int(name[7:12])
        assert row["split"] == ("test" if patient % 3 == 0 else "train")
        assert row["patient"] == f"fetal_planes:{patient}"


def test_ultradinos_rule_keeps_the_test_half_and_cuts_val_by_patient(tmp_path: Path) -> None:
    official = _converted(tmp_path)
    shutil.rmtree(tmp_path / "out")
    split_of: dict[str, set[str]] = {}
    for name, row in _converted(tmp_path, rule="ultradino").items():
        split_of.setdefault(row["patient"], set()).add(row["split"])
        assert (row["split"] == "test") == (official[name]["split"] == "test")
    assert all(len(splits) == 1 for splits in split_of.values())


def test_ultradinos_rule_gives_as_many_patients_as_its_published_lists() -> None:
    rows = {
        f"{patient}/{number}": Row(patient, "other", train=patient % 2 == 0)
        for patient in range(1792)
        for number in range(1 + patient % 3)
    }
    splits = ultradino_splits(rows)
    patients = {(rows[name].patient, split) for name, split in splits.items()}
    assert Counter(split for _, split in patients) == {"train": 716, "val": 180, "test": 896}


def test_a_patient_in_both_halves_is_a_test_patient_by_ultradinos_rule(tmp_path: Path) -> None:
    published.fetal_planes(tmp_path / "in")
    table = tmp_path / "in" / "FETAL_PLANES_DB_data.csv"
    lines = table.read_text().splitlines()
    lines[1] = lines[1][:-1] + str(1 - int(lines[1][-1]))
    files.write(table, "\n".join(lines))
    files.run("fetal_planes", tmp_path / "in", tmp_path / "out", rule="ultradino")
    first = [r for r in files.rows_of(tmp_path / "out", TASK) if r["patient"] == "fetal_planes:1"]
    assert [row["split"] for row in first] == ["test", "test"]


def test_published_lists_are_taken_as_they_are(tmp_path: Path) -> None:
    published.fetal_planes(tmp_path / "in")
    names = [path.stem for path in sorted((tmp_path / "in" / "Images").iterdir())]
    lists = {"train": names[:20], "val": names[20:25], "test": names[25:-1]}
    for name, listed in lists.items():
        files.write(
            tmp_path / "lists" / f"{name}_split.csv",
            "Image_name,label\n" + "".join(f"{n},0\n" for n in listed),
        )
    files.run("fetal_planes", tmp_path / "in", tmp_path / "out", rule=str(tmp_path / "lists"))
    rows = {
        Path(row["image_path"]).stem: row["split"] for row in files.rows_of(tmp_path / "out", TASK)
    }
    expected = {name: split for split, listed in lists.items() for name in listed}
    assert rows == expected | {names[-1]: ""}
    (tmp_path / "lists" / "val_split.csv").write_text(f"Image_name\n{names[0]}\n")
    with pytest.raises(StudyError, match=r"val_split\.csv lists an image of another"):
        files.run("fetal_planes", tmp_path / "in", tmp_path / "out2", rule=str(tmp_path / "lists"))


def test_without_the_table_names_tell_class_and_patient(tmp_path: Path) -> None:
    published.fetal_planes(tmp_path / "in")
    (tmp_path / "in" / "FETAL_PLANES_DB_data.csv").unlink()
    files.write(
        tmp_path / "in" / "Images" / "Patient00001_Plane9_1_of_1.png",
        files.encoded(files.picture(9)),
    )
    files.run("fetal_planes", tmp_path / "in", tmp_path / "out")
    for row in files.rows_of(tmp_path / "out", TASK):
        name = Path(row["image_path"]).stem
        assert row["mask"] == INDEX[name.split("_Plane")[1][0]]
        assert (row["patient"], row["split"]) == (f"fetal_planes:{int(name[7:12])}", "")
    assert ("Patient00001_Plane9_1_of_1.png", "", "bad_row") in files.refused(tmp_path / "out")
    with pytest.raises(StudyError, match=r"FETAL_PLANES_DB_data\.csv"):
        files.run("fetal_planes", tmp_path / "in", tmp_path / "out2", rule="ultradino")


def test_a_row_that_contradicts_its_images_name_is_refused(tmp_path: Path) -> None:
    published.fetal_planes(tmp_path / "in")
    table = tmp_path / "in" / "FETAL_PLANES_DB_data.csv"
    lines = table.read_text().splitlines()
    fields = lines[1].split(";")
    lines[1] = ";".join([fields[0], "7", *fields[2:]])
    files.write(table, "\n".join(lines))
    files.run("fetal_planes", tmp_path / "in", tmp_path / "out")
    assert (f"{fields[0]}.png", "", "label_conflict") in files.refused(tmp_path / "out")


def test_a_table_without_its_columns_is_an_error_that_names_them(tmp_path: Path) -> None:
    published.fetal_planes(tmp_path / "in")
    files.write(tmp_path / "in" / "FETAL_PLANES_DB_data.csv", "Image_name;Plane\n")
    with pytest.raises(StudyError, match="columns Patient_num, Train are missing"):
        files.run("fetal_planes", tmp_path / "in", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_rgba_images_are_passed_on_byte_for_byte(tmp_path: Path) -> None:
    _converted(tmp_path)
    for row in files.read_csv(tmp_path / "out" / "csv_files" / f"fetal_planes.{TASK}.csv"):
        converted = (tmp_path / "out" / "csv_files" / row["image_path"]).read_bytes()
        original = tmp_path / "in" / "Images" / Path(row["image_path"]).name
        assert converted == original.read_bytes()


def test_a_table_row_without_an_image_and_an_image_without_a_row(tmp_path: Path) -> None:
    root, out = tmp_path / "in", tmp_path / "out"
    published.fetal_planes(root)
    table = root / "FETAL_PLANES_DB_data.csv"
    names = [line.split(";")[0] for line in table.read_text().splitlines()[1:]]
    lines = table.read_text().splitlines()
    first, second, third, fourth, fifth = lines[1:6]
    lines[1:6] = [
        first.replace("Fetal", "Foetal").replace("Other", "Foetal").replace("Maternal", "Foetal"),
        second[:-1] + "2",
        third,
        third,
        fourth,
        fourth[:-1] + str(1 - int(fourth[-1])),
        # the fifth is not listed
        "Patient09999_Plane1_1_of_1;9999;Other;Not A Brain;Op. 1;Aloka;1",
    ]
    assert fifth
    files.write(table, "\n".join(lines) + "\n")
    files.run("fetal_planes", root, out)
    task, image = "fetal_plane_cls", ".png"
    assert files.refused_beyond(out) == {
        (table.name, task, "bad_row"),
        (table.name, task, "duplicate_row"),
        (table.name, task, "conflicting_rows"),
        (table.name, task, "missing_image"),
        *((names[number] + image, "", "not_listed") for number in (0, 1, 3, 4)),
    }
    assert len(files.rows_of(out, task)) == len(names) - 4
    details = [line["detail"] for line in files.read_csv(out / "quarantine.csv")]
    assert "row 1: Plane or Train is unknown" in details
    assert "row 2: Plane or Train is unknown" in details
