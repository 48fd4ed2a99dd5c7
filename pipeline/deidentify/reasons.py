"""Why an instance that ingest accepted is not cleaned, by the codes of the table of rejections."""

from pipeline.io.unusable import PIXEL_REASONS

REJECTIONS = PIXEL_REASONS | {
    "excluded": "the study's params exclude the instance",
    "vanished": "the file was gone before it was read",
    "changed": "the file is not the one that ingest read",
    "unreadable_member": "a member of a zip or tar file is damaged or packed in an unknown way",
    "no_frames": "there is no frame",
    "no_sector": "no ultrasound sector was found",
    "pixel_description": "the cleaned header says something else of the pixels than the file's",
    "pixel_stream": "an encoded image has a structure that cannot be called clean",
    "too_long": "uncompressed pixels are longer than a DICOM file can hold",
}
