"""The mixture block against a plain loop over experts."""

import copy

import pytest
import torch
import torch.nn.functional as F

from pipeline.errors import StudyError
from pipeline.finetune.moe import TaskMixture, add_mixtures
from pipeline.io.encoders import Architecture, build_encoder
from tests.finetune.settings import SMALL


@pytest.fixture
def mixture() -> TaskMixture:
    torch.manual_seed(0)
    mlp = build_encoder(SMALL, 1).blocks[0].mlp
    return TaskMixture(mlp, tasks=3, experts=4, task_embedding=5)


def test_a_new_mixture_computes_what_the_mlp_did() -> None:
    encoder = build_encoder(SMALL, 1).eval()
    image = torch.randn(2, 1, 32, 32)
    before = encoder.forward_features(image)
    mixtures = add_mixtures(encoder, 3, experts=4, layers="later-half", task_embedding=5)
    assert len(mixtures) == len(encoder.blocks) // 2
    assert all(isinstance(block.mlp, TaskMixture) for block in encoder.blocks[3:])
    torch.testing.assert_close(encoder.forward_features(image), before, rtol=1e-4, atol=1e-5)


def test_the_two_products_are_the_gated_sum_of_separate_experts(mixture: TaskMixture) -> None:
    for weight in mixture.parameters():
        torch.nn.init.normal_(weight, std=0.2)
    x, width = torch.randn(2, 7, 64), mixture.up.out_features // mixture.experts
    mixture.task = 2
    gates = mixture.gates(x)
    expected = torch.zeros_like(x)
    for expert in range(mixture.experts):
        units = slice(expert * width, (expert + 1) * width)
        hidden = F.gelu(F.linear(x, mixture.up.weight[units], mixture.up.bias[units]))
        answer = F.linear(hidden, mixture.down.weight[:, units], mixture.down_bias_ED[expert])
        expected += gates[..., expert, None] * answer
    torch.testing.assert_close(mixture(x), expected, rtol=1e-4, atol=1e-5)


def test_gates_are_shares_and_depend_on_token_and_task(mixture: TaskMixture) -> None:
    x = torch.randn(2, 7, 64)
    first = mixture.gates(x)
    mixture.task = 1
    second = mixture.gates(x)
    torch.testing.assert_close(first.sum(dim=-1), torch.ones(2, 7))
    assert not torch.allclose(first, second)
    assert not torch.allclose(first[:, 0], first[:, 1])


def test_experts_come_apart_when_trained(mixture: TaskMixture) -> None:
    width = mixture.up.out_features // mixture.experts
    optimiser = torch.optim.SGD(mixture.parameters(), lr=0.1)
    for _ in range(3):
        optimiser.zero_grad()
        (mixture(torch.randn(4, 7, 64)) - 1).square().mean().backward()
        optimiser.step()
    first, second = mixture.up.weight[:width], mixture.up.weight[width : 2 * width]
    assert not torch.equal(first, second)


def test_all_layers_can_have_experts() -> None:
    encoder = copy.deepcopy(build_encoder(SMALL, 1))
    assert len(add_mixtures(encoder, 1, 2, "all", 4)) == len(encoder.blocks)


def test_a_gated_mlp_is_a_study_error() -> None:
    gated = Architecture("vit_tiny_patch16_224", 32, options={"depth": 2, "patch_size": 8})
    encoder = build_encoder(gated, 1)
    encoder.blocks[1].mlp.fc2 = torch.nn.Linear(7, 192)
    with pytest.raises(StudyError, match=r"finetune\.training\.moe"):
        add_mixtures(encoder, 1, 2, "later-half", 4)
