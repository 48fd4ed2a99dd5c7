"""Pixel data in the transfer syntax of the machine."""

import cv2
import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, ExplicitVRLittleEndian, JPEG2000Lossless, JPEGBaseline8Bit, RLELossless

from pipeline.simulate.machines import Machine

Frames = npt.NDArray[np.uint8]
JPEG_QUALITY = 92


def add_pixels(header: Dataset, frames_NHWC: Frames, machine: Machine) -> None:
    """Store RGB frames in `header` as the machine does: grey or colour, plain or compressed."""
    _describe(header, frames_NHWC, machine)
    if machine.transfer_syntax == JPEGBaseline8Bit:
        header.PixelData = encapsulate([_jpeg(frame_HWC) for frame_HWC in frames_NHWC])
        header["PixelData"].VR = "OB"
        header.LossyImageCompression = "01"
        header.LossyImageCompressionMethod = "ISO_10918_1"
        return
    stored = frames_NHWC[..., 1] if machine.photometric == "MONOCHROME2" else frames_NHWC
    content = stored.tobytes()
    header.PixelData = content + b"\0" * (len(content) % 2)
    header["PixelData"].VR = "OW" if header.file_meta.TransferSyntaxUID.is_implicit_VR else "OB"
    if machine.transfer_syntax in (RLELossless, JPEG2000Lossless):
        _compress(header, machine.transfer_syntax)


def _compress(header: Dataset, syntax: UID) -> None:
    """Compress plain pixels. The named plugins are the fast ones of those installed."""
    header.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    plugin = "gdcm" if syntax == RLELossless else "pylibjpeg"
    header.compress(syntax, encoding_plugin=plugin, generate_instance_uid=False)


def _describe(header: Dataset, frames_NHWC: Frames, machine: Machine) -> None:
    header.Rows, header.Columns = frames_NHWC.shape[1:3]
    header.SamplesPerPixel = 1 if machine.photometric == "MONOCHROME2" else 3
    if header.SamplesPerPixel == 3:
        header.PlanarConfiguration = 0
    header.PhotometricInterpretation = machine.photometric
    header.BitsAllocated = 8
    header.BitsStored = 8
    header.HighBit = 7
    header.PixelRepresentation = 0


def _jpeg(frame_HWC: Frames) -> bytes:
    """Return a baseline JPEG with the chroma of YBR_FULL_422: half as many columns."""
    options = [
        cv2.IMWRITE_JPEG_QUALITY,
        JPEG_QUALITY,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR_422,
    ]
    done, buffer = cv2.imencode(".jpg", cv2.cvtColor(frame_HWC, cv2.COLOR_RGB2BGR), options)
    if not done:
        raise ValueError(f"cannot encode a frame of shape {frame_HWC.shape} as JPEG")
    return buffer.tobytes()
