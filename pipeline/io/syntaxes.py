"""Transfer syntaxes by the way in which they store pixels (PS3.5 A.4, PS3.6 A-1).

The newest have no names in pydicom.
"""

from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    HTJ2KLosslessRPCL,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
)


def _numbered(*numbers: int | str) -> tuple[UID, ...]:
    return tuple(UID(f"1.2.840.10008.1.2.4.{number}") for number in numbers)


# Every other transfer syntax is encapsulated, in explicit little endian (PS3.5 A.4).
NATIVE = (
    ImplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    DeflatedExplicitVRLittleEndian,
)
JPEG = (JPEGBaseline8Bit, JPEGExtended12Bit, JPEGLossless, JPEGLosslessSV1)
JPEG_LS = (JPEGLSLossless, JPEGLSNearLossless)
JPEG_2000 = (JPEG2000Lossless, JPEG2000, HTJ2KLossless, HTJ2KLosslessRPCL, HTJ2K)
JPEG_XL_RECOMPRESSED = _numbered(111)
JPEG_XL_LOSSY = (*JPEG_XL_RECOMPRESSED, *_numbered(112))
JPEG_XL = (*_numbered(110), *JPEG_XL_LOSSY)
# All frames as one stream. The fragmentable twins of MPEG-2 and MPEG-4 end in .1.
MPEG2 = _numbered(100, "100.1", 101, "101.1")
MPEG4 = _numbered(*(f"{number}{part}" for number in range(102, 107) for part in ("", ".1")))
HEVC = _numbered(107, 108)
VIDEO = frozenset((*MPEG2, *MPEG4, *HEVC))
ALWAYS_LOSSY = VIDEO | {
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLSNearLossless,
    *JPEG_XL_RECOMPRESSED,
}
# They allow loss, and need not have any.
PERHAPS_LOSSY = {JPEG2000, HTJ2K, *JPEG_XL_LOSSY} - ALWAYS_LOSSY


def is_lossy(syntax: UID, stated: str | None) -> bool:
    """Tell whether an image has lost anything by compression, as far as a file tells.

    `stated` is its LossyImageCompression (0028,2110), which tells of earlier losses too. Where a
    transfer syntax allows loss, only a stated `00` says that there was none.
    """
    return stated == "01" or syntax in ALWAYS_LOSSY or (syntax in PERHAPS_LOSSY and stated != "00")
