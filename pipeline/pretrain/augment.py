"""Multi-crop augmentation for grey ultrasound ("DINUS", arXiv 2506.19552), on uint8 with OpenCV.

OpenCV on single images is several times faster on a CPU than batched tensors.
"""

from collections.abc import Sequence

import cv2
import numpy as np
import torch
from torch import Tensor

from pipeline.io.images import Image, resize_image
from pipeline.pretrain.params import PretrainParams

ASPECT = (3 / 4, 4 / 3)
BLUR_SIGMA = (0.1, 2.0)


def random_crop(
    image: Image, size: int, scale: tuple[float, float], rng: np.random.Generator
) -> Image:
    """Cut a random part (share of the area in `scale`, aspect 3:4 to 4:3), resized to a square."""
    height, width = image.shape
    area = height * width * rng.uniform(*scale)
    aspect = np.exp(rng.uniform(*np.log(ASPECT)))
    crop_height = int(np.clip(round(float(np.sqrt(area / aspect))), 1, height))
    crop_width = int(np.clip(round(float(np.sqrt(area * aspect))), 1, width))
    top = int(rng.integers(height - crop_height + 1))
    left = int(rng.integers(width - crop_width + 1))
    return resize_image(image[top : top + crop_height, left : left + crop_width], size, size)


def jitter(image: Image, strength: float, rng: np.random.Generator) -> Image:
    """Scale brightness and contrast (about the mean) by factors in 1 ± `strength`."""
    brightness, contrast = rng.uniform(1 - strength, 1 + strength, 2)
    levels = np.arange(256) * brightness
    mean = image.mean() * brightness
    table = np.clip((levels - mean) * contrast + mean, 0, 255).astype(np.uint8)
    return cv2.LUT(image, table).astype(np.uint8, copy=False)


def view(
    image: Image,
    size: int,
    scale: tuple[float, float],
    blur_probability: float,
    params: PretrainParams,
    rng: np.random.Generator,
) -> Image:
    """Return one random view of a frame."""
    crop = random_crop(image, size, scale, rng)
    if rng.random() < params.vertical_flip:
        crop = cv2.flip(crop, 0).astype(np.uint8, copy=False)
    if rng.random() < params.horizontal_flip:
        crop = cv2.flip(crop, 1).astype(np.uint8, copy=False)
    if rng.random() < params.jitter_probability:
        crop = jitter(crop, params.jitter, rng)
    if rng.random() < blur_probability:
        # Sigma is meant for crops of 224 px; blur the same share of a smaller crop.
        sigma = rng.uniform(*BLUR_SIGMA) * size / 224
        crop = cv2.GaussianBlur(crop, (0, 0), max(sigma, 0.05)).astype(np.uint8, copy=False)
    return crop


def multi_crop(
    images: Sequence[Image], params: PretrainParams, rng: np.random.Generator
) -> tuple[Tensor, Tensor]:
    """Return the views of a batch as uint8: global `(2·B)HW`, local `(L·B)hw`, crop by crop."""
    first, second, small = params.blur_probability
    global_views = [
        view(image, params.image_size, params.global_scale, probability, params, rng)
        for probability in (first, second)
        for image in images
    ]
    local_views = [
        view(image, params.local_size, params.local_scale, small, params, rng)
        for _ in range(params.local_crops)
        for image in images
    ]
    local_shape = (len(local_views), params.local_size, params.local_size)
    return (
        torch.from_numpy(np.stack(global_views)),
        torch.from_numpy(np.array(local_views, np.uint8).reshape(local_shape)),
    )


def block_masks(count: int, side: int, params: PretrainParams, rng: np.random.Generator) -> Tensor:
    """Draw the patches hidden from the student, `mask_BN` on a grid of `side` x `side` patches.

    A fixed share of the images is masked, each by one rectangle whose area is uniform in
    `mask_ratio`.
    """
    mask_BHW = np.zeros((count, side, side), np.bool_)
    masked = round(count * params.mask_probability)
    for row in rng.permutation(count)[:masked]:
        area = side * side * rng.uniform(*params.mask_ratio)
        aspect = np.exp(rng.uniform(*np.log((0.5, 2.0))))
        height = int(np.clip(round(float(np.sqrt(area / aspect))), 1, side))
        width = int(np.clip(round(area / height), 1, side))
        top, left = rng.integers(side - height + 1), rng.integers(side - width + 1)
        mask_BHW[row, top : top + height, left : left + width] = True
    return torch.from_numpy(mask_BHW.reshape(count, side * side))
