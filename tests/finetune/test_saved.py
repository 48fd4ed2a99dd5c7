"""A saved model, loaded, is the model that was trained."""

from pathlib import Path

import pytest

from pipeline.errors import StudyError
from pipeline.finetune.predict import predict
from pipeline.finetune.saved import load_model, model_tasks
from pipeline.finetune.train import Unit, finetune
from pipeline.io.encoders import build_encoder, save_encoder
from pipeline.io.predictions import PREDICTIONS, write_predictions
from pipeline.io.samples import read_samples
from pipeline.io.tables import read_arrow
from pipeline.tasks.catalogue import CATALOGUE, load_catalogue
from tests.finetune.discs import FOUR_TYPES, write_splits
from tests.finetune.settings import SMALL, training
from tests.submission.models import save_random


def test_a_loaded_model_predicts_what_the_trained_one_did(tmp_path: Path) -> None:
    splits = write_splits(tmp_path / "tasks", test=5)
    trained, loaded, model_path = (
        tmp_path / name for name in ("trained.parquet", "loaded.parquet", "model.safetensors")
    )
    finetune(
        training(),
        Unit(FOUR_TYPES, "all-tasks", 1.0, 0),
        SMALL,
        None,
        7,
        catalogue_path=CATALOGUE,
        train_paths=splits["train"],
        val_paths=splits["val"],
        test_paths=splits["test"],
        predictions_path=trained,
        model_path=model_path,
        curve_path=tmp_path / "curve.csv",
    )
    assert model_tasks(model_path) == list(FOUR_TYPES)
    catalogue = load_catalogue()
    model = load_model(model_path, catalogue)
    samples = read_samples(splits["test"], SMALL.image_size)
    rows = [row for task in FOUR_TYPES for row in predict(model, catalogue[task], samples[task])]
    write_predictions(rows, loaded)
    assert read_arrow(loaded, PREDICTIONS).equals(read_arrow(trained, PREDICTIONS))


def test_other_files_are_refused(tmp_path: Path) -> None:
    encoder = tmp_path / "encoder.safetensors"
    save_encoder(encoder, build_encoder(SMALL, 0), SMALL)
    with pytest.raises(StudyError, match="not a finetuned model"):
        model_tasks(encoder)
    text = tmp_path / "text.safetensors"
    text.write_text("no weights")
    with pytest.raises(StudyError, match="not a weights file"):
        model_tasks(text)


def test_a_model_of_other_tasks_than_the_catalogues_is_refused(tmp_path: Path) -> None:
    path = save_random(tmp_path / "m.safetensors", ["FUGC"])
    with pytest.raises(StudyError, match="other tasks"):
        load_model(path, {})
