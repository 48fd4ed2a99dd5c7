"""The task-conditioned Mixture-of-Experts block, in place of a transformer block's MLP."""

from typing import Any

import torch
from torch import Tensor, nn

from pipeline.errors import StudyError


class TaskMixture(nn.Module):
    """Every expert answers for every token; a gate that knows the task weighs their answers.

    `gate = softmax(Linear([token, task embedding]))`, `out = Σ_e gate_e · expert_e(token)`
    (M2DINO, arXiv 2603.18123, the dense sketch). All experts start as copies of the block's own
    MLP, so the mixture first computes exactly what the MLP did. The experts are stacked in two
    matrix products: hidden E·F of E experts with F units each.
    """

    def __init__(self, mlp: Any, tasks: int, experts: int, task_embedding: int) -> None:
        super().__init__()
        dim = mlp.fc1.in_features
        self.experts, self.task = experts, 0
        self.up = nn.Linear(dim, experts * mlp.fc1.out_features)
        self.act = mlp.act
        self.down = nn.Linear(experts * mlp.fc1.out_features, dim, bias=False)
        self.down_bias_ED = nn.Parameter(mlp.fc2.bias.detach().repeat(experts, 1))
        self.gate = nn.Linear(dim + task_embedding, experts)
        self.tasks = nn.Embedding(tasks, task_embedding)
        with torch.no_grad():
            self.up.weight.copy_(mlp.fc1.weight.repeat(experts, 1))
            self.up.bias.copy_(mlp.fc1.bias.repeat(experts))
            self.down.weight.copy_(mlp.fc2.weight.repeat(1, experts))
        nn.init.trunc_normal_(self.gate.weight, std=0.02)
        nn.init.zeros_(self.gate.bias)

    def gates(self, x_BND: Tensor) -> Tensor:
        """Return the experts' weights for each token under the current task, `BNE`."""
        embedding_T = self.tasks.weight[self.task].expand(*x_BND.shape[:-1], -1)
        scores_BNE: Tensor = self.gate(torch.cat([x_BND, embedding_T], dim=-1))
        return scores_BNE.softmax(dim=-1)

    def forward(self, x_BND: Tensor) -> Tensor:
        """Return the gated sum of the experts' answers, `BND`."""
        gate_BNE = self.gates(x_BND)
        hidden_BNH: Tensor = self.act(self.up(x_BND))
        hidden_BNEF = hidden_BNH.reshape(*gate_BNE.shape, -1)
        weighted_BNH = (hidden_BNEF * gate_BNE.unsqueeze(-1)).flatten(-2)
        output_BND: Tensor = self.down(weighted_BNH) + gate_BNE @ self.down_bias_ED
        return output_BND


def add_mixtures(
    encoder: Any, tasks: int, experts: int, layers: str, task_embedding: int
) -> list[TaskMixture]:
    """Replace the MLP of the encoder's `layers` by mixtures and return these.

    Raises StudyError when the encoder's MLP is not the plain two-layer one.
    """
    count = len(encoder.blocks)
    mixtures = []
    for block in encoder.blocks[0 if layers == "all" else count // 2 :]:
        mlp = block.mlp
        plain = hasattr(mlp, "fc1") and mlp.fc1.out_features == mlp.fc2.in_features
        if not plain:
            raise StudyError(
                "params.yaml: finetune.training.moe needs an encoder with a plain two-layer MLP; "
                "choose another pretrain.arch or empty moe.enabled_for"
            )
        block.mlp = TaskMixture(mlp, tasks, experts, task_embedding)
        mixtures.append(block.mlp)
    return mixtures
