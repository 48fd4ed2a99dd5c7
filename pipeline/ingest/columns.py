"""The columns of an instance: pseudonyms, and typed values from fixed lists or ranges."""

from typing import Any

from pydicom.dataset import Dataset

from pipeline.ingest.fate import Accepted
from pipeline.ingest.machines import maker, model, probe
from pipeline.ingest.regions import region_columns
from pipeline.io.attributes import text
from pipeline.io.keys import pseudonym
from pipeline.io.syntaxes import is_lossy
from pipeline.io.unusable import UnusableError

# What a clinical scanner can mean; anything else is a mistake, and leaves as null.
FRAME_TIMES_MS = (0.1, 10_000.0)
DEPTHS_MM = (1.0, 500.0)
HEART_RATES = (10.0, 400.0)
COLOUR_FLOW = 2  # Region Data Type, PS3.3 C.8.5.5.1.2


def patient_of(key: bytes, header: Dataset) -> str:
    """Return the patient's pseudonym, from (PatientID, IssuerOfPatientID).

    Without a patient id the study stands for the patient: two studies are then two patients,
    rather than all nameless patients one.
    """
    patient = text(header, "PatientID").strip()
    if patient:
        return pseudonym(key, "patient", patient, text(header, "IssuerOfPatientID").strip())
    return pseudonym(key, "nameless", text(header, "StudyInstanceUID"))


def instance_columns(key: bytes, image: Accepted, partitions: int) -> dict[str, Any]:
    """Return the columns of an instance that come from its header."""
    header, size = image.header, image.size
    patient, regions = patient_of(key, header), region_columns(header)
    return {
        "patient": patient,
        "study": pseudonym(key, "study", text(header, "StudyInstanceUID")),
        "series": pseudonym(key, "series", text(header, "SeriesInstanceUID")),
        "partition": int(patient, 16) % partitions,
        "sop_class": image.sop_class,
        "transfer_syntax": str(image.syntax),
        "photometric": text(header, "PhotometricInterpretation"),
        "rows": size.rows,
        "columns": size.columns,
        "frames": size.frames,
        "samples": size.samples,
        "frame_time_ms": _frame_time(header),
        "depth_mm": _number(header, "DepthOfScanField", DEPTHS_MM),
        "heart_rate_bpm": _number(header, "HeartRate", HEART_RATES),
        "manufacturer": maker(_optional(header, "Manufacturer")),
        "model": model(_optional(header, "ManufacturerModelName")),
        "probe_type": probe(_optional(header, "TransducerType")),
        "colour_flow": any(region["data_type"] == COLOUR_FLOW for region in regions),
        "lossy": is_lossy(image.syntax, _optional(header, "LossyImageCompression")),
        "regions": regions,
    }


def _optional(header: Dataset, name: str) -> str:
    """Return an attribute's text; an image is worth more than an attribute that is damaged."""
    try:
        return text(header, name)
    except UnusableError:
        return ""


def _number(header: Dataset, name: str, valid: tuple[float, float]) -> float | None:
    try:
        number = float(_optional(header, name))
    except ValueError:
        return None
    return number if valid[0] <= number <= valid[1] else None


def _frame_time(header: Dataset) -> float | None:
    """Return the time between frames in ms, as stated or from the cine rate (PS3.3 C.7.6.5)."""
    stated = _number(header, "FrameTime", FRAME_TIMES_MS)
    rate = _number(header, "CineRate", (1000 / FRAME_TIMES_MS[1], 1000 / FRAME_TIMES_MS[0]))
    return stated if stated is not None or rate is None else 1000 / rate
