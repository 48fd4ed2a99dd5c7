"""Self-distillation: a student learns to agree with the moving average of itself."""

from typing import Any, NamedTuple

import torch
from torch import Tensor

from pipeline.io.encoders import Architecture, to_input
from pipeline.io.images import Image
from pipeline.io.seeds import derive_seed, generator
from pipeline.pretrain.augment import block_masks, multi_crop
from pipeline.pretrain.losses import (
    Center,
    cross_view_loss,
    koleo_loss,
    masked_patch_loss,
    sinkhorn,
)
from pipeline.pretrain.network import Network, follow
from pipeline.pretrain.params import PretrainParams
from pipeline.pretrain.schedules import cosine, ramp, warm_cosine


class Losses(NamedTuple):
    """The weighted sum and its terms at one step."""

    loss: float
    dino: float
    ibot: float
    koleo: float


class Distiller:
    """Student, teacher, centres and optimiser: all that changes from step to step."""

    def __init__(self, params: PretrainParams, architecture: Architecture, seed: int) -> None:
        self.params, self.architecture, self.seed = params, architecture, seed
        sizes = (params.head_hidden, params.head_bottleneck, params.prototypes)
        weights_seed = derive_seed(seed, "weights")
        self.student = Network(architecture, sizes, weights_seed)
        self.teacher = Network(architecture, sizes, weights_seed).requires_grad_(False).eval()
        self.centers = {"dino": Center(params.prototypes), "ibot": Center(params.prototypes)}
        self.optimiser = torch.optim.AdamW(self._parameter_groups(), fused=True)

    def _parameter_groups(self) -> list[dict[str, Any]]:
        """Weights decay; biases, norms and single tokens do not (DINOv2)."""
        decayed = [weight for weight in self.student.parameters() if weight.ndim >= 2]
        plain = [weight for weight in self.student.parameters() if weight.ndim < 2]
        return [{"params": decayed}, {"params": plain, "weight_decay": 0.0}]

    def _targets(self, kind: str, logits_NK: Tensor, temperature: float) -> Tensor:
        if len(logits_NK) == 0:  # nothing was masked
            return logits_NK
        if self.params.centering == "sinkhorn":
            return sinkhorn(logits_NK, temperature)
        return self.centers[kind].targets(logits_NK, temperature)

    def _set_schedules(self, step: int) -> None:
        params = self.params
        rate = warm_cosine(
            step,
            params.steps,
            params.warmup_steps,
            params.learning_rate,
            params.final_learning_rate,
        )
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.optimiser.param_groups[0]["weight_decay"] = cosine(
            step, params.steps, *params.weight_decay
        )

    def _losses(self, step: int, images: list[Image]) -> tuple[Tensor, Losses]:
        params, count = self.params, len(images)
        rng = generator(self.seed, "augment", step)
        global_crops, local_crops = multi_crop(images, params, rng)
        x_GCHW = to_input(global_crops, self.architecture)
        with torch.no_grad():
            teacher_cls_GD, teacher_patches_GND = self.teacher(x_GCHW)
        side = round(teacher_patches_GND.shape[1] ** 0.5)
        mask_GN = block_masks(2 * count, side, params, rng)
        image_M = mask_GN.nonzero()[:, 0]

        # The teacher's sharpness warms up over the same share of the run as the learning rate
        # of UltraDINO's schedule: 30 of 100 epochs.
        temperature = ramp(step, 3 * params.steps // 10, *params.teacher_temperature)
        with torch.no_grad():
            cls_targets_GK = self._targets("dino", self.teacher.head(teacher_cls_GD), temperature)
            patch_targets_MK = self._targets(
                "ibot", self.teacher.head(teacher_patches_GND[mask_GN]), temperature
            )

        cls_GD, patches_GND = self.student(x_GCHW, mask_GN)
        cls_VD = cls_GD
        if params.local_crops:
            local_cls_LD, _ = self.student(to_input(local_crops, self.architecture))
            cls_VD = torch.cat([cls_GD, local_cls_LD])
        cls_logits_SBK = self.student.head(cls_VD).reshape(-1, count, params.prototypes)

        dino = cross_view_loss(
            cls_logits_SBK, cls_targets_GK.reshape(2, count, -1), params.student_temperature
        )
        ibot = masked_patch_loss(
            self.student.head(patches_GND[mask_GN]),
            patch_targets_MK,
            image_M,
            params.student_temperature,
        )
        koleo = koleo_loss(cls_GD[:count]) + koleo_loss(cls_GD[count:])
        loss = params.dino_weight * dino + params.ibot_weight * ibot + params.koleo_weight * koleo
        terms = (term.item() for term in (loss, dino, ibot, koleo))
        return loss, Losses(*terms)

    def step(self, step: int, images: list[Image]) -> Losses:
        """Train on one batch; everything random in it derives from the seed and `step`."""
        self._set_schedules(step)
        loss, values = self._losses(step, images)
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        if step < self.params.freeze_last_layer_steps:
            self.student.head.prototypes.grad = None
        torch.nn.utils.clip_grad_norm_(self.student.parameters(), self.params.clip_norm)
        self.optimiser.step()
        follow(self.teacher, self.student, cosine(step, self.params.steps, *self.params.momentum))
        return values

    def state(self) -> dict[str, Any]:
        """Return all that a later process needs to go on exactly here."""
        return {
            "student": self.student.state_dict(),
            "teacher": self.teacher.state_dict(),
            "centers": {name: center.value_K for name, center in self.centers.items()},
            "optimiser": self.optimiser.state_dict(),
        }

    def load_state(self, state: dict[str, Any]) -> None:
        """Go on from what `state` returned."""
        self.student.load_state_dict(state["student"])
        self.teacher.load_state_dict(state["teacher"])
        self.optimiser.load_state_dict(state["optimiser"])
        for name, value in state["centers"].items():
            self.centers[name].value_K = value
