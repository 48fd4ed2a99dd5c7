"""The table in which every model, probe and control hands in its answers for the test images."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.io.tables import write_table


def _column(name: str, kind: pa.DataType, description: str, nullable: bool = True) -> pa.Field:
    return pa.field(name, kind, nullable=nullable, metadata={"description": description})


PREDICTIONS = pa.schema(
    [
        _column("task", pa.string(), "task id", nullable=False),
        _column("sample", pa.string(), "key of the test image", nullable=False),
        _column("mask", pa.binary(), "segmentation: PNG of class indices at native size"),
        _column("probs", pa.list_(pa.float32()), "classification: probability of each class"),
        _column("box", pa.list_(pa.float32()), "detection: x0, y0, x1, y1 in native pixels"),
        _column("points", pa.list_(pa.float32()), "regression: x, y of each landmark, native px"),
    ]
)


def write_predictions(rows: Iterable[Mapping[str, Any]], path: Path) -> None:
    """Write predictions sorted by task and sample; columns that a row leaves out are null."""
    ordered = sorted(rows, key=lambda row: (row["task"], row["sample"]))
    write_table(ordered, PREDICTIONS, path)
