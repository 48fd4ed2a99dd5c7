"""The contract of the table that tells which image a row of features belongs to."""

import pyarrow as pa

from pipeline.io.tables import required

FEATURE_INDEX = pa.schema(
    [
        required("task", pa.string(), "task id"),
        required("split", pa.string(), "train, val or test"),
        required("sample", pa.string(), "key of the image"),
        required("row", pa.int64(), "row in the tensors <task>.<split>.pooled and .patches"),
        required("height", pa.int64(), "native height in pixels"),
        required("width", pa.int64(), "native width in pixels"),
    ]
)
