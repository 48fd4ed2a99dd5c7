"""The image attributes of a data set whose pixels are cleaned frames of 8 bits (PS3.3 C.7.6.3)."""

from pydicom.dataset import Dataset
from pydicom.tag import Tag
from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    UID,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLSNearLossless,
)

from pipeline.deidentify.profile.elements import make
from pipeline.io.images import Image
from pipeline.io.syntaxes import HEVC, JPEG_XL_LOSSY, MPEG2, MPEG4, is_lossy
from pipeline.io.unusable import UnusableError

# Transfer syntaxes that allow loss, and the defined term of their method (PS3.3 C.7.6.1.1.5.1).
LOSSY_METHODS: dict[UID, str] = {
    JPEGBaseline8Bit: "ISO_10918_1",
    JPEGExtended12Bit: "ISO_10918_1",
    JPEGLSNearLossless: "ISO_14495_1",
    JPEG2000: "ISO_15444_1",
    HTJ2K: "ISO_15444_15",
    **dict.fromkeys(MPEG2, "ISO_13818_2"),
    **dict.fromkeys(MPEG4, "ISO_14496_10"),
    **dict.fromkeys(HEVC, "ISO_23008_2"),
    **dict.fromkeys(JPEG_XL_LOSSY, "ISO_18181_1"),
}
# Smallest and largest values, palettes and the ways to make them: they are about other samples.
OF_OTHER_SAMPLES = frozenset({
    *range(0x00280106, 0x0028010A), *range(0x00280110, 0x00280112),
    *range(0x00281101, 0x00281105), 0x00281199, *range(0x00281201, 0x00281205),
    *range(0x00281221, 0x00281225),
})  # fmt: skip
# Paddings, rescaling, windows and their tables: they are about other grey levels.
OF_OTHER_LEVELS = frozenset({
    0x00280120, 0x00280121, *range(0x00281050, 0x00281057), 0x00283000, 0x00283010,
})  # fmt: skip
GREYS_KEPT = ("MONOCHROME2", 8, 8)


def describe_frames(dataset: Dataset, first: Image, syntax: UID) -> None:
    """Replace the image attributes of `dataset` by those of frames like `first`.

    `first` is `image_HW` (grey) or `image_HWC` (RGB), 8 bits; `syntax` is the source's: what was
    once compressed with loss stays marked so. Raises UnusableError when the frame has another size
    than the data set says.
    """
    # Of a copy: what is asked of a data set, it parses, and bytes are written faster.
    stated = Dataset(dict(dataset.items()))
    if first.shape[:2] != (stated.Rows, stated.Columns):
        raise UnusableError("wrong_size")
    levels = stated.PhotometricInterpretation, stated.BitsAllocated, stated.BitsStored
    outdated = OF_OTHER_SAMPLES if levels == GREYS_KEPT else OF_OTHER_SAMPLES | OF_OTHER_LEVELS
    for tag in outdated & dataset.keys():
        del dataset[tag]
    grey = first.ndim == 2
    _state(dataset, "SamplesPerPixel", 1 if grey else 3)
    _state(dataset, "PhotometricInterpretation", "MONOCHROME2" if grey else "RGB")
    dataset.pop("PlanarConfiguration", None)
    if not grey:
        _state(dataset, "PlanarConfiguration", 0)
    for keyword, bits in (("BitsAllocated", 8), ("BitsStored", 8), ("HighBit", 7)):
        _state(dataset, keyword, bits)
    _state(dataset, "PixelRepresentation", 0)
    if "PresentationLUTShape" in dataset:
        _state(dataset, "PresentationLUTShape", "IDENTITY")
    if is_lossy(syntax, stated.get("LossyImageCompression")):
        _state(dataset, "LossyImageCompression", "01")
        if syntax in LOSSY_METHODS and not stated.get("LossyImageCompressionMethod"):
            _state(dataset, "LossyImageCompressionMethod", LOSSY_METHODS[syntax])


def _state(dataset: Dataset, keyword: str, value: int | str) -> None:
    """Write an attribute: a number as US, a text as CS."""
    tag = Tag(keyword)
    if isinstance(value, int):
        dataset[tag] = make(tag, "US", value.to_bytes(2, "little"))
    else:
        dataset[tag] = make(tag, "CS", value.encode("ascii"))
