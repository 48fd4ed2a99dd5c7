"""The contracts of the ingest phase's tables. They hold no path, UID, date or free text."""

import pyarrow as pa

from pipeline.io.tables import column

INSTANCES: pa.Schema = pa.schema(
    [
        column("instance", pa.string(), "keyed digest of the file's path in the archive"),
        column("patient", pa.string(), "keyed pseudonym of patient id and its issuer"),
        column("study", pa.string(), "keyed pseudonym of the study"),
        column("series", pa.string(), "keyed pseudonym of the series"),
        column("partition", pa.int32(), "part that de-identifies it; one patient, one part"),
        column("source_sha256", pa.string(), "SHA-256 of the file's bytes"),
        column("source_bytes", pa.int64(), "size of the file"),
        column("sop_class", pa.string(), "SOP class UID (PS3.4)"),
        column("transfer_syntax", pa.string(), "transfer syntax UID (PS3.5)"),
        column("photometric", pa.string(), "photometric interpretation (0028,0004)"),
        column("rows", pa.int32(), "pixels"),
        column("columns", pa.int32(), "pixels"),
        column("frames", pa.int32(), "number of frames; 1 for a still"),
    ]
)

QUARANTINE: pa.Schema = pa.schema(
    [
        column("instance", pa.string(), "keyed digest of the file's path in the archive"),
        column("source_sha256", pa.string(), "SHA-256 of the file's bytes; empty if unreadable"),
        column("source_bytes", pa.int64(), "size of the file"),
        column("reason", pa.string(), "reason code"),
        column("detail", pa.string(), "the reason in words, without any value of the file"),
    ]
)

# What can be wrong with a file, in words that hold no value of it.
REASONS = {
    "empty_file": "the file has no bytes",
    "not_dicom": "the file is not DICOM Part 10 (no DICM mark after the preamble)",
    "unreadable": "the header cannot be read",
    "file_error": "the operating system cannot read the file",
    "dicomdir": "a directory of other files, not an image",
    "structured_report": "a structured report, not an image",
    "not_ultrasound": "the SOP class is not ultrasound image or ultrasound multi-frame image",
    "no_pixels": "there is no pixel data",
    "truncated": "the file ends within an element",
    "wrong_length": "the pixel data is shorter than rows, columns and frames need",
    "missing_attribute": "an attribute that every image needs is missing or empty",
    "unknown_colour": "the photometric interpretation is none that can be decoded",
    "absurd_geometry": "rows, columns or frames are zero or beyond ingest.max_side or max_frames",
    "no_decoder": "no installed decoder reads this transfer syntax",
    "duplicate": "the same bytes as another file of the archive",
}
