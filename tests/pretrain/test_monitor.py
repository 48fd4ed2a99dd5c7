"""The collapse indicators at both ends."""

import pytest
import torch

from pipeline.pretrain.monitor import feature_health


def test_collapsed_features_have_rank_one() -> None:
    health = feature_health(torch.ones(32, 8))
    assert health.feature_std == pytest.approx(0)
    assert health.rankme == pytest.approx(1)


def test_independent_directions_count_fully() -> None:
    assert feature_health(torch.eye(8)).rankme == pytest.approx(8)
