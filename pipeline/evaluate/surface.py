"""How far apart the borders of two regions lie: HD95 and surface Dice.

Both follow MONAI's definitions (`compute_hausdorff_distance`, `compute_surface_dice`), in pixels:
a region's border is its pixels that touch the outside by a side, the image's edge being outside.
SciPy finds the nearest border pixels, exactly and in double precision; MONAI itself takes longer
to import than all of a study's masks take here.
"""

import cv2
import numpy as np
import numpy.typing as npt
from scipy.spatial import KDTree

from pipeline.evaluate.bootstrap import Floats

Region = npt.NDArray[np.bool_]

CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))


def border(region: Region) -> npt.NDArray[np.int64]:
    """Return the places of the border pixels, `places_M2`."""
    pixels = region.astype(np.uint8)
    inner = cv2.erode(pixels, CROSS, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    return np.argwhere(pixels != inner)


def border_distances(truth: Region, predicted: Region) -> tuple[Floats, Floats]:
    """Return each border pixel's distance to the other region's border: of truth, of predicted.

    Both regions hold at least one pixel.
    """
    true_M2, predicted_M2 = border(truth), border(predicted)
    return KDTree(predicted_M2).query(true_M2)[0], KDTree(true_M2).query(predicted_M2)[0]


def hd95(distances: tuple[Floats, Floats]) -> float:
    """Return the greater 95th percentile of the two sets of border distances, in pixels."""
    return float(max(np.percentile(one, 95) for one in distances))


def surface_dice(distances: tuple[Floats, Floats], tolerance: float) -> float:
    """Return the share of both borders that lies within `tolerance` pixels of the other border."""
    return float((np.concatenate(distances) <= tolerance).mean())
