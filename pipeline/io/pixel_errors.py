"""Why the pixels of a DICOM object cannot be used: reason codes that a caller can count."""

from typing import Literal

Reason = Literal[
    "not_dicom",  # no preamble, or no transfer syntax
    "unreadable",  # an element that is needed cannot be parsed
    "missing_attribute",  # an attribute that describes the pixels is absent
    "no_pixels",  # no Pixel Data element
    "no_decoder",  # a transfer syntax without a decoder, or whose package is not installed
    "unsupported",  # a combination of attributes that no ultrasound object has
    "unknown_colour",  # a photometric interpretation that is none of PS3.3 C.7.6.3.1.2
    "absurd_geometry",  # a size that no machine writes
    "wrong_length",  # less pixel data than the header promises
    "wrong_size",  # a frame's own header states other dimensions than Rows and Columns
    "frame_count",  # fewer or more encoded frames than Number of Frames states
    "truncated",  # the file, a fragment or a frame ends too early
    "inflates_too_far",  # a deflated data set that grows beyond any image's ratio
    "bad_stream",  # a frame that is not of its transfer syntax
    "decode_failed",  # the decoder itself refused the frame
]


class PixelError(Exception):
    """The pixels cannot be used: a reason code and a detail that holds no value of the file."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason, self.detail = reason, detail


class MissingDecoderError(PixelError):
    """The transfer syntax has a decoder, but its package is not installed."""

    def __init__(self, package: str) -> None:
        super().__init__("no_decoder", f"install {package}")
        self.package = package
