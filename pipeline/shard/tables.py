"""The contract of the shard phase's index."""

import pyarrow as pa

from pipeline.io.tables import column

INDEX: pa.Schema = pa.schema(
    [
        column("sample", pa.string(), "key of the sample in its shard"),
        column("frame", pa.string(), "frame of data/deidentify/frames.parquet"),
        column("instance", pa.string(), "instance that it comes from"),
        column("patient", pa.string(), "pseudonym of the patient"),
        column("split", pa.string(), "train, val or test"),
        column("shard", pa.string(), "name of the tar"),
        column("height", pa.int32(), "pixels, after cropping and shrinking"),
        column("width", pa.int32(), "pixels, after cropping and shrinking"),
        column("mm_per_px_y", pa.float64(), "spacing after shrinking, or null"),
        column("mm_per_px_x", pa.float64(), "spacing after shrinking, or null"),
        column("png_sha256", pa.string(), "SHA-256 of the image in the shard"),
    ]
)
