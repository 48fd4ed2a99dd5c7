"""Write a corpus of real ultrasound objects in which a word is hidden in 240 kinds of place.

The images are pydicom's own: RGB, a JPEG cine of 30 frames, a palette, and JPEG 2000. Run as
`python -m tests.deidentify.planter OUT --patients 20` it writes 300 files, always the same.
"""

import argparse
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image as Pillow
from pydicom import dcmread, examples
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate, generate_frames
from pydicom.sequence import Sequence
from pydicom.uid import UID

from tests.deidentify.places import planted_uid, token
from tests.deidentify.plant_header import Person, plant_header
from tests.dicom_files import region

# Which character set an object's name needs goes with its kind of image.
KINDS = {
    "rgb_color": "name_in_utf_8",
    "ybr_color": "name_in_latin_1",
    "palette_color": "name_in_japanese",
    "jpeg2k": "name_in_korean",
}
# The kinds take turns in this order: of six objects two are RGB stills and two are cines.
TURNS = ("rgb_color", "ybr_color", "palette_color", "jpeg2k", "rgb_color", "ybr_color")
BANNER_ROWS = 28
# x0, y0, x1, y1 of the region that the header states, in each kind's own frame.
REGIONS = {
    "rgb_color": (20, 40, 300, 230),
    "ybr_color": (20, 40, 300, 230),
    "palette_color": (120, 60, 780, 340),
    "jpeg2k": (40, 60, 600, 460),
}
# Where text is written within the region: left end of the base line.
IN_REGION = (60, 120)
Pixels = npt.NDArray[np.uint8]


def burn(frame: Pixels, person: Person) -> None:
    """Write a banner above the region, and the patient's id within it, into `frame_HWC`."""
    frame[:BANNER_ROWS] = 0
    banner = f"{token('patient_id', person.patient)} {person.born:%d.%m.%Y}"
    font, white = cv2.FONT_HERSHEY_SIMPLEX, (255, 255, 255)
    cv2.putText(frame, banner, (4, 18), font, 0.5, white)
    cv2.putText(frame, token("patient_id", person.patient), IN_REGION, font, 0.5, white)


def planted_object(kind: str, person: Person, number: int) -> FileDataset:
    """Return one object of a person's study, with words in every place that its kind has."""
    dataset = dcmread(examples.get_path(kind))
    dataset.SequenceOfUltrasoundRegions = Sequence([region(REGIONS[kind])])
    plant_header(dataset, person, KINDS[kind])
    patient = person.patient
    dataset.SOPInstanceUID = planted_uid("instance_uid", patient, person.study, number)
    dataset.InstanceNumber, dataset.SeriesNumber = number, 1
    _plant_pixels(dataset, kind, person, number)
    _plant_meta(dataset, patient)
    return dataset


def _plant_pixels(dataset: Dataset, kind: str, person: Person, number: int) -> None:
    patient = person.patient
    # No two objects hold the same pixels: ingest would use the first of them only.
    serial = f" {person.study}.{number}"
    if kind == "ybr_color":
        frames = [_jpeg(content, person, serial) for content in _frames(dataset)]
        frames[-1] += token("bytes_after_frame", patient).encode().ljust(10, b"\0")
        dataset.PixelData = encapsulate(frames)
    elif kind == "jpeg2k":
        (content,) = _frames(dataset)
        segment = b"\x00\x01" + (token("j2k_comment", patient) + serial).encode()
        dataset.PixelData = encapsulate(
            [_with_segment(content, b"\xff\x64", segment, _siz_end(content))]
        )
    else:
        if kind == "rgb_color":
            shape = dataset.Rows, dataset.Columns, 3
            pixels = np.frombuffer(dataset.PixelData, np.uint8).reshape(shape).copy()
            burn(pixels, person)
            dataset.PixelData = pixels.tobytes()
        dataset.PixelData = _numbered(dataset, kind, (patient, person.study, number))
        word = token("bytes_after_pixels", patient) + token("banner_in_bytes", patient)
        dataset.PixelData += word.encode().ljust(20)
    dataset["PixelData"].VR = "OB"


