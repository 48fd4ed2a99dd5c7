"""One encoder for all tasks of a unit, one head for each."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from pipeline.finetune.heads import LEVELS, build_head
from pipeline.finetune.moe import TaskMixture, add_mixtures
from pipeline.finetune.params import MixtureParams
from pipeline.io.encoders import Architecture, to_input
from pipeline.io.seeds import derive_seed
from pipeline.tasks.catalogue import Task


class UnitModel(nn.Module):
    """Encoder (with experts where the strategy has them) and heads, called task by task.

    A head's first weights depend on its task and the seed only: the same under every strategy.
    """

    def __init__(
        self,
        encoder: Any,
        architecture: Architecture,
        tasks: Sequence[Task],
        moe: MixtureParams | None,
        decoder_width: int,
        seed: int,
    ) -> None:
        super().__init__()
        self.architecture, self.encoder = architecture, encoder
        self.places = {task.id: place for place, task in enumerate(tasks)}
        depth = len(encoder.blocks)
        self.levels = [(level + 1) * depth // LEVELS - 1 for level in range(LEVELS)]
        self.heads = nn.ModuleDict()
        self._mixtures: list[TaskMixture] = []
        with torch.random.fork_rng(devices=[]):
            for task in tasks:
                torch.manual_seed(derive_seed(seed, "head", task.id))
                self.heads[task.id] = build_head(task, encoder.num_features, decoder_width)
            if moe is not None:
                torch.manual_seed(derive_seed(seed, "gates"))
                self._mixtures = add_mixtures(
                    encoder, len(tasks), moe.experts, moe.layers, moe.task_embedding
                )

    def forward(self, images_BHW: Tensor, task_id: str) -> Tensor:
        """Return the task head's output for grey images (0 to 255) of one task."""
        for mixture in self._mixtures:
            mixture.task = self.places[task_id]
        maps_BDhw = self.encoder.forward_intermediates(
            to_input(images_BHW, self.architecture),
            indices=self.levels,
            norm=True,
            intermediates_only=True,
        )
        output: Tensor = self.heads[task_id](maps_BDhw)
        return output

    def parameter_groups(self, rate: float, new_factor: float) -> list[dict[str, Any]]:
        """Return optimiser groups: the encoder's own weights, and all new ones at a higher rate.

        Experts start from trained weights, so they count as the encoder's.
        """
        new = {id(weight) for weight in self.heads.parameters()}
        for mixture in self._mixtures:
            fresh = [*mixture.gate.parameters(), *mixture.tasks.parameters()]
            new |= {id(weight) for weight in fresh}
        groups: Mapping[bool, list[nn.Parameter]] = {False: [], True: []}
        for weight in self.parameters():
            groups[id(weight) in new].append(weight)
        return [
            {"params": groups[False], "lr": rate},
            {"params": groups[True], "lr": rate * new_factor},
        ]
