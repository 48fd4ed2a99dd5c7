"""Embedding and fitting, end to end on four tiny tasks."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.finetune.controls import predict_constant
from pipeline.io.images import decode_png
from pipeline.io.predictions import PREDICTIONS
from pipeline.io.tables import read_table
from pipeline.io.tensors import read_tensors
from pipeline.probe.embed import embed_tasks
from pipeline.probe.fit import fit_probes
from pipeline.probe.params import ProbeParams
from pipeline.probe.tables import FEATURE_INDEX
from pipeline.tasks.catalogue import CATALOGUE
from tests.finetune.discs import CLASSIFICATION, FOUR_TYPES, SEGMENTATION, write_splits
from tests.finetune.settings import SMALL
from tests.finetune.test_train import scores

PARAMS = ProbeParams(
    threads=1,
    batch_size=16,
    neighbours=[3, 10],
    temperature=0.07,
    penalties=[0.01, 1.0],
    max_patches=300,
)


@pytest.fixture(scope="module")
def probed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("probe")
    splits = write_splits(folder)
    for name in ("first", "again"):
        embed_tasks(
            PARAMS,
            SMALL,
            None,
            seed=1,
            split_paths=splits,
            features_path=folder / f"{name}.safetensors",
            index_path=folder / f"{name}.parquet",
        )
        fit_probes(
            PARAMS,
            SMALL.image_size,
            CATALOGUE,
            folder / f"{name}.safetensors",
            folder / f"{name}.parquet",
            splits["train"],
            splits["val"],
            {
                (task, protocol): folder / name / task / f"{protocol}.parquet"
                for task in FOUR_TYPES
                for protocol in ("knn", "linear")
            },
        )
    predict_constant(
        FOUR_TYPES, CATALOGUE, splits["train"], splits["test"], folder / "constant.parquet"
    )
    return folder


def test_features_cover_every_image_and_repeat_to_the_byte(probed: Path) -> None:
    features = read_tensors(probed / "first.safetensors")
    index = read_table(probed / "first.parquet", FEATURE_INDEX)
    assert len(index) == len(FOUR_TYPES) * (24 + 6 + 8)
    for (task, split), rows in index.groupby(["task", "split"]):
        assert features[f"{task}.{split}.pooled"].shape == (len(rows), 128)
        assert features[f"{task}.{split}.patches"].shape == (len(rows), 16, 64)
        assert rows["row"].tolist() == list(range(len(rows)))
    for name in ("safetensors", "parquet"):
        assert (probed / f"first.{name}").read_bytes() == (probed / f"again.{name}").read_bytes()


@pytest.mark.parametrize("protocol", ["knn", "linear"])
def test_predictions_are_complete_repeatable_and_better_than_a_constant(
    probed: Path, protocol: str
) -> None:
    constant = scores(probed / "constant.parquet")
    gains = []
    for task in FOUR_TYPES:
        path = probed / "first" / task / f"{protocol}.parquet"
        assert path.read_bytes() == (probed / "again" / task / path.name).read_bytes()
        table = read_table(path, PREDICTIONS)
        assert table["sample"].tolist() == [f"s{i:04d}" for i in range(8)]
        gains.append(scores(path)[task] - constant[task])
    assert np.mean(gains) > 0.1


def test_answers_have_the_columns_of_their_type(probed: Path) -> None:
    masks = read_table(probed / "first" / SEGMENTATION / "knn.parquet", PREDICTIONS)
    assert all(set(np.unique(decode_png(mask))) <= {0, 1} for mask in masks["mask"])
    classes = read_table(probed / "first" / CLASSIFICATION / "linear.parquet", PREDICTIONS)
    assert all(sum(probs) == pytest.approx(1, abs=1e-5) for probs in classes["probs"])
