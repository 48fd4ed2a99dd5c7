"""The contracts of the ingest phase's tables. They hold no path, UID, date or free text."""

import pyarrow as pa

from pipeline.io.tables import column
from pipeline.io.unusable import PIXEL_REASONS

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
        column("samples", pa.int32(), "samples of a pixel as stored: 1 grey or palette, 3 colour"),
        column(
            "frame_time_ms", pa.float64(), "time between frames, stated or from the rate, or null"
        ),
        column("depth_mm", pa.float64(), "depth of the scan field (0018,5050), or null"),
        column("heart_rate_bpm", pa.float64(), "heart rate (0018,1088), or null"),
        column("manufacturer", pa.string(), "maker of the machine, from a fixed list, or other"),
        column("model", pa.string(), "the machine's model, from a fixed list, or other"),
        column("probe_type", pa.string(), "transducer type, a defined term, or other"),
        column("colour_flow", pa.bool_(), "a region is stated to show colour flow"),
        column(
            "lossy",
            pa.bool_(),
            "the header states lossy compression (0028,2110), or the transfer syntax is never "
            "without loss (JPEG baseline or extended, JPEG-LS near-lossless, JPEG XL of a JPEG, "
            "video), or it allows loss (JPEG 2000, HTJ2K, JPEG XL) and the header does not say 00",
        ),
    ]
)

# One row for each item of the Sequence of Ultrasound Regions (PS3.3 C.8.5.5) of each instance.
REGIONS: pa.Schema = pa.schema(
    [
        column("instance", pa.string(), "keyed digest of the file's path in the archive"),
        column("region", pa.int32(), "place in the sequence, from 0"),
        column(
            "placement",
            pa.string(),
            "inside the image; clamped, of which one pixel lay outside; out_of_frame, of another "
            "image; or no_area",
        ),
        column("x0", pa.int32(), "left edge in pixels, inclusive; null unless inside or clamped"),
        column("y0", pa.int32(), "top edge in pixels, inclusive; null likewise"),
        column("x1", pa.int32(), "right edge in pixels, exclusive; null likewise"),
        column("y1", pa.int32(), "bottom edge in pixels, exclusive; null likewise"),
        column("spatial_format", pa.int32(), "(0018,6012): 1 is two-dimensional tissue or flow"),
        column("data_type", pa.int32(), "(0018,6014): 1 tissue, 2 colour flow, 3 spectral Doppler"),
        column("flags", pa.int32(), "(0018,6016), as stated"),
        column("units_x", pa.int32(), "(0018,6024): 3 is centimetres"),
        column("delta_x", pa.float64(), "(0018,602C): signed, per pixel, in `units_x`"),
        column("reference_pixel_x", pa.int32(), "(0018,6020): from the region's own corner"),
        column("reference_value_x", pa.float64(), "(0018,6028): in `units_x`"),
        column("units_y", pa.int32(), "(0018,6026): 3 is centimetres"),
        column("delta_y", pa.float64(), "(0018,602E): signed, per pixel, in `units_y`"),
        column("reference_pixel_y", pa.int32(), "(0018,6022): from the region's own corner"),
        column("reference_value_y", pa.float64(), "(0018,602A): in `units_y`"),
        column("mm_per_px_y", pa.float64(), "spacing down the region; null unless in centimetres"),
        column("mm_per_px_x", pa.float64(), "spacing across it; null unless in centimetres"),
        column("depth_mm", pa.float64(), "height of the region; null without edges or spacing"),
        column("transducer_frequency_khz", pa.float64(), "(0018,6030), or null"),
    ]
)

QUARANTINE: pa.Schema = pa.schema(
    [
        column("instance", pa.string(), "keyed digest of the file's path in the archive"),
        column("source_sha256", pa.string(), "SHA-256 of the file's bytes; empty if unreadable"),
        column("source_bytes", pa.int64(), "size of the file"),
        column("reason", pa.string(), "reason code"),
        column("detail", pa.string(), "the reason in words, without any value of the file"),
        column("twin", pa.string(), "of a duplicate, the instance that it repeats; else empty"),
    ]
)

# What a scan keeps of each file until all are read: which of some equal files is used is known only
# then. Nothing here that the other tables do not hold, but two digests.
FILES: pa.Schema = pa.schema(
    [
        *QUARANTINE,
        *(field for field in INSTANCES if field.name not in QUARANTINE.names),
        column("pixels", pa.string(), "SHA-256 of the stored pixels and how they are to be read"),
        column("object", pa.string(), "keyed pseudonym of the object's UID"),
        column(
            "regions",
            pa.list_(pa.struct([field for field in REGIONS if field.name != "instance"])),
            "what REGIONS tells of each",
        ),
    ]
)

# What can be wrong with a file, in words that hold no value of it.
REASONS = PIXEL_REASONS | {
    "empty_file": "the file has no bytes",
    "file_error": "the operating system cannot read the file, or it is no regular file",
    "vanished": "the file was gone before it was read",
    "changed": "the file changed while it was read",
    "link": "a link whose target is read under another name, or is not there",
    "archive": "a zip or tar file, whose members are listed each on its own",
    "corrupt_archive": "a zip or tar file that is damaged; members that could be found are listed",
    "archive_bomb": "a zip or tar file, or a member, that unpacks to far more than its size",
    "nested_archive": "a zip or tar file within another; unpack the outer one",
    "encrypted_member": "a member of a zip file that needs a password",
    "unreadable_member": "a member of a zip or tar file is damaged or packed in an unknown way",
    "too_large": "a member of a packed archive, not by deflate, is larger than memory should hold",
    "compressed": "a compressed file that is no zip or tar; unpack it",
    "dicomdir": "a directory of other files, not an image",
    "structured_report": "a structured report, not an image",
    "encapsulated_document": "a document such as a PDF, not an image",
    "secondary_capture": "a saved screen; see ingest.secondary_capture",
    "private_sop_class": "the SOP class is a maker's own",
    "not_ultrasound": "the SOP class is not ultrasound image or ultrasound multi-frame image",
    "too_deep": "sequences are nested too deep",
    "broken_structure": "elements, items and fragments do not fit into each other",
    "wrong_offsets": "the table of the frames' places in the pixel data is wrong",
    "duplicate": "the same bytes as another file of the archive",
    "duplicate_pixels": "the same stored pixels as another file of the archive",
    "duplicate_uid": "another file of the archive has the same object UID and other pixels",
}
