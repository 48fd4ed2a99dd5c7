"""One loss per task type."""

import torch
import torch.nn.functional as F
from torch import Tensor

from pipeline.finetune.batches import Batch
from pipeline.finetune.heads import boxes, soft_argmax
from pipeline.tasks.catalogue import Task

# Standard deviation of a landmark's target heat, in cells of the heat map. Assumption.
HEAT_SIGMA = 1.5
# Weight of the point distance beside the heat's cross-entropy. Assumption.
POINT_WEIGHT = 10.0
# Weight of the heat's cross-entropy beside the box loss: 0.3 serves as well. Assumption.
HEAT_WEIGHT = 1.0
# Smooth-L1 turns from square to linear at this share of the image. Assumption.
SMOOTH_BETA = 0.05


def dice_loss(logits_BKHW: Tensor, mask_BHW: Tensor) -> Tensor:
    """1 - soft Dice, pooled over the batch, averaged over the foreground classes."""
    probs_BKHW = logits_BKHW.softmax(dim=1)
    truth_BKHW = F.one_hot(mask_BHW, logits_BKHW.shape[1]).movedim(-1, 1).float()
    overlap_K = (probs_BKHW * truth_BKHW).sum(dim=(0, 2, 3))
    total_K = probs_BKHW.sum(dim=(0, 2, 3)) + truth_BKHW.sum(dim=(0, 2, 3))
    return 1 - ((2 * overlap_K + 1) / (total_K + 1))[1:].mean()


def segmentation_loss(logits_BKHW: Tensor, mask_BHW: Tensor) -> Tensor:
    """Cross-entropy + Dice, 1:1, at the mask's resolution (UltraDINO, arXiv 2506.19552)."""
    logits = F.interpolate(
        logits_BKHW, size=mask_BHW.shape[1:], mode="bilinear", align_corners=False
    )
    return F.cross_entropy(logits, mask_BHW) + dice_loss(logits, mask_BHW)


def generalised_iou(a_B4: Tensor, b_B4: Tensor) -> Tensor:
    """Return GIoU of box pairs (arXiv 1902.09630), in (-1, 1]."""
    area_a = (a_B4[:, 2:] - a_B4[:, :2]).prod(dim=1)
    area_b = (b_B4[:, 2:] - b_B4[:, :2]).prod(dim=1)
    low, high = torch.maximum(a_B4[:, :2], b_B4[:, :2]), torch.minimum(a_B4[:, 2:], b_B4[:, 2:])
    overlap = (high - low).clamp_min(0).prod(dim=1)
    union = area_a + area_b - overlap
    hull_low = torch.minimum(a_B4[:, :2], b_B4[:, :2])
    hull = (torch.maximum(a_B4[:, 2:], b_B4[:, 2:]) - hull_low).prod(dim=1).clamp_min(1e-8)
    return overlap / union.clamp_min(1e-8) - (hull - union) / hull


def box_loss(box_B4: Tensor, truth_B4: Tensor) -> Tensor:
    """L1 distance of the corners + (1 - GIoU)."""
    distance = (box_B4 - truth_B4).abs().sum(dim=1)
    return (distance + 1 - generalised_iou(box_B4, truth_B4)).mean()


def detection_loss(map_B3HW: Tensor, truth_B4: Tensor) -> Tensor:
    """Box loss + cross-entropy of the heat to a Gaussian at the box's centre.

    The box alone tells the heat too little: a mean of places is right on average from the start.
    """
    centre_B12 = (truth_B4[:, :2] + truth_B4[:, 2:])[:, None] / 2
    heat_loss = heat_cross_entropy(map_B3HW[:, :1], centre_B12).mean()
    return box_loss(boxes(map_B3HW), truth_B4) + HEAT_WEIGHT * heat_loss


def heat_cross_entropy(heat_BKHW: Tensor, points_BK2: Tensor) -> Tensor:
    """Return the cross-entropy `BK` of softmaxed heat maps to a Gaussian at each point."""
    height, width = heat_BKHW.shape[-2:]
    x_W = (torch.arange(width) + 0.5 - points_BK2[..., :1] * width) / HEAT_SIGMA
    y_H = (torch.arange(height) + 0.5 - points_BK2[..., 1:] * height) / HEAT_SIGMA
    target_BKHW = -(x_W.square()[..., None, :] + y_H.square()[..., :, None]) / 2
    target_BKN = target_BKHW.flatten(2).softmax(dim=-1)
    return -(target_BKN * heat_BKHW.flatten(2).log_softmax(dim=-1)).sum(dim=-1)


def landmark_loss(heat_BKHW: Tensor, points_BK2: Tensor, visible_BK: Tensor) -> Tensor:
    """Cross-entropy to a Gaussian heat + smooth L1 of the soft-argmax, over visible points."""
    heat_loss_BK = heat_cross_entropy(heat_BKHW, points_BK2)
    point_loss_BK = F.smooth_l1_loss(
        soft_argmax(heat_BKHW), points_BK2, beta=SMOOTH_BETA, reduction="none"
    ).sum(dim=-1)
    weight_BK = visible_BK.float()
    loss_BK = (heat_loss_BK + POINT_WEIGHT * point_loss_BK) * weight_BK
    return loss_BK.sum() / weight_BK.sum().clamp_min(1)


def task_loss(task: Task, output: Tensor, batch: Batch) -> Tensor:
    """Return the loss of a head's output for one batch of its task."""
    match task.type:
        case "segmentation":
            return segmentation_loss(output, batch["mask"])
        case "classification":
            return F.cross_entropy(output, batch["label"])
        case "detection":
            return detection_loss(output, batch["box"])
        case "regression":
            return landmark_loss(output, batch["points"], batch["visible"])
