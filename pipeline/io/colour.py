"""Stored pixel values as grey levels or RGB of 8 bits (PS3.3 C.7.6.3.1)."""

from typing import Any, Literal

import cv2
import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_color_lut

from pipeline.io.images import Image
from pipeline.io.pixel_format import PixelFormat
from pipeline.io.unusable import UnusableError

Palette = tuple[int, Image]
# What decides the colours of a palette (PS3.3 C.7.6.3.1.5, C.7.9.2).
PALETTE_KEYWORDS = tuple(
    form.format(colour)
    for colour in ("Red", "Green", "Blue")
    for form in (
        "{}PaletteColorLookupTableDescriptor",
        "{}PaletteColorLookupTableData",
        "Segmented{}PaletteColorLookupTableData",
    )
)


def shown(
    stored: npt.NDArray[Any], photometric: str, described: PixelFormat, palette: Palette | None
) -> Image:
    """Return `image_HW` or `image_HWC` (RGB), larger is brighter, of one frame as stored."""
    if palette is not None:
        return _mapped(stored, *palette)
    image = _to_8_bits(stored, described)
    if photometric == "MONOCHROME1":
        return 255 - image
    if photometric in ("YBR_FULL", "YBR_FULL_422"):
        return _rgb(image, black=0, luma_range=255, chroma_range=254)
    if photometric in ("YBR_PARTIAL_422", "YBR_PARTIAL_420"):
        return _rgb(image, black=16, luma_range=219, chroma_range=224)
    return np.ascontiguousarray(image)


def _mapped(stored: npt.NDArray[Any], first: int, colours: Image) -> Image:
    """Return the colours of stored values; those beyond the table have its first or last one."""
    if stored.dtype == np.uint8:  # one table for all pixels, rather than arithmetic for each
        levels = np.clip(np.arange(256) - first, 0, len(colours) - 1)
        table = np.ascontiguousarray(colours[levels][:, None])
        return np.asarray(cv2.applyColorMap(stored, table), np.uint8)
    return colours[np.clip(stored.astype(np.int32) - first, 0, len(colours) - 1)]


def _to_8_bits(stored: npt.NDArray[Any], described: PixelFormat) -> Image:
    depth = described.bits_stored
    highest = (1 << depth) - 1
    if stored.dtype == np.uint8 and depth == 8 and not described.signed:
        return stored.astype(np.uint8, copy=False)
    values = stored.astype(np.int64)
    if described.signed:
        # Right for two's complement in signed and in unsigned numbers alike.
        values += (highest + 1) // 2
    # Bits above those stored may hold an overlay (PS3.5 8.1.1, retired).
    return ((values & highest) * 255 // highest).astype(np.uint8)


def _rgb(ybr: Image, black: int, luma_range: int, chroma_range: int) -> Image:
    """Return RGB of Y, CB and CR by the equations of PS3.3 C.7.6.3.1.2, rounded half up.

    Whole numbers throughout, so that no machine rounds differently.
    """
    one = 1 << 16
    levels = np.arange(256)
    luma = (levels - black) * (one * 255 / luma_range)
    chroma = (levels - 128) * (one * 254 / chroma_range)
    y, cb, cr = (ybr[..., channel] for channel in range(3))

    def scaled(table: npt.NDArray[Any]) -> npt.NDArray[np.int32]:
        rounded: npt.NDArray[np.int32] = np.rint(table).astype(np.int32)
        return rounded

    light = scaled(luma + one / 2)[y]
    red = light + scaled(1.402 * chroma)[cr]
    green = light - scaled(0.114 * 1.772 / 0.587 * chroma)[cb]
    green -= scaled(0.299 * 1.402 / 0.587 * chroma)[cr]
    blue = light + scaled(1.772 * chroma)[cb]
    mixed = np.stack([red, green, blue], axis=-1) >> 16
    image: Image = np.clip(mixed, 0, 255).astype(np.uint8)
    return image


def read_palette(header: Dataset, order: Literal["little", "big"]) -> Palette:
    """Return the first stored value that is mapped, and the colours `_NC` (RGB, 8 bits).

    Plain and segmented tables (PS3.3 C.7.6.3.1.5, C.7.9.2). Raises UnusableError without a table.
    """
    try:
        entries, first, _ = header.RedPaletteColorLookupTableDescriptor
        entries = entries or 1 << 16
        if "RedPaletteColorLookupTableData" in header:
            colours = np.stack(
                [_entries(header, colour, entries, order) for colour in ("Red", "Green", "Blue")],
                axis=-1,
            )
        else:
            colours = apply_color_lut(np.arange(first, first + entries), header)[:, :3]
    except Exception as error:
        raise UnusableError("missing_attribute", f"palette: {type(error).__name__}") from None
    # Some files hold entries of 8 bits in 16 (PS3.3 C.7.6.3.1.5, note), so the entries decide.
    return first, (colours >> (8 if colours.max() > 255 else 0)).astype(np.uint8)


def _entries(
    header: Dataset, colour: str, entries: int, order: Literal["little", "big"]
) -> npt.NDArray[np.uint16]:
    content = header[f"{colour}PaletteColorLookupTableData"].value
    if len(content) >= 2 * entries:
        sixteen = np.frombuffer(content, ">u2" if order == "big" else "<u2", count=entries)
        return sixteen.astype(np.uint16)
    eight = np.frombuffer(content, np.uint8)
    if order == "big" and header[f"{colour}PaletteColorLookupTableData"].VR == "OW":
        eight = eight.view(np.uint16).byteswap().view(np.uint8)
    return eight[:entries].astype(np.uint16)
