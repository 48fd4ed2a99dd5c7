"""The prediction folder: every file at its place, every key, every row accounted for."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pipeline.closure import ROOT
from pipeline.errors import StudyError
from pipeline.finetune.predict import predict
from pipeline.finetune.saved import load_model
from pipeline.io.hashing import sha256_file
from pipeline.io.images import decode_png, resize_image
from pipeline.io.samples import TaskSamples
from pipeline.io.tables import write_table
from pipeline.submission.models import model_of_task
from pipeline.submission.score import main as score_main
from pipeline.submission.write import main as write_main
from pipeline.submission.write import write_submission
from pipeline.tasks.samples import pixels_sha256 as pixels
from pipeline.tasks.tables import TASKS as SAMPLES
from tests.challenge_layout import ChallengeFolder, speckle
from tests.finetune.settings import MIXTURE
from tests.submission.models import NAMES, TASKS, save_random

SET = "Two/a set, (1)+\N{NO-BREAK SPACE}b"
HEIGHT, WIDTH = 20, 24


def _folder(root: Path, images: int = 3) -> ChallengeFolder:
    """Return rows of all five tasks, labelled; not yet written."""
    folder = ChallengeFolder(root)
    for place, (name, task) in enumerate(TASKS.items()):
        for number in range(images):
            image = speckle(100 * place + number, HEIGHT, WIDTH)
            path = f"{task.type.title()}/{SET}/{name} {number}.png"
            folder.add_labelled(task, path, image, number, csv_name=f"{name}.csv")
    return folder


def _json(folder: Path, kind: str) -> list[dict[str, Any]]:
    return list(json.loads((folder / f"{kind}_predictions.json").read_text(encoding="utf-8")))


def _write(tmp_path: Path, models: list[Path], data: Path, name: str = "out") -> Path:
    write_submission(model_of_task(models), TASKS, data, tmp_path / name)
    return tmp_path / name


def test_one_model_writes_every_file_of_the_format(tmp_path: Path) -> None:
    data = _folder(tmp_path / "data").write()
    out = _write(tmp_path, [save_random(tmp_path / "m.safetensors", moe=MIXTURE)], data)
    masks = [
        f"Segmentation/masks/Segmentation/{SET}/cardiac_multi {number}.png.png"
        for number in range(3)
    ]
    found = sorted(str(path.relative_to(out)) for path in out.rglob("*") if path.is_file())
    kinds = ("classification", "detection", "regression")
    assert found == sorted([*masks, *(f"{kind}_predictions.json" for kind in kinds)])
    for name in masks:
        with Image.open(out / name) as mask:
            assert (mask.mode, mask.size) == ("L", (WIDTH, HEIGHT))
            assert np.asarray(mask).max() < 4
    classes = _json(out, "classification")
    assert [entry["task_id"] for entry in classes] == ["breast_2cls"] * 3 + ["organ_cls"] * 3
    assert classes[0]["image_path"] == f"../Classification/{SET}/breast_2cls 0.png"
    for entry in classes:
        assert set(entry) == {"image_path", "task_id", "predicted_class", "predicted_probs"}
        assert entry["predicted_class"] == int(np.argmax(entry["predicted_probs"]))
        assert len(entry["predicted_probs"]) == TASKS[entry["task_id"]].num_classes
        assert sum(entry["predicted_probs"]) == pytest.approx(1, abs=1e-6)
    scale = np.array([WIDTH, HEIGHT, WIDTH, HEIGHT])
    for kind, name in (("detection", "bbox"), ("regression", "predicted_points")):
        for entry in _json(out, kind):
            keys = {"image_path", "task_id", f"{name}_normalized", f"{name}_pixels"}
            assert set(entry) == keys
            shares = np.array(entry[f"{name}_normalized"])
            assert np.allclose(shares * scale, entry[f"{name}_pixels"])
            assert ((shares >= 0) & (shares <= 1)).all()


def test_the_answers_are_the_models_own(tmp_path: Path) -> None:
    data = _folder(tmp_path / "data").write()
    path = save_random(tmp_path / "m.safetensors", moe=MIXTURE, seed=3)
    out = _write(tmp_path, [path], data)
    model = load_model(path, TASKS)
    for place, (name, task) in enumerate(TASKS.items()):
        images = [speckle(100 * place + number, HEIGHT, WIDTH) for number in range(3)]
        side = model.architecture.image_size
        samples = TaskSamples(
            ("0", "1", "2"),
            ("",) * 3,
            np.array([image.shape for image in images]),
            np.stack([resize_image(image, side, side) for image in images]),
        )
        for number, row in enumerate(predict(model, task, samples)):
            if task.type == "segmentation":
                mask = out / f"Segmentation/masks/Segmentation/{SET}/{name} {number}.png.png"
                assert np.array_equal(np.asarray(Image.open(mask)), decode_png(row["mask"]))
                continue
            entry = [one for one in _json(out, task.type) if one["task_id"] == name][number]
            key = {"classification": "predicted_probs", "detection": "bbox_pixels"}
            found = entry[key.get(task.type, "predicted_points_pixels")]
            column = {"classification": "probs", "detection": "box"}.get(task.type, "points")
            assert found == row[column]


def test_images_that_a_model_was_trained_on_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of the four images two are in the training part of the model's task, one is tested on."""
    task, folder = TASKS["breast_2cls"], ChallengeFolder(tmp_path / "data")
    for number in range(4):
        path = folder.save(f"Images/{number}.png", speckle(number))
        folder.add(task, path, mask=number % 2)
    data = folder.write()
    listed = [(0, "train", task.id), (1, "train", task.id), (2, "test", task.id), (3, "train", "x")]
    rows = [
        dict.fromkeys(SAMPLES.names, 0)
        | {"task": name, "split": split, "held_out": False, "image_sha256": pixels(speckle(number))}
        | dict.fromkeys(("sample", "group", "clip", "csv"), "")
        for number, split, name in listed
    ]
    write_table(rows, SAMPLES, tmp_path / "here" / "data/tasks/tasks.parquet")
    model = save_random(tmp_path / "m.safetensors", [task.id])
    shutil.copy2(ROOT / "params.yaml", tmp_path / "here")
    monkeypatch.chdir(tmp_path / "here")
    out = tmp_path / "out"
    words = ["--model", str(model), "--data", str(data), "--out", str(out)]
    monkeypatch.setattr("sys.argv", ["write", *words])
    write_main()
    assert (
        "2 of the 4 rows show images that the model was trained on (2 of breast_2cls)"
        in capsys.readouterr().err
    )
    report = json.loads((tmp_path / "out.report.json").read_text())
    assert report["rows"]["trained_on"] == {"breast_2cls": 2}
    (tmp_path / "here/data/tasks/tasks.parquet").unlink()
    monkeypatch.setattr("sys.argv", ["write", *words[:-1], f"{out}2"])
    write_main()
    told = capsys.readouterr().err
    assert "is not checked" in told and "warning" not in told


