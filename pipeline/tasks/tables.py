"""Contracts of the tables that this phase writes."""

import pyarrow as pa


def _field(name: str, kind: pa.DataType, description: str, nullable: bool = False) -> pa.Field:
    return pa.field(name, kind, nullable=nullable, metadata={"description": description})


_SAMPLE = _field("sample", pa.string(), "key of the image: SHA-256 of its relative path, 16 hex")
_GROUP = _field(
    "group",
    pa.string(),
    "images that must stay together: one patient or clip, joined over shared images and tasks",
)

TASKS = pa.schema(
    [
        _field("task", pa.string(), "task id of the catalogue"),
        _SAMPLE,
        _field("split", pa.string(), "train, val or test"),
        _GROUP,
        _field("clip", pa.string(), "patient or clip by the file's name, hashed"),
        _field("image_sha256", pa.string(), "SHA-256 of the decoded pixels and their shape"),
        _field("height", pa.int32(), "pixels"),
        _field("width", pa.int32(), "pixels"),
        _field("csv", pa.string(), "file in csv_files/ that lists the sample"),
        _field("row", pa.int32(), "data row in that file, from 1"),
    ]
)

QUARANTINE = pa.schema(
    [
        _field("csv", pa.string(), "file in csv_files/"),
        _field("row", pa.int32(), "data row in that file, from 1"),
        _field("task", pa.string(), "task id when it is one of the catalogue", nullable=True),
        _field("reason", pa.string(), "code of the defect"),
        _field("detail", pa.string(), "what is wrong, in words"),
    ]
)

TEST_LABELS = pa.schema(
    [
        _field("task", pa.string(), "task id of the catalogue"),
        _SAMPLE,
        _GROUP,
        _field("height", pa.int32(), "pixels"),
        _field("width", pa.int32(), "pixels"),
        _field("label", pa.int32(), "class index (classification)", nullable=True),
        _field("box", pa.list_(pa.float64()), "x0, y0, x1, y1 in pixels (detection)", True),
        _field(
            "points",
            pa.list_(pa.float64()),
            "x, y of each landmark in pixels, flat; 0, 0 where not annotated (regression)",
            nullable=True,
        ),
        _field("mask", pa.binary(), "PNG of class indices (segmentation)", nullable=True),
    ]
)
