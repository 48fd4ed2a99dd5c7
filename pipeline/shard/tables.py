"""The contract of the shard phase's index."""

import pyarrow as pa


def _field(name: str, kind: pa.DataType, description: str) -> pa.Field:
    return pa.field(name, kind, metadata={"description": description})


INDEX: pa.Schema = pa.schema(
    [
        _field("sample", pa.string(), "key of the sample in its shard"),
        _field("frame", pa.string(), "frame of data/deidentify/frames.parquet"),
        _field("instance", pa.string(), "instance that it comes from"),
        _field("patient", pa.string(), "pseudonym of the patient"),
        _field("split", pa.string(), "train, val or test"),
        _field("shard", pa.string(), "name of the tar"),
        _field("height", pa.int32(), "pixels, after cropping and shrinking"),
        _field("width", pa.int32(), "pixels, after cropping and shrinking"),
        _field("mm_per_px_y", pa.float64(), "spacing after shrinking, or null"),
        _field("mm_per_px_x", pa.float64(), "spacing after shrinking, or null"),
        _field("png_sha256", pa.string(), "SHA-256 of the image in the shard"),
    ]
)
