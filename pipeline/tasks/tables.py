"""Contracts of the tables that this phase writes."""

import pyarrow as pa

from pipeline.io.tables import column, required

_SAMPLE = required("sample", pa.string(), "key of the image: SHA-256 of its relative path, 16 hex")
_GROUP = required(
    "group",
    pa.string(),
    "images that must stay together: one patient or clip, joined over shared images and tasks",
)

TASKS = pa.schema(
    [
        required("task", pa.string(), "task id of the catalogue"),
        _SAMPLE,
        required("split", pa.string(), "train, val or test"),
        _GROUP,
        required("clip", pa.string(), "patient or clip by the file's name, hashed"),
        required("image_sha256", pa.string(), "SHA-256 of the decoded pixels and their shape"),
        required("height", pa.int32(), "pixels"),
        required("width", pa.int32(), "pixels"),
        required(
            "held_out", pa.bool_(), "image that its data set wants kept out of training: in test"
        ),
        required("archive", pa.int32(), "place in tasks.path of the folder, from 1"),
        required("csv", pa.string(), "file in csv_files/ that lists the sample"),
        required("row", pa.int32(), "data row in that file, from 1"),
    ]
)

QUARANTINE = pa.schema(
    [
        required("archive", pa.int32(), "place in tasks.path of the folder, from 1"),
        required("csv", pa.string(), "file in csv_files/"),
        required("row", pa.int32(), "data row in that file, from 1"),
        column("task", pa.string(), "task id when it is one of the study's"),
        required("reason", pa.string(), "code of the defect"),
        required("detail", pa.string(), "what is wrong, in words"),
        column("field", pa.string(), "column of the CSV that is wrong, if it is one"),
        column("value", pa.float64(), "number there that is wrong, or grey level of the mask"),
    ]
)

TEST_LABELS = pa.schema(
    [
        required("task", pa.string(), "task id of the catalogue"),
        _SAMPLE,
        _GROUP,
        required("height", pa.int32(), "pixels"),
        required("width", pa.int32(), "pixels"),
        column("label", pa.int32(), "class index (classification)"),
        column("box", pa.list_(pa.float64()), "x0, y0, x1, y1 in pixels (detection)"),
        column(
            "points",
            pa.list_(pa.float64()),
            "x, y of each landmark in pixels, flat; 0, 0 where not annotated (regression)",
        ),
        column("mask", pa.binary(), "PNG of class indices (segmentation)"),
    ]
)
