"""Ultrasound frames to write text into: real ones of every machine that we have, and simulated."""

from collections.abc import Iterator
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.io.images import resize_image, resize_labels
from pipeline.simulate.objects import render_frames
from pipeline.simulate.params import SimulateParams
from pipeline.simulate.plan import plan_cohort
from pipeline.simulate.probes import Probe
from pipeline.simulate.screen import layout
from tests.deidentify.screens import Frame, Mask, real_frames

Area = tuple[int, int, int, int]  # x0, y0, x1, y1
EVERYTHING = 10_000
# Machine and file; then areas of the sector that show text of the machine's own, read off by eye.
REAL: dict[str, tuple[str, tuple[Area, ...]]] = {
    "LOGIQ 700": (
        "examples_jpeg2k.dcm",
        ((0, 0, 60, EVERYTHING), (585, 0, EVERYTHING, EVERYTHING)),
    ),
    "LOGIQ 700, shrunk": (
        "examples_rgb_color.dcm",
        ((0, 0, 30, EVERYTHING), (290, 0, EVERYTHING, EVERYTHING), (0, 0, EVERYTHING, 56)),
    ),
    "CX50": ("OBXXXX1A.dcm", ()),
    "SonoSite": ("color3d_jpeg_baseline.dcm", ()),
    "EPIQ 7C": ("JPGLosslessP14SV1_1s_1f_8b.dcm", ()),
    "SSD-4000": (
        "gdcm-US-ALOKA-16.dcm",
        ((0, 0, 130, 110), (0, 0, EVERYTHING, 60), (0, 0, 50, EVERYTHING)),
    ),
    "EPIQ 5G": ("GREYSCALE_IMAGE.dcm", ((830, 680, EVERYTHING, EVERYTHING),)),
    "Affiniti 70G": (
        "ultrasound-multiframe.dcm",
        ((730, 0, EVERYTHING, EVERYTHING), (630, 240, EVERYTHING, 380)),
    ),
}
FRAMES_APART, REAL_FRAMES = 6, 12


class Background(NamedTuple):
    """A frame `_HW` or `_HWC`, its sector, areas that are not judged, and where it comes from.

    Backgrounds of one `group` show the same machine, or simulated patients.
    """

    group: str
    frame: Frame
    mask_HW: Mask
    unjudged_HW: Mask

    def touches_unjudged(self, boxes_L4: npt.NDArray[np.float64]) -> Mask:
        """Return which boxes (x0, y0, x1, y1) reach into areas that are not judged."""
        boxes = np.maximum(boxes_L4, 0).astype(np.intp)
        return np.array([self.unjudged_HW[y0:y1, x0:x1].any() for x0, y0, x1, y1 in boxes], bool)

    def resized(self, height: int) -> "Background":
        """Return the background at another height."""
        width = round(self.mask_HW.shape[1] * height / self.mask_HW.shape[0])
        mask, unjudged = (
            resize_labels(values.view(np.uint8), height, width).view(bool)
            for values in (self.mask_HW, self.unjudged_HW)
        )
        return Background(self.group, resize_image(self.frame, height, width), mask, unjudged)

    def mirrored(self) -> "Background":
        """Return the background as in a mirror."""
        return Background(
            self.group,
            np.ascontiguousarray(self.frame[:, ::-1]),
            np.ascontiguousarray(self.mask_HW[:, ::-1]),
            np.ascontiguousarray(self.unjudged_HW[:, ::-1]),
        )

    def with_gain(self, gamma: float) -> "Background":
        """Return the background brighter (below 1) or darker."""
        table = np.rint(255 * (np.arange(256) / 255) ** gamma).astype(np.uint8)
        return self._replace(frame=table[self.frame])


def real_backgrounds() -> Iterator[Background]:
    """Yield a few frames of each machine."""
    for machine, (name, areas) in REAL.items():
        frames, mask = real_frames(name, REAL_FRAMES)
        unjudged = np.zeros(mask.shape, bool)
        for x0, y0, x1, y1 in areas:
            unjudged[y0:y1, x0:x1] = True
        for frame in frames[::FRAMES_APART]:
            yield Background(machine, frame, mask, unjudged)


def simulated_backgrounds(params: SimulateParams, seed: int) -> Iterator[Background]:
    """Yield a frame of each simulated object."""
    screen = layout(params)
    size = screen.bottom - screen.top, screen.right - screen.left
    for instance in plan_cohort(params, seed):
        study = instance.study
        probe = Probe(study.anatomy.probe, *size)
        mask = np.zeros((screen.height, screen.width), bool)
        mask[screen.top : screen.bottom, screen.left : screen.right] = probe.sector
        frame = render_frames(instance, screen, probe)[0]
        yield Background("simulated", frame, mask, np.zeros(mask.shape, bool))


def with_flow(background: Background, rng: np.random.Generator) -> Background:
    """Return the background with made-up flow: few machines show any, and flow is no text.

    Branching areas of random size, in the hot colours of power or the red and blue of velocity.
    """
    height, width = background.mask_HW.shape
    size = np.exp(rng.uniform(np.log(0.6), np.log(9))) * height / 480
    aspect = rng.uniform(1, 3)
    noise = rng.standard_normal((height, width)).astype(np.float32)
    field = cv2.GaussianBlur(noise, (0, 0), sigmaX=size * aspect, sigmaY=size)
    field = np.abs(field) / np.abs(field).max() if rng.random() < 0.5 else field / field.max()
    strength = np.clip((field - rng.uniform(0.1, 0.4)) * rng.uniform(1.5, 5), 0, 1)
    other = np.clip((-field - rng.uniform(0.1, 0.4)) * rng.uniform(1.5, 5), 0, 1)
    y0, x0 = rng.integers(0, height // 2), rng.integers(0, width // 2)
    box = np.zeros((height, width), bool)
    bottom, right = y0 + height // rng.integers(2, 5), x0 + width // rng.integers(2, 4)
    box[y0:bottom, x0:right] = True
    box &= background.mask_HW
    frame = colour_of(background).copy()
    tint = rng.uniform(0.2, 1.0)
    for value, colours in ((strength, (1.0, tint, 0.15)), (other, (0.1, tint / 2, 1.0))):
        shown = box & (value > 0)
        ramp = np.sqrt(value[shown])[:, None]
        # Strong flow is lighter, in yellow or cyan.
        colour = 255 * np.clip(np.array(colours) * (0.35 + 0.9 * ramp), 0, 1)
        colour[:, 1] = np.clip(255 * tint * value[shown] ** rng.uniform(0.7, 2), 0, 255)
        frame[shown] = colour
    if rng.random() < 0.7:
        cv2.rectangle(frame, (int(x0), int(y0)), (int(right), int(bottom)), (255,) * 3, 1)
    return background._replace(frame=frame)


def recompressed(frame: Frame, quality: int) -> Frame:
    """Return a frame as JPEG of that quality leaves it."""
    stored = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    kind = cv2.IMREAD_GRAYSCALE if frame.ndim == 2 else cv2.IMREAD_COLOR
    decoded = cv2.imdecode(stored, kind)
    if decoded is None:
        raise ValueError("cannot decode what was just encoded")
    return np.asarray(decoded, np.uint8)


def colour_of(background: Background) -> npt.NDArray[np.uint8]:
    """Return the frame in three channels."""
    frame = background.frame
    return frame if frame.ndim == 3 else np.dstack([frame] * 3)
