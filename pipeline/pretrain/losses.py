"""The terms of the DINOv2 objective (arXiv 2304.07193, section 4)."""

import torch
import torch.nn.functional as F
from torch import Tensor

CENTER_MOMENTUM = 0.9
SINKHORN_ROUNDS = 3


@torch.no_grad()
def sinkhorn(logits_NK: Tensor, temperature: float) -> Tensor:
    """Return targets whose rows sum to 1 and whose prototypes are used about equally often.

    Sinkhorn-Knopp as in SwAV (arXiv 2006.09882): alternately normalise columns and rows.
    """
    # The largest logit is taken off before exp, which no normalisation can see.
    weights_NK = torch.exp((logits_NK - logits_NK.max()) / temperature)
    for _ in range(SINKHORN_ROUNDS):
        weights_NK = weights_NK / weights_NK.sum(dim=0).clamp_min(1e-12)
        weights_NK = weights_NK / weights_NK.sum(dim=1, keepdim=True).clamp_min(1e-12)
    return weights_NK


class Center:
    """A moving average of the teacher's logits, taken off before its softmax (DINO)."""

    def __init__(self, prototypes: int) -> None:
        self.value_K = torch.zeros(prototypes)

    @torch.no_grad()
    def targets(self, logits_NK: Tensor, temperature: float) -> Tensor:
        """Return the centred softmax of the logits, then move the centre."""
        targets_NK = F.softmax((logits_NK - self.value_K) / temperature, dim=-1)
        self.value_K = self.value_K.lerp(logits_NK.mean(dim=0), 1 - CENTER_MOMENTUM)
        return targets_NK


def cross_view_loss(student_SBK: Tensor, targets_TBK: Tensor, temperature: float) -> Tensor:
    """Cross-entropy of each student view against each teacher view but its own.

    Student view i is the same crop as teacher view i for i < T (the global crops).
    """
    log_SBK = F.log_softmax(student_SBK / temperature, dim=-1)
    losses_TS = -torch.einsum("tbk,sbk->ts", targets_TBK, log_SBK) / student_SBK.shape[1]
    same_TS = torch.eye(len(targets_TBK), len(student_SBK), dtype=torch.bool)
    return losses_TS[~same_TS].mean()


def masked_patch_loss(
    student_MK: Tensor, targets_MK: Tensor, image_M: Tensor, temperature: float
) -> Tensor:
    """Cross-entropy at the masked patches, averaged per image, then over the masked images (iBOT).

    `image_M` tells the image of each patch. No masked patch gives 0.
    """
    if len(student_MK) == 0:
        return student_MK.sum()
    losses_M = -(targets_MK * F.log_softmax(student_MK / temperature, dim=-1)).sum(dim=-1)
    patches_B = torch.bincount(image_M)
    masked_images = (patches_B > 0).sum()
    return (losses_M / patches_B[image_M]).sum() / masked_images


def koleo_loss(x_BD: Tensor) -> Tensor:
    """Minus the mean log distance to the nearest neighbour on the unit sphere (KoLeo)."""
    unit_BD = F.normalize(x_BD, dim=-1)
    with torch.no_grad():
        similarity_BB = unit_BD @ unit_BD.T
        similarity_BB.fill_diagonal_(-2)
        nearest_B = similarity_BB.argmax(dim=1)
    distance_B = (unit_BD - unit_BD[nearest_B]).square().sum(dim=1).add(1e-8).sqrt()
    return -distance_B.log().mean()
