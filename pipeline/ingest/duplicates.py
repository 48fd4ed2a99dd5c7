"""Of files that are the same, the first in the order of the walk is used."""

import pyarrow as pa

from pipeline.ingest.tables import REASONS

# Reason code, and the column in which such files agree; a file is set aside for the first.
SAME_IN = {
    "duplicate": "source_sha256",
    "duplicate_pixels": "pixels",
    "duplicate_uid": "object",
}


def set_aside_duplicates(files: pa.Table) -> pa.Table:
    """Return `files`, in the order of the walk, with the reasons of what repeats a usable file."""
    reasons = files["reason"].to_pandas()
    details = files["detail"].to_pandas()
    for reason, name in SAME_IN.items():
        usable = files[name].to_pandas()[reasons == ""]
        again = usable.index[usable.duplicated()]
        reasons[again], details[again] = reason, REASONS[reason]
    for name, values in (("reason", reasons), ("detail", details)):
        place = files.schema.get_field_index(name)
        files = files.set_column(place, files.schema.field(name), pa.array(values, pa.string()))
    return files
