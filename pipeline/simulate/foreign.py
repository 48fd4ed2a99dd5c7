"""Files of a real archive that the simulator does not draw: real objects, and bad ones."""

from pathlib import Path

from pydicom.data import get_testdata_file
from pydicom.uid import UID, ExplicitVRLittleEndian

from pipeline.simulate.headers import make_header
from pipeline.simulate.objects import dicom_bytes
from pipeline.simulate.plan import Instance
from pipeline.simulate.screen import Screen

# The ultrasound objects inside the pydicom package: JPEG baseline cine, JPEG 2000, RGB, palette,
# big endian.
REAL_OBJECTS = (
    "examples_ybr_color.dcm",
    "examples_jpeg2k.dcm",
    "examples_rgb_color.dcm",
    "examples_palette.dcm",
    "ExplVR_BigEnd.dcm",
)
REAL_FOLDER = "Schenkung Altarchiv"
BAD_FOLDER = "Eingangskorb"


def _packaged(name: str) -> bytes:
    """Return a file that the pydicom package ships, without looking on the network."""
    path = get_testdata_file(name, download=False)
    if path is None:
        raise FileNotFoundError(f"the installed pydicom package lacks {name}")
    return Path(str(path)).read_bytes()


def real_objects() -> dict[str, bytes]:
    """Return {relative path: bytes} of the real ultrasound objects, byte for byte."""
    return {f"{REAL_FOLDER}/{name}": _packaged(name) for name in REAL_OBJECTS}


def bad_files(example: Instance, example_bytes: bytes, screen: Screen) -> dict[str, bytes]:
    """Return {relative path: bytes} of files that ingest must quarantine or recognise.

    One of each: text named .dcm, cut-off object, empty file, CT image, structured report,
    ultrasound object without pixels; and a second copy of a good object.
    """
    person = example.study.person
    header = make_header(example, screen)
    header.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    header.SOPInstanceUID = header.file_meta.MediaStorageSOPInstanceUID = UID(f"{example.uid}.2")
    return {
        f"{BAD_FOLDER}/Liste {person.family}.dcm": f"Export {person.family}\n".encode() * 40,
        f"{BAD_FOLDER}/abgebrochen.dcm": example_bytes[: len(example_bytes) * 6 // 10],
        f"{BAD_FOLDER}/leer.dcm": b"",
        f"{BAD_FOLDER}/CT_small.dcm": _packaged("CT_small.dcm"),
        f"{BAD_FOLDER}/befund.dcm": _packaged("test-SR.dcm"),
        f"{BAD_FOLDER}/ohne bild.dcm": dicom_bytes(header),
        f"{BAD_FOLDER}/Kopie {person.family}.dcm": example_bytes,
    }
