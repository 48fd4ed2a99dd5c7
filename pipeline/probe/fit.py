"""Fit the probes of one encoder on its frozen features and predict the test images.

python -m pipeline.probe.fit --input catalogue F --input features F --input index F
    --input train TAR... --input val TAR... --output predictions F... --output provenance F
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.io.predictions import write_predictions
from pipeline.io.samples import TaskSamples, read_samples
from pipeline.io.tables import read_table
from pipeline.io.tensors import Arrays, read_tensors
from pipeline.probe.knn import knn_mean
from pipeline.probe.linear import logistic, ridge
from pipeline.probe.params import ProbeParams
from pipeline.probe.tables import FEATURE_INDEX
from pipeline.probe.targets import answer, coordinates, one_hot, patch_shares
from pipeline.step import Job
from pipeline.tasks.catalogue import Task, load_catalogue

Floats = npt.NDArray[np.float64]
# A probe with its hyper-parameters set: training features, their targets, queries -> outputs.
Model = Callable[[Floats, Floats, Floats], Floats]
SPLITS = ("train", "val", "test")


class Problem(NamedTuple):
    """One task as a probe sees it: rows of features and rows of numbers to predict.

    A row is an image, or in segmentation a patch.
    """

    train_NF: Floats
    train_NC: Floats
    val_NF: Floats
    val_NC: Floats
    test_NF: Floats


def targets_of(task: Task, samples: TaskSamples, side: int) -> Floats:
    """Return the numbers to predict: one-hot classes, coordinates or class shares of patches."""
    if samples.labels_N is not None:
        return one_hot(samples.labels_N, task.num_classes)
    if samples.masks_NHW is not None:
        shares_NPK = patch_shares(samples.masks_NHW, side, task.num_classes)
        return shares_NPK.reshape(-1, task.num_classes)
    return coordinates(samples)


def problems(
    task: Task, features: Arrays, train: TaskSamples, val: TaskSamples, max_patches: int
) -> list[Problem]:
    """Return the task with each kind of features that suits it.

    Segmentation has patches; the others the pooled token, and where position matters also the
    whole map of patches.
    """

    def load(split: str, kind: str) -> Floats:
        return features[f"{task.id}.{split}.{kind}"].astype(np.float64)

    patches = [load(split, "patches") for split in SPLITS]
    side = round(patches[0].shape[1] ** 0.5)
    train_NC, val_NC = (targets_of(task, samples, side) for samples in (train, val))
    if task.type == "segmentation":
        train_NF, val_NF, test_NF = (split.reshape(-1, split.shape[-1]) for split in patches)
        kept = np.linspace(0, len(train_NF) - 1, min(max_patches, len(train_NF))).astype(np.int64)
        return [Problem(train_NF[kept], train_NC[kept], val_NF, val_NC, test_NF)]
    kinds = [[load(split, "pooled") for split in SPLITS]]
    if task.type != "classification":
        kinds.append([split.reshape(len(split), -1) for split in patches])
    return [
        Problem(train_NF, train_NC, val_NF, val_NC, test_NF) for train_NF, val_NF, test_NF in kinds
    ]


def models(task: Task, protocol: str, params: ProbeParams) -> list[Model]:
    """Return a protocol's models for a task, one per hyper-parameter to try."""
    if protocol == "knn":
        return [partial(knn_mean, k=k, temperature=params.temperature) for k in params.neighbours]
    linear = logistic if task.type in ("classification", "segmentation") else ridge
    return [partial(linear, penalty=penalty) for penalty in params.penalties]


def best_outputs(choices: Sequence[Problem], tried: Sequence[Model]) -> Floats:
    """Return the test outputs of the pair with the least mean squared error on `val`."""
    scored = [
        (float(np.nanmean((model(p.train_NF, p.train_NC, p.val_NF) - p.val_NC) ** 2)), order)
        for order, (p, model) in enumerate(product(choices, tried))
    ]
    problem, model = list(product(choices, tried))[min(scored)[1]]
    return model(problem.train_NF, problem.train_NC, problem.test_NF)


def fit_probes(
    params: ProbeParams,
    image_size: int,
    catalogue_path: Path,
    features_path: Path,
    index_path: Path,
    train_paths: Sequence[Path],
    val_paths: Sequence[Path],
    predictions_paths: Mapping[tuple[str, str], Path],
    progress: Callable[[str], None] = print,
) -> None:
    """Write the test predictions of every (task, protocol) in `predictions_paths`.

    Protocols are `knn` and `linear`; labels come from the train and val shards only.
    """
    catalogue, features = load_catalogue(catalogue_path), read_tensors(features_path)
    index = read_table(index_path, FEATURE_INDEX)
    tests = dict(list(index[index["split"] == "test"].groupby("task")))
    train, val = (read_samples(paths, image_size) for paths in (train_paths, val_paths))
    for (name, protocol), path in predictions_paths.items():
        task, test = catalogue[name], tests[name]
        choices = problems(task, features, train[name], val[name], params.max_patches)
        outputs = best_outputs(choices, models(task, protocol, params))
        per_image = outputs.reshape(len(test), -1, outputs.shape[-1])
        if task.type != "segmentation":
            per_image = per_image[:, 0]
        images = zip(test["sample"], test["height"], test["width"], per_image, strict=True)
        rows = [
            {"task": name, "sample": sample, **answer(task, output, int(height), int(width))}
            for sample, height, width, output in images
        ]
        write_predictions(rows, path)
    progress(f"{len(predictions_paths)} probes fitted")


def main() -> None:
    """Run as a job; `workflow.predictions` names the task and protocol of each output."""
    with Job.from_command_line() as job:
        names = [(one["task"], one["protocol"]) for one in job.value("workflow.predictions")]
        fit_probes(
            job.section(ProbeParams),
            int(job.value("pretrain.image_size")),
            catalogue_path=job.input("catalogue"),
            features_path=job.input("features"),
            index_path=job.input("index"),
            train_paths=job.inputs("train"),
            val_paths=job.inputs("val"),
            predictions_paths=dict(zip(names, job.outputs("predictions"), strict=True)),
            progress=job.progress,
        )


if __name__ == "__main__":
    main()