def test_several_models_together_answer_what_one_does_not(tmp_path: Path) -> None:
    data = _folder(tmp_path / "data").write()
    models = [save_random(tmp_path / f"{name}.safetensors", [name]) for name in NAMES[:-1]]
    account = write_submission(model_of_task(models), TASKS, data, tmp_path / "out")
    assert dict(account.predicted) == dict.fromkeys(NAMES[:-1], 3)
    assert dict(account.no_model) == {"FUGC": 3}
    assert not (tmp_path / "out/regression_predictions.json").exists()
    with pytest.raises(StudyError, match="both answer cardiac_multi"):
        model_of_task([*models, save_random(tmp_path / "all.safetensors")])


def test_rows_that_cannot_be_read_are_reported_and_the_others_written(tmp_path: Path) -> None:
    folder = _folder(tmp_path / "data")
    organ, heart = TASKS["organ_cls"], TASKS["cardiac_multi"]
    folder.add(organ, "../Classification/gone.png")
    (tmp_path / "data/Classification/text.png").write_text("no image")
    folder.add(organ, "../Classification/text.png")
    folder.add(organ, "../Classification/other.png", task_id="knee")
    image = folder.save("Segmentation/img_1.png", speckle(7))
    folder.add(heart, image, mask_path="....//....//outside.png")
    folder.add(heart, image, mask_path="/etc/mask.png")
    folder.add(heart, image)
    data = folder.write()
    account = write_submission(
        model_of_task([save_random(tmp_path / "m.safetensors")]), TASKS, data, tmp_path / "out"
    )
    assert [
        (row.number, defect.reason)
        for row, defect in sorted(account.unreadable, key=lambda item: item[0].number)
    ] == [
        (1, "missing_image"),
        (2, "unreadable_image"),
        (3, "unknown_task"),
        (4, "path_outside"),
        (5, "path_outside"),
    ]
    assert account.predicted == dict.fromkeys(NAMES, 3) | {"cardiac_multi": 4}
    # A row without mask_path: the place that the challenge's own inference code gives its mask.
    assert (tmp_path / "out/Segmentation/mask_1.png").is_file()
    report = json.loads((tmp_path / "out.report.json").read_text())
    assert report["rows"]["predicted"] == dict(account.predicted)
    assert {item["csv"] for item in report["rows"]["unreadable"]} == {"all.csv"}
    assert not any("outside.png" in str(item) for item in report["rows"]["unreadable"])


