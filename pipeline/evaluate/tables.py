"""Contracts of the tables that this phase writes."""

import pyarrow as pa


def _field(name: str, kind: pa.DataType, description: str) -> pa.Field:
    return pa.field(name, kind, nullable=False, metadata={"description": description})


_IDENTITY = [
    _field("encoder", pa.string(), "name of the encoder or control"),
    _field("strategy", pa.string(), "rule that forms units, or probe-<protocol>"),
    _field("unit", pa.string(), "set of tasks trained together"),
    _field("task", pa.string(), "task id of the catalogue"),
    _field("task_type", pa.string(), "segmentation, classification, detection or regression"),
    _field("organ", pa.string(), "organ of the task"),
    _field("fraction", pa.float64(), "share of each task's training set used"),
    _field("seed", pa.int64(), "seed of the training"),
]

METRICS = pa.schema(
    [
        *_IDENTITY,
        _field("metric", pa.string(), "name of the metric"),
        _field("value", pa.float64(), "the challenge's metric on the whole test set"),
        _field("ci_low", pa.float64(), "lower end of the bootstrap interval"),
        _field("ci_high", pa.float64(), "upper end of the bootstrap interval"),
        _field("n_test", pa.int64(), "test images that were scored"),
        _field("predictions_sha256", pa.string(), "digest of the file that was scored"),
    ]
)

TRANSFER = pa.schema(
    [
        *_IDENTITY,
        _field("metric", pa.string(), "main metric of the task's type"),
        _field("value", pa.float64(), "gain over the task-specific model; positive is better"),
        _field("ci_low", pa.float64(), "lower end of the paired bootstrap interval"),
        _field("ci_high", pa.float64(), "upper end of the paired bootstrap interval"),
        _field("shared_value", pa.float64(), "the metric under this strategy"),
        _field("specific_value", pa.float64(), "the metric of the task-specific model"),
        _field("n_test", pa.int64(), "test images that were scored"),
    ]
)
