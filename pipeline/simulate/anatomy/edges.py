"""Edges that are hard to see although they are there: the label knows them, the picture hardly."""

import cv2
import numpy as np

from pipeline.simulate.anatomy.body import Body
from pipeline.simulate.anatomy.region import Region
from pipeline.simulate.shapes import Field, Point
from pipeline.simulate.surfaces import seen


def grazed(body: Body, region: Region) -> Field:
    """Return what a mirror along a shape's outline loses to the angle of the beams, dB, 0 or less.

    It is given over the shape's window, at each place for the outline that is nearest to it.
    """
    across_HW, down_HW = body.scene.part(region.window).direction
    rise_HW, run_HW = np.gradient(region.distance_HW)
    slope_HW = np.hypot(rise_HW, run_HW) + np.float32(1e-12)
    cosine_HW = (run_HW * across_HW + rise_HW * down_HW) / slope_HW
    return np.asarray(20 * np.log10(seen(cosine_HW)), np.float32)


def fade(body: Body, region: Region, center: Point, around: float, half: float, cm: float) -> None:
    """Let a part of a shape's edge run into what surrounds it, over so many cm to each side.

    The part is seen from `center` in the direction `around`, `half` radians (standard deviation)
    wide. No label changes.
    """
    window = region.window
    if min(region.distance_HW.shape) == 0:
        return
    turn_HW = np.arctan2(body.y_HW[window] - center[1], body.x_HW[window] - center[0])
    off_HW = np.abs((turn_HW - np.float32(around) + np.pi) % (2 * np.pi) - np.pi)
    near_HW = np.clip(2 - np.abs(region.distance_HW) / np.float32(cm), 0, 1)
    share_HW = (near_HW * np.exp(off_HW**2 * np.float32(-0.5 / half**2))).astype(np.float32)
    echo_HW = body.scene.echo_HW[window]
    blurred_HW = cv2.GaussianBlur(echo_HW, (0, 0), cm / body.pixel_cm)
    echo_HW += share_HW * (blurred_HW - echo_HW)
    body.scene.surface_HW[window] *= 1 - share_HW
