"""The contracts of the ingest phase's tables. They hold no path, UID, date or free text."""

import pyarrow as pa


def _field(name: str, kind: pa.DataType, description: str) -> pa.Field:
    return pa.field(name, kind, metadata={"description": description})


INSTANCES: pa.Schema = pa.schema(
    [
        _field("instance", pa.string(), "keyed digest of the file's path in the archive"),
        _field("patient", pa.string(), "keyed pseudonym of patient id and its issuer"),
        _field("study", pa.string(), "keyed pseudonym of the study"),
        _field("series", pa.string(), "keyed pseudonym of the series"),
        _field("partition", pa.int32(), "part that de-identifies it; one patient, one part"),
        _field("source_sha256", pa.string(), "SHA-256 of the file's bytes"),
        _field("source_bytes", pa.int64(), "size of the file"),
        _field("sop_class", pa.string(), "SOP class UID (PS3.4)"),
        _field("transfer_syntax", pa.string(), "transfer syntax UID (PS3.5)"),
        _field("photometric", pa.string(), "photometric interpretation (0028,0004)"),
        _field("rows", pa.int32(), "pixels"),
        _field("columns", pa.int32(), "pixels"),
        _field("frames", pa.int32(), "number of frames; 1 for a still"),
    ]
)

QUARANTINE: pa.Schema = pa.schema(
    [
        _field("instance", pa.string(), "keyed digest of the file's path in the archive"),
        _field("source_sha256", pa.string(), "SHA-256 of the file's bytes; empty if unreadable"),
        _field("source_bytes", pa.int64(), "size of the file"),
        _field("reason", pa.string(), "reason code"),
        _field("detail", pa.string(), "the reason in words, without any value of the file"),
    ]
)
