from pathlib import Path

import pytest

from pipeline.errors import StudyError
from pipeline.tasks.catalogue import load_catalogue
from pipeline.tasks.challenge import Row, parse_row, read_rows, relative_path
from pipeline.tasks.defects import Defect
from tests.challenge_layout import ChallengeFolder

TASKS = load_catalogue()


def _row(**fields: str) -> Row:
    usual = {
        "task_id": "FUGC",
        "task_name": "Regression",
        "num_classes": "2",
        "image_path": "../Regression/a.png",
    }
    return Row("all.csv", 1, usual | fields)


def test_rows_of_all_files_are_read_in_a_fixed_order(tmp_path: Path) -> None:
    folder = ChallengeFolder(tmp_path)
    folder.add(TASKS["lung"], "../b.png", "b, (2).csv")
    folder.add(TASKS["lung"], "../a.png", "a.csv")
    folder.add(TASKS["lung"], "../c, d.png", "a.csv")
    found = [(row.csv, row.number, row.fields["image_path"]) for row in read_rows([folder.write()])]
    assert found == [
        ("a.csv", 1, "../a.png"),
        ("a.csv", 2, "../c, d.png"),
        ("b, (2).csv", 1, "../b.png"),
    ]


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    (tmp_path / "csv_files").mkdir()
    text = "\ufefftask_id,task_name,num_classes,image_path\nlung,segmentation,2,../a.png\n"
    (tmp_path / "csv_files" / "x.csv").write_text(text, encoding="utf-8")
    (row,) = read_rows([tmp_path])
    assert row.fields["task_id"] == "lung"


@pytest.mark.parametrize("text", ["", "task_id,mask\nlung,0\n"])
def test_a_file_without_the_columns_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "csv_files").mkdir()
    (tmp_path / "csv_files" / "odd.csv").write_text(text)
    with pytest.raises(StudyError, match=r"odd\.csv.*image_path"):
        list(read_rows([tmp_path]))


def test_a_folder_without_csv_files_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"tasks\.path"):
        list(read_rows([tmp_path]))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("../Segmentation/Two/a b, (1).png", "Segmentation/Two/a b, (1).png"),
        (
            "../Detection/One/uterine\u00a0fibroid/1+2.jpg",
            "Detection/One/uterine\u00a0fibroid/1+2.jpg",
        ),
        ("here.png", "csv_files/here.png"),
        ("../x/./y/../z.bmp", "x/z.bmp"),
    ],
)
def test_paths_start_at_the_csv_folder(text: str, expected: str) -> None:
    assert relative_path(text) == expected


@pytest.mark.parametrize("text", ["../../secret.png", "/etc/x.png", "../x/../../y.png"])
def test_no_path_leaves_the_data_folder(text: str) -> None:
    with pytest.raises(Defect) as caught:
        relative_path(text)
    assert caught.value.reason == "path_outside"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"task_id": "knee"}, "unknown_task"),
        ({"task_name": "segmentation"}, "wrong_task_name"),
        ({"num_classes": "3"}, "wrong_num_classes"),
        ({"num_classes": "two"}, "wrong_num_classes"),
        ({"image_path": " "}, "path_missing"),
    ],
)
def test_a_row_that_contradicts_the_catalogue_is_a_defect(
    fields: dict[str, str], reason: str
) -> None:
    with pytest.raises(Defect) as caught:
        parse_row(_row(**fields), TASKS)
    assert caught.value.reason == reason


def test_sample_keys_name_no_file_and_follow_the_picture_across_tasks() -> None:
    first = parse_row(_row(), TASKS)
    other = parse_row(
        _row(
            task_id="lung", task_name="segmentation", image_path="../Regression/../Regression/a.png"
        ),
        TASKS,
    )
    assert first.sample == other.sample
    assert len(first.sample) == 16 and set(first.sample) <= set("0123456789abcdef")


def test_num_classes_may_be_left_out_and_tells_nothing_of_a_box() -> None:
    assert parse_row(_row(num_classes=""), TASKS).task.id == "FUGC"
    assert parse_row(_row(num_classes="2.0"), TASKS).task.id == "FUGC"
    detection = {"task_id": "thyroid_nodule_det", "task_name": "detection"}
    assert parse_row(_row(**detection, num_classes="4"), TASKS).task.id == "thyroid_nodule_det"


def test_a_row_of_too_many_values_is_told_from_a_short_one(tmp_path: Path) -> None:
    (tmp_path / "csv_files").mkdir()
    text = "task_id,task_name,image_path,mask\nlung,x,../a, b.png,1\nlung,x,../a.png\n"
    (tmp_path / "csv_files" / "x.csv").write_text(text)
    long, short = read_rows([tmp_path])
    assert (long.is_malformed, short.is_malformed) == (True, False)
    assert short.text("mask") == ""
    with pytest.raises(Defect) as caught:
        parse_row(long, TASKS)
    assert caught.value.reason == "malformed_row"


def test_blanks_around_columns_and_suffixes_in_capitals_do_not_matter(tmp_path: Path) -> None:
    (tmp_path / "csv_files").mkdir()
    text = " task_id , task_name,image_path\r\nlung,segmentation,../a.png\r\n\r\n"
    (tmp_path / "csv_files" / "X.CSV").write_text(text, newline="")
    (tmp_path / "csv_files" / "._X.CSV").write_bytes(b"\x00\x05\x16\x07")
    (row,) = read_rows([tmp_path])
    assert parse_row(row, TASKS).image == "a.png"


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    (tmp_path / "csv_files").mkdir()
    head = b"task_id,task_name,image_path\nlung,segmentation,"
    (tmp_path / "csv_files" / "odd.csv").write_bytes(head + "Größe".encode("latin-1"))
    with pytest.raises(StudyError, match=r"odd\.csv cannot be read as CSV in UTF-8"):
        list(read_rows([tmp_path]))


def test_backslashes_part_folders() -> None:
    assert relative_path(r"..\Segmentation\Two\a b.png") == "Segmentation/Two/a b.png"
    for text in (r"C:\x.png", r"..\..\x.png", "a\0b.png"):
        with pytest.raises(Defect):
            relative_path(text)
