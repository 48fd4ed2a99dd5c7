"""What kind of object a file holds: only planar ultrasound images go on."""

import re

from pydicom.dataset import Dataset

from pipeline.ingest.params import IngestParams
from pipeline.io.attributes import text
from pipeline.io.unusable import UnusableError

STANDARD_ROOT = "1.2.840.10008."
STORAGE = f"{STANDARD_ROOT}5.1.4.1.1."
# PS3.4 B.5 and its retired predecessors.
ULTRASOUND = {
    f"{STORAGE}6": "Ultrasound Image (retired)",
    f"{STORAGE}6.1": "Ultrasound Image",
    f"{STORAGE}3": "Ultrasound Multi-frame Image (retired)",
    f"{STORAGE}3.1": "Ultrasound Multi-frame Image",
}
SECONDARY_CAPTURE = {
    f"{STORAGE}7": "Secondary Capture Image",
    f"{STORAGE}7.2": "Multi-frame Grayscale Byte Secondary Capture Image",
    f"{STORAGE}7.3": "Multi-frame Grayscale Word Secondary Capture Image",
    f"{STORAGE}7.4": "Multi-frame True Color Secondary Capture Image",
}
DICOMDIR = f"{STANDARD_ROOT}1.3.10"
STRUCTURED_REPORTS = f"{STORAGE}88."
ENCAPSULATED_DOCUMENTS = f"{STORAGE}104."
UID_FORM = re.compile(r"[0-9]+(\.[0-9]+)+")


def check_kind(sop_class: str, header: Dataset, params: IngestParams) -> None:
    """Raise UnusableError unless the SOP class is that of a planar ultrasound image.

    A secondary capture is accepted when `params.secondary_capture` says so and its modality is US.
    """
    if sop_class in ULTRASOUND:
        return
    if sop_class in SECONDARY_CAPTURE:
        if params.secondary_capture == "accept" and text(header, "Modality") == "US":
            return
        raise UnusableError("secondary_capture")
    if sop_class == DICOMDIR:
        raise UnusableError("dicomdir")
    if sop_class.startswith(STRUCTURED_REPORTS):
        raise UnusableError("structured_report")
    if sop_class.startswith(ENCAPSULATED_DOCUMENTS):
        raise UnusableError("encapsulated_document")
    if UID_FORM.fullmatch(sop_class) and not sop_class.startswith(STANDARD_ROOT):
        raise UnusableError("private_sop_class")
    raise UnusableError("not_ultrasound", "" if sop_class else "it states no SOP class")
