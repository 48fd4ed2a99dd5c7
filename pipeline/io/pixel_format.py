"""What a header says of its pixels (PS3.3 C.7.6.3), checked for sense."""

from dataclasses import dataclass

from pydicom.dataset import Dataset

from pipeline.io.attributes import needed, value, whole
from pipeline.io.unusable import UnusableError

# What decodes to grey or RGB, with the samples of a pixel (PS3.3 C.7.6.3.1.2). A component
# transform (RCT, ICT) is undone by the decoder.
PHOTOMETRIC = {
    "MONOCHROME1": 1, "MONOCHROME2": 1, "PALETTE COLOR": 1, "RGB": 3, "YBR_FULL": 3,
    "YBR_FULL_422": 3, "YBR_PARTIAL_420": 3, "YBR_PARTIAL_422": 3, "YBR_ICT": 3, "YBR_RCT": 3,
}  # fmt: skip
# Uncompressed, chroma is stored once for every two pixels.
SUBSAMPLED = ("YBR_FULL_422", "YBR_PARTIAL_422")
# A frame of 8192 x 8192 grey or 4096 x 4096 colour pixels: beyond any ultrasound machine, and
# still harmless to hold once.
MAX_SAMPLES_PER_FRAME = 1 << 26


@dataclass(frozen=True)
class PixelFormat:
    """The Image Pixel Module's attributes."""

    rows: int
    columns: int
    samples: int
    bits_allocated: int
    bits_stored: int
    high_bit: int
    photometric: str
    planar: bool
    signed: bool
    frames: int

    @property
    def unused_low_bits(self) -> int:
        """How many bits lie below a sample in the bits that are allocated (PS3.5 8.1.1)."""
        return self.high_bit + 1 - self.bits_stored

    def stored_samples(self, held: int) -> int:
        """Return the samples stored per pixel when uncompressed pixel data has `held` bytes.

        Two where chroma is halved; some files state halved chroma and store it whole, which their
        length tells.
        """
        whole_bytes = self.rows * self.columns * self.samples * self.bits_allocated // 8
        if self.photometric in SUBSAMPLED and held < whole_bytes * self.frames:
            return 2
        return self.samples

    def frame_bytes(self, held: int) -> int:
        """Return the bytes of one frame when uncompressed pixel data has `held` bytes.

        Raises UnusableError when it holds less than all frames need.
        """
        size = self.rows * self.columns * self.stored_samples(held) * self.bits_allocated // 8
        if held < size * self.frames:
            raise UnusableError("wrong_length")
        return size


def read_format(header: Dataset) -> PixelFormat:
    """Return what a header says of its pixels. Raises UnusableError for what cannot be."""
    photometric = needed(header, "PhotometricInterpretation")
    allocated = whole(header, "BitsAllocated")
    stored = whole(header, "BitsStored", otherwise=allocated)
    high_bit = whole(header, "HighBit", otherwise=stored - 1)
    found = PixelFormat(
        rows=whole(header, "Rows"),
        columns=whole(header, "Columns"),
        samples=whole(header, "SamplesPerPixel"),
        bits_allocated=allocated,
        bits_stored=stored,
        # A place where the bits cannot lie says nothing: such a file is read as most are.
        high_bit=high_bit if stored - 1 <= high_bit < allocated else stored - 1,
        photometric=photometric,
        planar=value(header, "PlanarConfiguration") == 1,
        signed=value(header, "PixelRepresentation") == 1,
        frames=whole(header, "NumberOfFrames", otherwise=1),
    )
    if photometric not in PHOTOMETRIC:
        raise UnusableError("unknown_colour")
    sensible = {
        "Rows": found.rows >= 1,
        "Columns": found.columns >= 1,
        "Rows and Columns": found.rows * found.columns * found.samples <= MAX_SAMPLES_PER_FRAME,
        "NumberOfFrames": found.frames >= 1,
        "SamplesPerPixel": found.samples == PHOTOMETRIC[photometric],
        "BitsAllocated": allocated in (8, 16),
        "BitsStored": 1 <= found.bits_stored <= allocated,
    }
    for name, is_sensible in sensible.items():
        if not is_sensible:
            raise UnusableError("absurd_geometry", name)
    return found
