"""Files to measure with, made from the ultrasound objects that pydicom and pydicom-data ship."""

from pathlib import Path

from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.encaps import encapsulate, generate_frames
from pydicom.uid import generate_uid

from tests.deidentify.plant_header import Person
from tests.deidentify.planter import planted_object
from tests.dicom_files import screens, us_object, write_object

CINE = "color3d_jpeg_baseline.dcm"  # 120 frames of 480 x 640, JPEG baseline


def write_cine(folder: Path, frames: int) -> None:
    """Write a cine of so many frames: pydicom-data's, from its beginning again and again."""
    dataset = dcmread(str(get_testdata_file(CINE)))
    own = list(generate_frames(dataset.PixelData, number_of_frames=int(dataset.NumberOfFrames)))
    dataset.PixelData = encapsulate([own[index % len(own)] for index in range(frames)])
    dataset.NumberOfFrames = frames
    folder.mkdir(parents=True)
    dataset.save_as(folder / "cine.dcm")


def frame_counts(files: list[Path]) -> list[int]:
    """Return the number of frames of each file."""
    headers = (dcmread(path, specific_tags=["NumberOfFrames"]) for path in files)
    return [int(header.get("NumberOfFrames") or 1) for header in headers]


def write_archive(folder: Path, files: int) -> None:
    """Write so many stills of 320 x 240 RGB pixels, none of which has the pixels of another."""
    dataset = planted_object("rgb_color", Person(0, 0), 0)
    pixels = bytearray(dataset.PixelData)
    for number in range(files):
        pixels[:4] = number.to_bytes(4, "little")
        dataset.PixelData = bytes(pixels)
        dataset.SOPInstanceUID = generate_uid(entropy_srcs=[str(number)])
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        path = folder / f"{number // 100:03d}" / f"{number:05d}.dcm"
        path.parent.mkdir(parents=True, exist_ok=True)
        dataset.save_as(path, enforce_file_format=False)


def write_patients(folder: Path, files: int) -> None:
    """Write so many small stills, each with a banner, twenty of each patient in four studies."""
    for number in range(files):
        patient, study = number // 20, number // 5
        name = f"MUELLER{patient:06d}"
        shown = screens(1, seed=number, text=f"{name} 1962{study:06d}")
        header = us_object(
            shown,
            uid=f"1.2.3.{patient}.{study}.1.{number}",
            StudyInstanceUID=f"1.2.3.{patient}.{study}",
            SeriesInstanceUID=f"1.2.3.{patient}.{study}.1",
            PatientName=f"{name}^Anna",
            PatientID=f"MRN{patient:07d}",
            AccessionNumber=f"ACC{study:08d}",
        )
        write_object(folder / f"{name}_Anna" / str(study) / f"{number:07d}.dcm", header)
