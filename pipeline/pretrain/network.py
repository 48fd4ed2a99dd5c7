"""The network that is trained: a timm vision transformer, a projection head, a mask token."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from pipeline.io.encoders import Architecture, build_encoder


class ProjectionHead(nn.Module):
    """Three-layer MLP, then cosine similarity to unit-length prototypes (arXiv 2104.14294)."""

    def __init__(self, dim: int, hidden: int, bottleneck: int, prototypes: int) -> None:
        super().__init__()
        self.mlp = nn.Sequential(
            nn.Linear(dim, hidden),
            nn.GELU(),
            nn.Linear(hidden, hidden),
            nn.GELU(),
            nn.Linear(hidden, bottleneck),
        )
        self.prototypes = nn.Parameter(torch.empty(prototypes, bottleneck))
        for layer in self.mlp:
            if isinstance(layer, nn.Linear):
                nn.init.trunc_normal_(layer.weight, std=0.02)
                nn.init.zeros_(layer.bias)
        nn.init.trunc_normal_(self.prototypes, std=0.02)

    def forward(self, x_ND: Tensor) -> Tensor:
        """Return logits `x_NK` in [-1, 1]."""
        unit_ND = F.normalize(self.mlp(x_ND), dim=-1)
        return F.linear(unit_ND, F.normalize(self.prototypes, dim=-1))


class Network(nn.Module):
    """Encoder, head and mask token; student and teacher are one of these each.

    The head serves both the CLS and the patch tokens (UltraDINO: `separate_head: false`).
    """

    def __init__(
        self,
        architecture: Architecture,
        head_sizes: tuple[int, int, int],
        seed: int,
    ) -> None:
        super().__init__()
        self.encoder: Any = build_encoder(architecture, seed)
        dim = int(self.encoder.num_features)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed + 1)
            self.head = ProjectionHead(dim, *head_sizes)
        self.mask_token = nn.Parameter(torch.zeros(dim))

    def forward(self, x_BCHW: Tensor, mask_BN: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Return the CLS tokens `BD` and the patch tokens `BND`; masked patches are not seen."""
        if mask_BN is None:
            tokens_BND = self.encoder.forward_features(x_BCHW)
        else:
            hook = self.encoder.patch_embed.register_forward_hook(self._hide(mask_BN))
            try:
                tokens_BND = self.encoder.forward_features(x_BCHW)
            finally:
                hook.remove()
        return tokens_BND[:, 0], tokens_BND[:, self.encoder.num_prefix_tokens :]

    def _hide(self, mask_BN: Tensor) -> Any:
        def replace(_module: nn.Module, _inputs: Any, patches: Tensor) -> Tensor:
            hidden = mask_BN.reshape(patches.shape[:-1]).unsqueeze(-1)
            return torch.where(hidden, self.mask_token, patches)

        return replace


@torch.no_grad()
def follow(teacher: nn.Module, student: nn.Module, momentum: float) -> None:
    """Move the teacher's weights towards the student's: `t = m·t + (1 - m)·s`."""
    for mean, value in zip(teacher.parameters(), student.parameters(), strict=True):
        mean.lerp_(value, 1 - momentum)
