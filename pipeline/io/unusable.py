"""Why a file, or its pixels, cannot be used: reason codes that a caller can count, and words."""

# What can be wrong with the pixels of a DICOM file, in words that hold no value of it.
PIXEL_REASONS = {
    "not_dicom": "not DICOM: no mark after a preamble, and no data set from the first byte",
    "unreadable": "the header cannot be read",
    "unreadable_element": "an element is of unknown kind or its value cannot be read",
    "missing_attribute": "an attribute that every image needs is missing or empty",
    "no_pixels": "there is no pixel data",
    "no_decoder": "no installed decoder reads this transfer syntax",
    "unknown_colour": "the photometric interpretation is none that can be decoded",
    "absurd_geometry": "rows, columns, samples, depth or frames cannot be, or are beyond "
    "ingest.max_side or ingest.max_frames",
    "wrong_length": "the pixel data is shorter than rows, columns and frames need",
    "wrong_size": "the compressed image has another size than rows and columns state",
    "frame_count": "there are fewer or more compressed images than frames are stated",
    "truncated": "the file ends within an element or an image",
    "deflate_bomb": "the data set inflates to far more than the file's size",
    "bad_stream": "the pixel data is not of the transfer syntax that is stated",
    "decode_failed": "the decoder refused the image",
}


class UnusableError(Exception):
    """What cannot be used: its reason code, and a detail that holds no value of the file."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason, self.detail = reason, detail


class SourceError(UnusableError):
    """A source that cannot be read; `reason` is a code of `pipeline.ingest.tables.REASONS`."""


class MissingDecoderError(UnusableError):
    """The transfer syntax has a decoder, but its package is not installed."""

    def __init__(self, package: str) -> None:
        super().__init__("no_decoder", f"install {package}")
        self.package = package
