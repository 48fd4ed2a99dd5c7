"""How far apart the borders of two regions lie, by MONAI: HD95 and surface Dice.

A region's border is its pixels that touch the outside by a side, the image's edge being outside;
distances are in pixels. Source: MONAI's `compute_hausdorff_distance` and `compute_surface_dice`
(normalised surface Dice, arXiv 2111.05408).
"""

import warnings

import numpy as np
import numpy.typing as npt

Region = npt.NDArray[np.bool_]


def surface_scores(truth: Region, predicted: Region, tolerance: float) -> dict[str, float]:
    """Return `hd95` and `surface_dice` of two regions of one shape that hold a pixel each.

    `hd95` is the greater of the two 95th percentiles of border distances, in pixels;
    `surface_dice` is the share of both borders within `tolerance` pixels of the other border.
    """
    # Imported here, as MONAI takes seconds to load and only masks need it.
    import torch
    from monai.metrics.hausdorff_distance import compute_hausdorff_distance
    from monai.metrics.surface_dice import compute_surface_dice

    found, true = (torch.from_numpy(region)[None, None] for region in (predicted, truth))
    with warnings.catch_warnings(action="ignore", category=FutureWarning):  # of its own insides
        distance = compute_hausdorff_distance(found, true, True, percentile=95)
        share = compute_surface_dice(found, true, [tolerance], True)
    return {"hd95": float(distance), "surface_dice": float(share)}
