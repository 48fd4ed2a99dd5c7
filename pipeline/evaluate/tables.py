"""Contracts of the tables that this phase writes."""

import pyarrow as pa

from pipeline.io.tables import column, required

_IDENTITY = [
    required("encoder", pa.string(), "name of the encoder or control"),
    required("strategy", pa.string(), "rule that forms units, or probe-<protocol>"),
    required("unit", pa.string(), "set of tasks trained together"),
    required("task", pa.string(), "task id of the catalogue"),
    required("task_type", pa.string(), "segmentation, classification, detection or regression"),
    required("organ", pa.string(), "organ of the task"),
    required("fraction", pa.float64(), "share of each task's training set used"),
    required("seed", pa.int64(), "seed of the training"),
]

METRICS = pa.schema(
    [
        *_IDENTITY,
        required("metric", pa.string(), "the challenge's metric, or strict_<metric>"),
        column("value", pa.float64(), "the metric on the test set; empty if it is undefined"),
        column("ci_low", pa.float64(), "lower end of the bootstrap interval"),
        column("ci_high", pa.float64(), "upper end of the bootstrap interval"),
        required("n_test", pa.int64(), "test images that were scored; all of them if strict"),
        required("predictions_sha256", pa.string(), "digest of the file that was scored"),
    ]
)

TRANSFER = pa.schema(
    [
        *_IDENTITY,
        required("metric", pa.string(), "main metric of the task's type"),
        required("value", pa.float64(), "gain over the task-specific model; positive is better"),
        required("ci_low", pa.float64(), "lower end of the paired bootstrap interval"),
        required("ci_high", pa.float64(), "upper end of the paired bootstrap interval"),
        required("shared_value", pa.float64(), "the metric under this strategy"),
        required("specific_value", pa.float64(), "the metric of the task-specific model"),
        required("n_test", pa.int64(), "test images that were scored"),
    ]
)
