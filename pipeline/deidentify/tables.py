"""What may leave the deidentify phase: its tables, and the words that headers may use."""

import pyarrow as pa
from pydicom.uid import UID

from pipeline.io.tables import column, required

FRAMES: pa.Schema = pa.schema(
    [
        column("frame", pa.string(), "<instance>_<frame number, four digits>"),
        column("instance", pa.string(), "keyed digest of the file's path in the archive"),
        column("patient", pa.string(), "keyed pseudonym of the patient"),
        column("study", pa.string(), "keyed pseudonym of the study"),
        column("shard", pa.string(), "name of the tar that holds the frame"),
        column("frame_index", pa.int32(), "place in the cine, from 0"),
        column("height", pa.int32(), "pixels"),
        column("width", pa.int32(), "pixels"),
        column("channels", pa.int32(), "1 grey, 3 RGB"),
        column("pixels_sha256", pa.string(), "SHA-256 of the cleaned pixels, row by row"),
        column("sector_x0", pa.int32(), "left edge of what was kept, inclusive"),
        column("sector_y0", pa.int32(), "top edge of what was kept, inclusive"),
        column("sector_x1", pa.int32(), "right edge of what was kept, exclusive"),
        column("sector_y1", pa.int32(), "bottom edge of what was kept, exclusive"),
        column("sector_basis", pa.string(), "regions (stated in the header) or detected"),
        column("blanked_share", pa.float64(), "share of pixels that were not black and are now"),
        column("text_boxes", pa.int32(), "lines of text within the sector that were painted over"),
        column("mm_per_px_y", pa.float64(), "spacing down the image, or null"),
        column("mm_per_px_x", pa.float64(), "spacing across the image, or null"),
        column(
            "calibration_status",
            pa.string(),
            "ok, clamped, out_of_frame, not_cm, missing or multi_region",
        ),
        column("frame_time_ms", pa.float64(), "time between frames, or null"),
        column("manufacturer", pa.string(), "maker of the machine, from a fixed list, or other"),
        column("transfer_syntax", pa.string(), "transfer syntax of the source"),
        column("decoder", pa.string(), "decoder that made the pixels"),
    ]
)

# What parts write; `collect` joins, sorts and chains the rows of all parts.
REJECTED_ROWS: pa.Schema = pa.schema(
    [
        column("instance", pa.string(), "keyed digest of the file's path in the archive"),
        column("reason", pa.string(), "reason code"),
        column("detail", pa.string(), "kind of error, without any value of the file"),
    ]
)

# One row for each instance that ingest accepted; what a rejected one has not is null.
LEDGER_ROWS: pa.Schema = pa.schema(
    [
        column("instance", pa.string(), "keyed digest of the file's path in the archive"),
        column("patient", pa.string(), "keyed pseudonym of the patient"),
        column("study", pa.string(), "keyed pseudonym of the study"),
        column("reason", pa.string(), "reason code of a rejected instance; empty if cleaned"),
        column("detail", pa.string(), "kind of error, without any value of the file"),
        column("frames", pa.int32(), "frames that were de-identified; 0 if rejected"),
        column("method", pa.string(), "program, profile and edition of its table"),
        column("tool_version", pa.string(), "version of the program"),
        column("key_id", pa.string(), "which key was used; tells nothing about it"),
        column("decoder", pa.string(), "decoder that made the pixels"),
        column(
            "decoder_version",
            pa.string(),
            "library that decoded and its version; one numbered by the calendar has an r after "
            "its year, so that it is no date",
        ),
        column("sector_basis", pa.string(), "regions (stated in the header) or detected"),
        column("blanked_share", pa.float64(), "mean share of pixels that were made black"),
        column("text_boxes", pa.int32(), "most lines of text painted over in one frame"),
        column("actions", pa.string(), "JSON: times by attribute and action, in the export"),
        column("pixels_sha256", pa.string(), "SHA-256 of the digests of all cleaned frames"),
        column("object_sha256", pa.string(), "SHA-256 of the exported DICOM file, or null"),
    ]
)

CHAIN = column("chain", pa.string(), "keyed digest of the row and of the link before it")
REJECTED: pa.Schema = REJECTED_ROWS.append(CHAIN)
LEDGER: pa.Schema = LEDGER_ROWS.append(CHAIN)

REVIEW: pa.Schema = pa.schema(
    [
        required("instance", pa.string(), "keyed digest of the file's path in the archive"),
        required("frame_index", pa.int32(), "place in the cine, from 0"),
        required(
            "reason",
            pa.string(),
            "uncertain_text: letters or echo, painted over; sector_detected: no stated region "
            "bounds what was kept",
        ),
        required(
            "score",
            pa.float64(),
            "from 0 to 1: of uncertain_text how sure the cleaner is that it is text, of "
            "sector_detected the share of the frame that was kept",
        ),
    ]
)

METHOD = "Insonate: PS3.15 Basic Profile, edition 2026d, and allow-list"
# As in pyproject.toml. Here, because only an edit of the code makes these steps run again.
TOOL_VERSION = "0.1.0"
# Ours, made once from a random number (PS3.5 B.2); it names the program, not the place.
IMPLEMENTATION_CLASS = UID("2.25.48456140880886238063628252771191033814")
IMPLEMENTATION_VERSION = "INSONATE_1"
