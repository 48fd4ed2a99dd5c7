"""Light augmentation of a batch: image, mask, boxes and points move together."""

import torch
import torch.nn.functional as F
from torch import Tensor

from pipeline.finetune.batches import Batch
from pipeline.finetune.params import AugmentParams


def _uniform(low: float, high: float, *shape: int, random: torch.Generator) -> Tensor:
    return low + (high - low) * torch.rand(*shape, generator=random)


def _resample(images_BHW: Tensor, scale_B2: Tensor, shift_B2: Tensor, mode: str) -> Tensor:
    """Sample `u` from where it came: `x = (u - 1/2) / scale + 1/2 - shift`, per axis (x, y)."""
    theta_B23 = torch.zeros(len(images_BHW), 2, 3)
    theta_B23[:, 0, 0], theta_B23[:, 1, 1] = 1 / scale_B2[:, 0], 1 / scale_B2[:, 1]
    theta_B23[:, :, 2] = -2 * shift_B2
    grid = F.affine_grid(
        theta_B23, [len(images_BHW), 1, *images_BHW.shape[1:]], align_corners=False
    )
    return F.grid_sample(
        images_BHW.unsqueeze(1).float(), grid, mode=mode, align_corners=False
    ).squeeze(1)


def _move_points(points_BK2: Tensor, scale_B2: Tensor, shift_B2: Tensor) -> Tensor:
    return (points_BK2 - 0.5 + shift_B2[:, None]) * scale_B2[:, None] + 0.5


def _move_boxes(box_B4: Tensor, scale_B2: Tensor, shift_B2: Tensor) -> Tensor:
    """Move the corners and put them in order again; a mirror swaps left and right."""
    corners_B22 = _move_points(box_B4.reshape(-1, 2, 2), scale_B2, shift_B2).clamp(0, 1)
    return torch.cat([corners_B22.amin(dim=1), corners_B22.amax(dim=1)], dim=1)


def _change_grey(image_BHW: Tensor, params: AugmentParams, random: torch.Generator) -> Tensor:
    count = len(image_BHW)
    brightness = _uniform(1 - params.brightness, 1 + params.brightness, count, 1, 1, random=random)
    contrast = _uniform(1 - params.contrast, 1 + params.contrast, count, 1, 1, random=random)
    grey = image_BHW * brightness
    mean = grey.mean(dim=(1, 2), keepdim=True)
    noise = params.noise * torch.randn(grey.shape, generator=random)
    return ((grey - mean) * contrast + mean + noise).clamp(0, 255)


def augment(batch: Batch, mirror: bool, params: AugmentParams, random: torch.Generator) -> Batch:
    """Return a randomly zoomed, shifted, (if `mirror`) mirrored and re-lit copy of a batch.

    Points that leave the image become invisible; boxes are clipped to it.
    """
    count = len(batch["image"])
    zoom = _uniform(1 - params.zoom, 1 + params.zoom, count, 1, random=random)
    shift_B2 = _uniform(-params.shift, params.shift, count, 2, random=random)
    flipped = torch.rand(count, generator=random) < params.mirror_probability * mirror
    sign_B2 = torch.stack([1 - 2 * flipped.float(), torch.ones(count)], dim=1)
    scale_B2 = zoom * sign_B2

    moved = dict(batch)
    image_BHW = _resample(batch["image"], scale_B2, shift_B2, "bilinear")
    moved["image"] = _change_grey(image_BHW, params, random)
    if "mask" in batch:
        moved["mask"] = _resample(batch["mask"], scale_B2, shift_B2, "nearest").long()
    if "box" in batch:
        moved["box"] = _move_boxes(batch["box"], scale_B2, shift_B2)
    if "points" in batch:
        points = _move_points(batch["points"], scale_B2, shift_B2)
        inside = ((points >= 0) & (points <= 1)).all(dim=-1)
        moved |= {"points": points, "visible": batch["visible"] & inside}
    return moved
