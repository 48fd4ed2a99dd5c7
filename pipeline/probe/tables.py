"""The contract of the table that tells which image a row of features belongs to."""

import pyarrow as pa


def _column(name: str, kind: pa.DataType, description: str) -> pa.Field:
    return pa.field(name, kind, nullable=False, metadata={"description": description})


FEATURE_INDEX = pa.schema(
    [
        _column("task", pa.string(), "task id"),
        _column("split", pa.string(), "train, val or test"),
        _column("sample", pa.string(), "key of the image"),
        _column("row", pa.int64(), "row in the tensors <task>.<split>.pooled and .patches"),
        _column("height", pa.int64(), "native height in pixels"),
        _column("width", pa.int64(), "native width in pixels"),
    ]
)
