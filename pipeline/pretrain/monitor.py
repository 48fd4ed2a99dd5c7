"""Signs of a collapsed representation."""

from typing import NamedTuple

import torch
from torch import Tensor


class Health(NamedTuple):
    """Spread of an encoder's features over images."""

    feature_std: float
    rankme: float


@torch.no_grad()
def feature_health(features_BD: Tensor) -> Health:
    """Return the mean standard deviation per dimension, and RankMe (arXiv 2210.02885).

    RankMe is the exponential of the entropy of the singular values: the number of directions
    that the features really use. A collapsed encoder has a deviation of 0 and a rank of 1.
    """
    spectrum = torch.linalg.svdvals(features_BD.double())
    share = spectrum / spectrum.sum().clamp_min(1e-12)
    entropy = -(share * (share + 1e-12).log()).sum()
    return Health(float(features_BD.std(dim=0).mean()), float(entropy.exp()))
