"""The trained network: seeds, masking, and the teacher's average."""

import numpy as np
import pytest
import torch

from pipeline.errors import StudyError
from pipeline.io.encoders import Architecture, build_encoder
from pipeline.pretrain.network import Network, follow

SMALL = Architecture("test_vit", 32, options={"patch_size": 8, "dynamic_img_size": True})


def network(seed: int) -> Network:
    return Network(SMALL, (16, 8, 12), seed)


def weights(module: torch.nn.Module) -> np.ndarray:
    return np.concatenate([value.detach().numpy().ravel() for value in module.parameters()])


def test_the_seed_sets_every_weight_and_leaves_the_global_generator_alone() -> None:
    before = torch.random.get_rng_state()
    first, again, other = network(1), network(1), network(2)
    assert torch.equal(before, torch.random.get_rng_state())
    np.testing.assert_array_equal(weights(first), weights(again))
    assert (weights(first) != weights(other)).mean() > 0.5


def test_what_a_masked_patch_shows_cannot_be_seen() -> None:
    model, image = network(1), torch.randn(1, 1, 32, 32)
    mask = torch.zeros(1, 16, dtype=torch.bool)
    mask[0, 0] = True
    changed = image.clone()
    changed[..., :8, :8] += 5
    for before, after in zip(model(image, mask), model(changed, mask), strict=True):
        assert torch.equal(before, after)
    assert not torch.equal(model(image)[0], model(changed)[0])


def test_an_empty_mask_changes_nothing() -> None:
    model, image = network(1), torch.randn(2, 1, 32, 32)
    masked = model(image, torch.zeros(2, 16, dtype=torch.bool))
    for plain, hidden in zip(model(image), masked, strict=True):
        assert torch.equal(plain, hidden)


def test_the_teacher_is_the_moving_average_of_the_student() -> None:
    teacher, student = network(1), network(2)
    expected = 0.9 * weights(teacher).astype(np.float64) + 0.1 * weights(student)
    follow(teacher, student, 0.9)
    np.testing.assert_allclose(weights(teacher), expected, rtol=1e-4, atol=1e-7)


def test_an_encoder_that_is_no_transformer_is_a_study_error() -> None:
    with pytest.raises(StudyError, match=r"pretrain\.arch"):
        build_encoder(Architecture("no_such_model", 32), seed=0)
    with pytest.raises(StudyError, match=r"pretrain\.arch"):
        build_encoder(Architecture("test_resnet", 32), seed=0)
