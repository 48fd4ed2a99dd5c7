"""Small DICOM files: an ultrasound screen with a speckled sector below a banner with a name."""

import io
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    RLELossless,
    UltrasoundMultiFrameImageStorage,
)

Frames = npt.NDArray[np.uint8]
HEIGHT, WIDTH = 120, 160
# x0, y0, x1, y1 of the sector; x1 and y1 are exclusive.
SECTOR = (20, 40, 140, 110)
SYNTAXES = (
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    ExplicitVRBigEndian,
    DeflatedExplicitVRLittleEndian,
    RLELossless,
)


def screens(count: int = 2, seed: int = 0, text: str = "MUELLER, ANNA 19620503") -> Frames:
    """Return `count` grey screens `_NHW`: speckle in SECTOR, a burned-in name above it."""
    x0, y0, x1, y1 = SECTOR
    frames = np.zeros((count, HEIGHT, WIDTH), np.uint8)
    rng = np.random.default_rng(seed)
    for frame in frames:
        # Speckle has a grain: neighbours of a real image are never independent.
        grain = cv2.GaussianBlur(rng.normal(size=(y1 - y0, x1 - x0)), (0, 0), 1.6)
        frame[y0:y1, x0:x1] = np.clip(100 + 40 * grain / grain.std(), 20, 230)
        cv2.putText(frame, text, (2, 12), cv2.FONT_HERSHEY_SIMPLEX, 0.32, (255,), 1)
    return frames


def region(box: tuple[int, int, int, int] = SECTOR, **changes: Any) -> Dataset:
    """Return a 2-D region item in centimetres; `box` as in SECTOR."""
    item = Dataset()
    item.RegionSpatialFormat = 1
    item.RegionDataType = 1
    item.RegionLocationMinX0, item.RegionLocationMinY0 = box[:2]
    item.RegionLocationMaxX1, item.RegionLocationMaxY1 = box[2] - 1, box[3] - 1
    item.PhysicalUnitsXDirection = item.PhysicalUnitsYDirection = 3
    item.PhysicalDeltaX, item.PhysicalDeltaY = 0.02, 0.03
    for keyword, value in changes.items():
        setattr(item, keyword, value)
    return item


def nested(inner: Dataset, depth: int) -> Dataset:
    """Return a data set that holds `inner` within so many sequences."""
    for _ in range(depth):
        outer = Dataset()
        outer.SequenceOfUltrasoundRegions = Sequence([inner])
        inner = outer
    return inner


def us_object(frames: Frames | None = None, uid: str = "1.2.3.4", **changes: Any) -> Dataset:
    """Return an ultrasound object with frames `_NHW` or `_NHWC`; None deletes an attribute."""
    shown = screens() if frames is None else frames
    header = Dataset()
    header.SOPClassUID = UltrasoundMultiFrameImageStorage
    header.SOPInstanceUID = uid
    header.StudyInstanceUID, header.SeriesInstanceUID = "1.2.3", "1.2.3.1"
    header.Modality, header.Manufacturer = "US", "Philips Medical Systems"
    header.PatientName, header.PatientID = "Mueller^Anna", "MRN0012345"
    header.PatientBirthDate = header.StudyDate = "19620503"
    header.SequenceOfUltrasoundRegions = Sequence([region()])
    header.Rows, header.Columns = shown.shape[1:3]
    header.NumberOfFrames = len(shown)
    header.SamplesPerPixel = 1 if shown.ndim == 3 else 3
    header.PhotometricInterpretation = "MONOCHROME2" if shown.ndim == 3 else "RGB"
    if shown.ndim == 4:
        header.PlanarConfiguration = 0
    header.BitsAllocated = header.BitsStored = 8
    header.HighBit, header.PixelRepresentation = 7, 0
    header.PixelData = shown.tobytes()
    for keyword, value in changes.items():
        setattr(header, keyword, value)
    for keyword in [name for name, value in changes.items() if value is None]:
        delattr(header, keyword)
    return header


def encode(header: Dataset, syntax: UID = ExplicitVRLittleEndian) -> bytes:
    """Return a DICOM file (PS3.10 7) in the given transfer syntax."""
    header.file_meta = FileMetaDataset()
    header.file_meta.TransferSyntaxUID = syntax
    header.file_meta.MediaStorageSOPClassUID = header.get("SOPClassUID", "1.2")
    header.file_meta.MediaStorageSOPInstanceUID = header.get("SOPInstanceUID", "1.2")
    if syntax == RLELossless:
        header.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        header.compress(RLELossless)
    else:
        if "PixelData" in header:
            header["PixelData"].VR = "OW" if syntax == ImplicitVRLittleEndian else "OB"
        header.file_meta.TransferSyntaxUID = syntax
    buffer = io.BytesIO()
    header.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def write_object(path: Path, header: Dataset, syntax: UID = ExplicitVRLittleEndian) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode(header, syntax))
    return path


def write_archive(raw: Path, patients: int = 3) -> None:
    """Write one cine and one still of each patient, in folders that name them."""
    for number in range(patients):
        name = f"Mueller{'abcdefghij'[number]}^Anna"
        shared = {
            "PatientName": name,
            "PatientID": f"MRN001234{number}",
            "StudyInstanceUID": f"1.2.3.{number}",
            "SeriesInstanceUID": f"1.2.3.{number}.1",
        }
        folder = raw / name.replace("^", "_")
        for kind, frames in (("cine", 3), ("still", 1)):
            uid = f"1.2.3.{number}.1.{frames}"
            header = us_object(screens(frames, seed=10 * number + frames), uid=uid, **shared)
            write_object(folder / f"{kind}.dcm", header, SYNTAXES[number % len(SYNTAXES)])
