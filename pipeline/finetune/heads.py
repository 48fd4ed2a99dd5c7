"""One head per task, all on the encoder's spatial maps: none is favoured by a pooled token."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from pipeline.tasks.catalogue import Task

LEVELS = 3


class DenseDecoder(nn.Module):
    """A light DPT decoder (arXiv 2103.13413): `LEVELS` maps `BDhw` to one `BC(4h)(4w)`.

    Deeper maps stay coarse, earlier ones are spread over 2 and 4 times the grid; they are
    merged from coarse to fine.
    """

    def __init__(self, dim: int, width: int) -> None:
        super().__init__()
        fine = width // 2
        self.coarse = nn.Conv2d(dim, width, 1)
        self.middle = nn.Sequential(nn.Conv2d(dim, width * 4, 1), nn.PixelShuffle(2))
        self.early = nn.Sequential(nn.Conv2d(dim, fine * 16, 1), nn.PixelShuffle(4))
        self.merge_middle = nn.Conv2d(width, width, 3, padding=1)
        self.narrow = nn.Conv2d(width, fine, 1)
        self.merge_early = nn.Conv2d(fine, fine, 3, padding=1)
        self.width = fine

    def forward(self, maps_BDhw: Sequence[Tensor]) -> Tensor:
        """Return the merged map; `maps_BDhw` run from early to deep."""
        early, middle, deep = maps_BDhw
        x = _double(self.coarse(deep)) + self.middle(middle)
        x = x + self.merge_middle(F.gelu(x))
        x = _double(self.narrow(x)) + self.early(early)
        return F.gelu(x + self.merge_early(F.gelu(x)))


def _double(x_BCHW: Tensor) -> Tensor:
    return F.interpolate(x_BCHW, scale_factor=2, mode="bilinear", align_corners=False)


def soft_argmax(heat_BKHW: Tensor) -> Tensor:
    """Return the mean position under each softmaxed heat map: x, y in [0, 1], `BK2`."""
    height, width = heat_BKHW.shape[-2:]
    mass_BKHW = heat_BKHW.flatten(2).softmax(dim=-1).reshape(heat_BKHW.shape)
    centre_x = (torch.arange(width) + 0.5) / width
    centre_y = (torch.arange(height) + 0.5) / height
    x_BK = (mass_BKHW.sum(dim=2) * centre_x).sum(dim=-1)
    y_BK = (mass_BKHW.sum(dim=3) * centre_y).sum(dim=-1)
    return torch.stack([x_BK, y_BK], dim=-1)


class SegmentationHead(nn.Module):
    """Class logits per pixel, `BKHW`, at half the input's resolution for patches of 8."""

    def __init__(self, dim: int, width: int, classes: int) -> None:
        super().__init__()
        self.decoder = DenseDecoder(dim, width)
        self.classify = nn.Conv2d(self.decoder.width, classes, 1)

    def forward(self, maps_BDhw: Sequence[Tensor]) -> Tensor:
        """Return logits."""
        logits_BKHW: Tensor = self.classify(self.decoder(maps_BDhw))
        return logits_BKHW


class ClassificationHead(nn.Module):
    """Class logits `BK` from a learnt weighing of the deepest map's positions."""

    def __init__(self, dim: int, classes: int) -> None:
        super().__init__()
        self.weigh = nn.Conv2d(dim, 1, 1)
        self.classify = nn.Linear(2 * dim, classes)

    def forward(self, maps_BDhw: Sequence[Tensor]) -> Tensor:
        """Return logits."""
        deep = maps_BDhw[-1]
        weights_B1N = self.weigh(deep).flatten(2).softmax(dim=-1)
        attended_BD = (deep.flatten(2) * weights_B1N).sum(dim=-1)
        pooled_BF = torch.cat([attended_BD, deep.mean(dim=(2, 3))], dim=-1)
        logits_BK: Tensor = self.classify(pooled_BF)
        return logits_BK


class DetectionHead(nn.Module):
    """Per place of the map, `B3HW`: heat of the box's centre, and logits of its half width, height.

    As in CenterNet (arXiv 1904.07850), for one box an image; `boxes` reads it.
    """

    def __init__(self, dim: int, width: int) -> None:
        super().__init__()
        self.decoder = DenseDecoder(dim, width)
        self.heat = nn.Conv2d(self.decoder.width, 1, 1)
        self.size = nn.Conv2d(self.decoder.width, 2, 1)
        self.context = nn.Linear(dim, 2)

    def forward(self, maps_BDhw: Sequence[Tensor]) -> Tensor:
        """Return heat and sizes."""
        x_BCHW = self.decoder(maps_BDhw)
        context_B2 = self.context(maps_BDhw[-1].mean(dim=(2, 3)))
        size_B2HW = self.size(x_BCHW) + context_B2[:, :, None, None] - 1
        return torch.cat([self.heat(x_BCHW), size_B2HW], dim=1)


def boxes(map_B3HW: Tensor) -> Tensor:
    """Return the box of a detection map, `B4`: x0 < x1, y0 < y1 in shares of the image.

    Its centre is the heat's soft-argmax, its size the heat's mean over the sizes.
    """
    heat_B1HW, size_B2HW = map_B3HW[:, :1], map_B3HW[:, 1:]
    centre_B2 = soft_argmax(heat_B1HW)[:, 0]
    weights_B1N = heat_B1HW.flatten(2).softmax(dim=-1)
    half_B2 = torch.sigmoid((size_B2HW.flatten(2) * weights_B1N).sum(dim=-1)) / 2
    return torch.cat([centre_B2 - half_B2, centre_B2 + half_B2], dim=-1)


class RegressionHead(nn.Module):
    """One heat map per landmark, `BKHW`; its soft-argmax is the point."""

    def __init__(self, dim: int, width: int, landmarks: int) -> None:
        super().__init__()
        self.decoder = DenseDecoder(dim, width)
        self.heat = nn.Conv2d(self.decoder.width, landmarks, 1)

    def forward(self, maps_BDhw: Sequence[Tensor]) -> Tensor:
        """Return heat maps (logits)."""
        heat_BKHW: Tensor = self.heat(self.decoder(maps_BDhw))
        return heat_BKHW


def build_head(task: Task, dim: int, width: int) -> nn.Module:
    """Return the head for a task's type."""
    match task.type:
        case "segmentation":
            return SegmentationHead(dim, width, task.num_classes)
        case "classification":
            return ClassificationHead(dim, task.num_classes)
        case "detection":
            return DetectionHead(dim, width)
        case "regression":
            return RegressionHead(dim, width, task.num_classes)
