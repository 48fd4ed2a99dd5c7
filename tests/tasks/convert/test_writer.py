import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from pipeline.errors import StudyError
from pipeline.io.images import Image
from pipeline.tasks.convert.__main__ import main
from pipeline.tasks.convert.cases import Case, Mask, Shape
from pipeline.tasks.convert.source import Source
from pipeline.tasks.convert.writer import convert
from tests.tasks.convert import published
from tests.tasks.convert.files import blob, encoded, picture, read_csv, rows_of, run, write


def _cases(*files: str, task: str = "lung_2cls") -> Iterator[Case]:
    return (Case(file, {task: 0}) for file in files)


def _convert(root: Path, out: Path, *files: str) -> list[str]:
    convert("set", Source(root), _cases(*files), out)
    return [row["image_path"] for row in rows_of(out, "lung_2cls")]


def test_a_suffix_follows_the_content_and_names_never_collide(tmp_path: Path) -> None:
    contents = {
        "a.png": encoded(picture(1)),
        "a.bmp": encoded(picture(2), "TIFF"),
        "a.tif": encoded(picture(3), "TIFF"),
        "b.JPEG": encoded(picture(4), "JPEG"),
        "v1.2": encoded(picture(5)),
        "x y, (1)\N{NO-BREAK SPACE}+.jpg": encoded(picture(6), "BMP"),
    }
    for name, content in contents.items():
        write(tmp_path / "in" / name, content)
    names = _convert(tmp_path / "in", tmp_path / "out", *contents)
    assert {Path(name).name for name in names} == {
        "a.png",
        "a.bmp.png",
        "a.tif.png",
        "b.JPEG",
        "v1.2.png",
        "x y, (1)\N{NO-BREAK SPACE}+.bmp",
    }
    originals = {np.asarray(PIL.Image.open(io.BytesIO(c))).tobytes() for c in contents.values()}
    folder = tmp_path / "out" / "csv_files"
    assert {np.asarray(PIL.Image.open(folder / n)).tobytes() for n in names} == originals


def test_names_that_differ_by_case_alone_stay_apart_everywhere(tmp_path: Path) -> None:
    for number, name in enumerate(("d/a.png", "d/A.png", "D/a.png")):
        write(tmp_path / "in" / name, encoded(picture(number)))
    names = _convert(tmp_path / "in", tmp_path / "out", "d/a.png", "d/A.png", "D/a.png")
    assert len({name.casefold() for name in names}) == 3


def test_a_target_with_content_is_left_alone(tmp_path: Path) -> None:
    published.busi(tmp_path / "in")
    write(tmp_path / "out" / "mine.txt", "precious")
    with pytest.raises(StudyError, match="something already"):
        run("busi", tmp_path / "in", tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine.txt"]
    with pytest.raises(StudyError, match="something already"):
        run("busi", tmp_path / "in", tmp_path / "out" / "mine.txt")


def test_an_empty_target_is_filled(tmp_path: Path) -> None:
    published.busi(tmp_path / "in")
    (tmp_path / "out").mkdir()
    run("busi", tmp_path / "in", tmp_path / "out")
    assert (tmp_path / "out" / "conversion.json").is_file()


@pytest.mark.parametrize("where", ["in", "in/out", "in/Dataset_BUSI_with_GT/x/y"])
def test_a_target_within_the_data_set_is_refused(tmp_path: Path, where: str) -> None:
    published.busi(tmp_path / "in")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(StudyError, match="lies in the data set"):
        run("busi", tmp_path / "in", tmp_path / where)
    assert sorted(tmp_path.rglob("*")) == before


def test_an_interrupted_conversion_leaves_nothing_and_can_be_repeated(tmp_path: Path) -> None:
    published.busi(tmp_path / "in")
    source = Source(tmp_path / "in")
    (first, _) = list(source.files)[:2]

    def cases() -> Iterator[Case]:
        yield Case(first, {"breast_3cls": 0})
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        convert("busi", source, cases(), tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["in"]
    # What a killed process leaves, as nothing can be cleaned up then.
    write(tmp_path / ".out.partial" / "csv_files" / "old.csv", "left")
    run("busi", tmp_path / "in", tmp_path / "out")
    assert not list((tmp_path / "out").rglob("old.csv"))


def test_a_mask_of_another_size_than_its_image_is_never_written(tmp_path: Path) -> None:
    write(tmp_path / "in" / "a.png", encoded(picture(1)))
    write(tmp_path / "in" / "b.png", encoded(picture(2)))

    def draw(shape: Shape) -> Image:
        return blob()[:-1]

    cases = [
        Case("a.png", {"lung": Mask(("b.png",), draw), "lung_2cls": 1}),
    ]
    convert("set", Source(tmp_path / "in"), cases, tmp_path / "out")
    lines = read_csv(tmp_path / "out" / "quarantine.csv")
    assert {(line["file"], line["task"], line["reason"]) for line in lines} == {
        ("a.png", "lung", "mask_size_mismatch"),
        ("b.png", "", "mask_size_mismatch"),
    }
    assert [path.name for path in (tmp_path / "out" / "set").iterdir()] == ["images"]


def test_the_data_set_itself_is_only_read(tmp_path: Path) -> None:
    published.jnu_ifm(tmp_path / "in")
    before = {path: path.stat() for path in (tmp_path / "in").rglob("*") if path.is_file()}
    run("jnu_ifm", tmp_path / "in", tmp_path / "out")
    for path in (tmp_path / "out").rglob("*.png"):
        path.write_bytes(b"changed")
    for path, stat in before.items():
        assert (path.stat().st_ino, path.stat().st_mtime_ns) == (stat.st_ino, stat.st_mtime_ns)


def test_the_command_line_prints_what_became_of_the_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    published.hc18(tmp_path / "in")
    write(tmp_path / "in" / "training_set" / "100_HC.png", b"")
    main(["hc18", str(tmp_path / "in"), str(tmp_path / "out")])
    assert capsys.readouterr().out.splitlines() == [
        "hc18: 25 files = 22 used + 3 quarantined",
        "  used as image: 12",
        "  used as label: 10",
        "  quarantined, empty_file: 1",
        "  quarantined, not_converted: 2",
        "  csv_files/hc18.fetal_head.csv: 10 rows (train 10), 8 patients or clips",
        "  unlabelled/csv_files/hc18.fetal_head.csv: 2 rows (test 2), 2 patients or clips",
    ]


def test_the_command_line_tells_errors_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as error:
        main(["hc18", str(tmp_path / "none"), str(tmp_path / "out")])
    assert error.value.code == 1
    told = capsys.readouterr().err
    assert told == "error: none: no such folder; give the unpacked data set's folder\n"


def test_a_split_rule_of_another_data_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as error:
        main(["busi", str(tmp_path), str(tmp_path / "out"), "--split", "ultradino"])
    assert error.value.code == 2


def test_a_data_set_that_is_not_named_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["", "", ""])
    told = capsys.readouterr().err
    assert "DATASET=" in told
    assert "busi" in told
    assert "invalid choice" not in told