def test_images_without_labels_get_the_same_predictions(tmp_path: Path) -> None:
    models = [save_random(tmp_path / "m.safetensors")]
    labelled, bare = _folder(tmp_path / "data"), ChallengeFolder(tmp_path / "bare")
    for place, (name, task) in enumerate(TASKS.items()):
        for number in range(3):
            path = f"{task.type.title()}/{SET}/{name} {number}.png"
            mask = f"../Segmentation/masks/{path}.png" if task.type == "segmentation" else ""
            image = bare.save(path, speckle(100 * place + number, HEIGHT, WIDTH))
            bare.add(task, image, csv_name=f"{name}.csv", mask_path=mask)
    first = _write(tmp_path, models, labelled.write(), "first")
    second = _write(tmp_path, models, bare.write(), "second")
    digests = [
        {path.relative_to(one): sha256_file(path) for path in one.rglob("*") if path.is_file()}
        for one in (first, second)
    ]
    assert digests[0] == digests[1]
    assert len(digests[0]) == 6


def test_a_jpeg_name_does_not_change_class_indices(tmp_path: Path) -> None:
    folder = ChallengeFolder(tmp_path / "data")
    task = TASKS["cardiac_multi"]
    image = folder.save("Segmentation/a.jpg", speckle(1, 64, 64))
    folder.add(task, image, mask_path="../Segmentation/a_mask.jpg")
    folder.add(task, image, mask_path="../Segmentation/a_mask.bmp")
    models = [save_random(tmp_path / "m.safetensors")]
    out = _write(tmp_path, models, folder.write())
    masks = [np.asarray(Image.open(out / f"Segmentation/a_mask.{kind}")) for kind in ("jpg", "bmp")]
    assert np.array_equal(masks[0], masks[1])


def test_nothing_is_overwritten_and_nothing_half_written(tmp_path: Path) -> None:
    data = _folder(tmp_path / "data").write()
    models = model_of_task([save_random(tmp_path / "m.safetensors")])
    (tmp_path / "full").mkdir()
    (tmp_path / "full/notes.txt").write_text("mine")
    with pytest.raises(StudyError, match="something already"):
        write_submission(models, TASKS, data, tmp_path / "full")
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["notes.txt"]
    with pytest.raises(StudyError, match="nothing to predict"):
        write_submission({}, TASKS, data, tmp_path / "none")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "full", "m.safetensors"]
    (tmp_path / "empty").mkdir()
    assert write_submission(models, TASKS, data, tmp_path / "empty").predicted.total() == 15


@pytest.mark.parametrize("labelled", [True, False])
def test_the_command_scores_where_there_are_labels(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    labelled: bool,
) -> None:
    folder, task = ChallengeFolder(tmp_path / "data"), TASKS["breast_2cls"]
    for number in range(4):
        label: dict[str, Any] = {"mask": number % 2} if labelled else {}
        folder.add(task, folder.save(f"Images/{number}.png", speckle(number)), **label)
    model, out = save_random(tmp_path / "m.safetensors", ["breast_2cls"]), tmp_path / "out"
    given = {"--model": model, "--data": folder.write(), "--out": out}
    words = [str(word) for pair in given.items() for word in pair]
    monkeypatch.setattr("sys.argv", ["write", *words])
    write_main()
    said = capsys.readouterr()
    assert "4 rows of 1 tasks to predict" in said.err
    assert (tmp_path / "out.scores.csv").is_file() == labelled
    assert ("mean of classification" in said.out) == labelled
    with pytest.raises(SystemExit, match="something already"):
        write_main()
    monkeypatch.setattr("sys.argv", ["score", "--data", words[3], "--predictions", words[5]])
    if labelled:
        before = (tmp_path / "out.scores.json").read_bytes()
        score_main()
        assert (tmp_path / "out.scores.json").read_bytes() == before
    else:
        with pytest.raises(SystemExit, match=r"that can be scored \(breast_2cls: 4 no_label\)"):
            score_main()