def _numbered(dataset: Dataset, kind: str, numbers: tuple[int, ...]) -> bytes:
    """Return uncompressed pixels with numbers in some samples of the region."""
    x0, y0, _, _ = REGIONS[kind]
    samples = bytearray(dataset.PixelData)
    start = ((y0 + 2) * dataset.Columns + x0 + 2) * dataset.SamplesPerPixel
    samples[start : start + len(numbers)] = bytes(numbers)
    return bytes(samples)


def _frames(dataset: Dataset) -> Iterator[bytes]:
    count = int(dataset.get("NumberOfFrames") or 1)
    return generate_frames(dataset.PixelData, number_of_frames=count)


def _jpeg(content: bytes, person: Person, serial: str) -> bytes:
    """Return a JPEG frame with burned-in text, a comment and an application segment."""
    frame = np.array(Pillow.open(io.BytesIO(content)).convert("RGB"))
    burn(frame, person)
    buffer = io.BytesIO()
    Pillow.fromarray(frame).save(buffer, "JPEG", quality=90, subsampling=1)
    encoded = buffer.getvalue()
    comment = (token("jpeg_comment", person.patient) + serial).encode()
    encoded = _with_segment(encoded, b"\xff\xfe", comment, 2)
    return _with_segment(encoded, b"\xff\xe1", token("jpeg_app1", person.patient).encode(), 2)


def _with_segment(content: bytes, marker: bytes, segment: bytes, place: int) -> bytes:
    length = (len(segment) + 2).to_bytes(2, "big")
    return content[:place] + marker + length + segment + content[place:]


def _siz_end(content: bytes) -> int:
    """Return where the first segment of a JPEG 2000 code stream ends (ISO 15444-1 A.5.1)."""
    return 4 + int.from_bytes(content[4:6], "big")


def _plant_meta(dataset: FileDataset, patient: int) -> None:
    meta = FileMetaDataset()
    syntax: Any = UID(dataset.file_meta.TransferSyntaxUID)  # pydicom's own types disagree
    meta.TransferSyntaxUID = syntax
    meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    meta.ImplementationVersionName = token("meta_implementation_version", patient)
    meta.SourceApplicationEntityTitle = token("meta_source_title", patient)
    meta.SendingApplicationEntityTitle = token("meta_sending_title", patient)
    meta.ReceivingApplicationEntityTitle = token("meta_receiving_title", patient)
    meta.PrivateInformationCreatorUID = UID(planted_uid("meta_private_information", patient))
    meta.PrivateInformation = token("meta_private_information", patient).encode().ljust(10)
    dataset.file_meta = meta
    dataset.preamble = token("preamble", patient).encode().ljust(128, b"\0")


def encoded(dataset: FileDataset) -> bytes:
    """Return the object as a file."""
    buffer = io.BytesIO()
    dataset.save_as(buffer, enforce_file_format=False)
    return buffer.getvalue()


def write_corpus(folder: Path, patients: int, studies: int = 3, instances: int = 5) -> int:
    """Write `patients` x `studies` x `instances` files; return how many. The kinds take turns."""
    count = 0
    for patient in range(patients):
        for study in range(studies):
            here = folder / token("folder_name", patient) / f"study {study}"
            here.mkdir(parents=True, exist_ok=True)
            for number in range(instances):
                dataset = planted_object(TURNS[count % len(TURNS)], Person(patient, study), number)
                path = here / f"{token('file_name', patient)}_{number}.dcm"
                path.write_bytes(encoded(dataset))
                count += 1
    return count


def main() -> None:
    """Write the corpus that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--patients", type=int, default=20)
    parser.add_argument("--studies", type=int, default=3)
    parser.add_argument("--instances", type=int, default=5)
    chosen = parser.parse_args()
    print(write_corpus(chosen.folder, chosen.patients, chosen.studies, chosen.instances), "files")


if __name__ == "__main__":
    main()
