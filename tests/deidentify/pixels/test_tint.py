import numpy as np
import pytest

from benchmarks.text.backgrounds import recompressed
from pipeline.deidentify.pixels.text import find_text, levels
from pipeline.io.images import Image
from tests.deidentify.screens import real_frames, spot, write

TINTS = {"sepia": (1, 0.82, 0.6), "candle": (1, 0.85, 0.45), "gold": (1, 0.75, 0.3)}
REAL = ("color3d_jpeg_baseline.dcm", "JPGLosslessP14SV1_1s_1f_8b.dcm")


def tinted(grey_HW: Image, tint: str) -> Image:
    """Map grey levels to colours, as machines do."""
    return np.stack([np.rint(grey_HW * part).astype(np.uint8) for part in TINTS[tint]], axis=2)


def grey_frame(name: str) -> tuple[Image, np.ndarray]:
    frames, mask = real_frames(name)
    frame = frames[0]
    return frame if frame.ndim == 2 else np.asarray(frame.max(axis=2)), mask


@pytest.mark.parametrize("lossy", [False, True])
@pytest.mark.parametrize("tint", TINTS)
@pytest.mark.parametrize("name", REAL)
def test_a_tinted_image_shows_what_its_grey_levels_show(name: str, tint: str, lossy: bool) -> None:
    grey, mask = grey_frame(name)
    _, (_, _, width, _) = write(grey, "MUELLER, ANNA", (0, 0), 14, 255)
    shown, _ = write(
        grey, "MUELLER, ANNA", spot(mask, width, 14, np.random.default_rng(1)), 14, 255
    )
    image = tinted(shown, tint)
    if lossy:
        image = recompressed(image, 85)
    else:
        # The brightest channel of these maps is the grey level itself.
        assert find_text(image, mask) == find_text(shown, mask)
    _, colour = levels(image, mask.view(np.uint8))
    assert colour is None


@pytest.mark.parametrize("share", [0.02, 0.2])
def test_flow_on_grey_is_no_tint(share: float) -> None:
    grey, mask = grey_frame(REAL[0])
    image = np.stack([grey] * 3, axis=2)
    rows, columns = np.nonzero(mask)
    near = rows < np.quantile(rows, share)
    image[rows[near], columns[near]] = (230, 60, 20)
    image[rows[near][::2], columns[near][::2]] = (20, 60, 230)
    _, colour = levels(image, mask.view(np.uint8))
    assert colour is not None
