"""Whole units: learning beats the control, shuffled labels do not, bytes repeat."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.errors import StudyError
from pipeline.finetune.controls import predict_constant
from pipeline.finetune.fraction import nested_fraction
from pipeline.finetune.params import TrainingParams
from pipeline.finetune.train import Unit, finetune
from pipeline.io.encoders import build_encoder, save_encoder
from pipeline.io.images import decode_png
from pipeline.io.predictions import PREDICTIONS
from pipeline.io.samples import read_samples
from pipeline.io.shards import read_shard
from pipeline.io.tables import read_table
from pipeline.io.tensors import read_note, read_tensors
from pipeline.tasks.catalogue import CATALOGUE
from tests.finetune.discs import (
    CLASSIFICATION,
    DETECTION,
    FOUR_TYPES,
    REGRESSION,
    SEGMENTATION,
    disc_sample,
    write_splits,
)
from tests.finetune.settings import SMALL, training

TEST_PLACE, TEST_COUNT = 2, 8
NAMES = ("predictions.parquet", "model.safetensors", "curve.csv")


@pytest.fixture(scope="module")
def splits(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Path]]:
    return write_splits(tmp_path_factory.mktemp("tasks"), test=TEST_COUNT)


def run(
    folder: Path,
    splits: dict[str, list[Path]],
    unit: Unit,
    params: TrainingParams,
    encoder: Path | None = None,
    seed: int = 3,
) -> dict[str, bytes]:
    paths = {
        split: [path for path in paths if path.parent.name in unit.tasks]
        for split, paths in splits.items()
    }
    outputs = [folder / name for name in NAMES]
    finetune(
        params,
        unit,
        SMALL,
        encoder,
        seed,
        catalogue_path=CATALOGUE,
        train_paths=paths["train"],
        val_paths=paths["val"],
        test_paths=paths["test"],
        predictions_path=outputs[0],
        model_path=outputs[1],
        curve_path=outputs[2],
    )
    return {path.name: path.read_bytes() for path in outputs}


def scores(path: Path) -> dict[str, float]:
    """Dice, accuracy, 1 - box distance and 1 - landmark distance, all larger is better."""
    table = read_table(path, PREDICTIONS).set_index(["task", "sample"])
    result: dict[str, list[float]] = {}
    for task in table.index.unique("task"):
        rng = np.random.default_rng([TEST_PLACE, len(task), TEST_COUNT])
        for number in range(TEST_COUNT):
            truth, _, mask = disc_sample(task, rng)
            row = table.loc[(task, f"s{number:04d}")]
            result.setdefault(task, []).append(_score(row, truth, mask))
    return {task: float(np.mean(values)) for task, values in result.items()}


def _score(row: Any, truth: dict[str, Any], mask: np.ndarray | None) -> float:
    size = max(truth["height"], truth["width"])
    if mask is not None:
        seen = decode_png(row["mask"])
        assert seen.shape == mask.shape
        return float(2 * (seen & mask).sum() / (seen.sum() + mask.sum()))
    if "label" in truth:
        assert sum(row["probs"]) == pytest.approx(1, abs=1e-5)
        return float(np.argmax(row["probs"]) == truth["label"])
    name = "box" if "box" in truth else "points"
    return float(1 - np.abs(row[name] - np.ravel(truth[name])).mean() / size)


def test_all_four_types_learn_in_one_model_and_beat_the_constant_control(
    tmp_path: Path, splits: dict[str, list[Path]]
) -> None:
    unit = Unit(FOUR_TYPES, "all-tasks", 1.0, 0)
    run(tmp_path, splits, unit, training(steps_per_task=80))
    predict_constant(
        FOUR_TYPES, CATALOGUE, splits["train"], splits["test"], tmp_path / "constant.parquet"
    )
    learnt, constant = scores(tmp_path / NAMES[0]), scores(tmp_path / "constant.parquet")
    assert learnt[SEGMENTATION] > 0.6 > constant[SEGMENTATION]
    assert learnt[CLASSIFICATION] > max(0.8, constant[CLASSIFICATION])
    assert learnt[DETECTION] > constant[DETECTION] + 0.03
    assert learnt[REGRESSION] > constant[REGRESSION] + 0.03


def test_shuffled_labels_teach_nothing(tmp_path: Path, splits: dict[str, list[Path]]) -> None:
    unit = Unit((SEGMENTATION,), "task-specific", 1.0, 0)
    shuffled = Unit((SEGMENTATION,), "task-specific", 1.0, 0, shuffled_labels=True)
    params = training(steps_per_task=60)
    run(tmp_path / "true", splits, unit, params)
    run(tmp_path / "shuffled", splits, shuffled, params)
    learnt, nothing = (scores(tmp_path / name / NAMES[0]) for name in ("true", "shuffled"))
    assert nothing[SEGMENTATION] < 0.45
    assert learnt[SEGMENTATION] > 0.7


def test_the_same_unit_has_the_same_bytes_and_other_seeds_have_not(
    tmp_path: Path, splits: dict[str, list[Path]]
) -> None:
    unit = Unit((DETECTION,), "task-specific", 0.5, 0)
    first, again = (run(tmp_path / n, splits, unit, training()) for n in ("a", "b"))
    assert first == again
    repeat = Unit((DETECTION,), "task-specific", 0.5, 1)
    assert run(tmp_path / "c", splits, repeat, training())[NAMES[1]] != first[NAMES[1]]


def test_outputs_name_every_sample_and_describe_the_model(
    tmp_path: Path, splits: dict[str, list[Path]]
) -> None:
    encoder_path = tmp_path / "encoder.safetensors"
    save_encoder(encoder_path, build_encoder(SMALL, 9), SMALL)
    tasks = (SEGMENTATION, REGRESSION)
    run(tmp_path, splits, Unit(tasks, "clinical-groups", 1.0, 0), training(), encoder_path)
    table = read_table(tmp_path / NAMES[0], PREDICTIONS)
    places = list(zip(table["task"], table["sample"], strict=True))
    assert places == sorted((task, f"s{i:04d}") for task in tasks for i in range(TEST_COUNT))
    about = json.loads(read_note(tmp_path / NAMES[1]))
    assert about["tasks"] == list(tasks)
    assert about["moe"]["experts"] == 2
    assert "encoder.blocks.5.mlp.gate.weight" in read_tensors(tmp_path / NAMES[1])
    curve = pd.read_csv(tmp_path / NAMES[2])
    assert curve["step"].unique().tolist() == [3, 6]
    assert curve.notna().all().all()


def test_the_curve_tells_how_many_images_a_share_has(
    tmp_path: Path, splits: dict[str, list[Path]]
) -> None:
    unit = Unit((DETECTION,), "task-specific", 0.3, 0)
    run(tmp_path, splits, unit, training(steps_per_task=2))
    curve = pd.read_csv(tmp_path / NAMES[2])
    train = read_samples(splits["train"], SMALL.image_size)[DETECTION]
    assert set(curve["train_images"]) == {len(nested_fraction(train, 0.3, 3))}
    assert len(nested_fraction(train, 0.3, 3)) < len(train)


def test_the_encoders_weights_are_where_training_starts(
    tmp_path: Path, splits: dict[str, list[Path]]
) -> None:
    encoder_path = tmp_path / "encoder.safetensors"
    save_encoder(encoder_path, build_encoder(SMALL, 9), SMALL)
    frozen = training(learning_rate=1e-12, weight_decay=0.0)
    unit = Unit((CLASSIFICATION,), "task-specific", 1.0, 0)
    run(tmp_path, splits, unit, frozen, encoder_path)
    before, after = read_tensors(encoder_path), read_tensors(tmp_path / NAMES[1])
    for name, array in before.items():
        np.testing.assert_allclose(after[f"encoder.{name}"], array, atol=1e-6)


def test_test_shards_hold_no_labels_and_are_not_asked_for_any(
    splits: dict[str, list[Path]],
) -> None:
    for path in splits["test"]:
        for _, parts in read_shard(path):
            assert set(parts) == {"image.png", "json"}
            assert not {"label", "box", "points"} & set(json.loads(parts["json"]))


def test_a_task_without_samples_is_a_study_error(
    tmp_path: Path, splits: dict[str, list[Path]]
) -> None:
    unit = Unit((DETECTION, "carotid_artery"), "clinical-groups", 1.0, 0)
    with pytest.raises(StudyError, match="carotid_artery"):
        run(tmp_path, splits, unit, training())
