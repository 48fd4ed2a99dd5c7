"""Linear models against their definitions."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from pipeline.probe.linear import Standardiser, logistic, ridge


@pytest.mark.parametrize("features", [3, 40])
def test_ridge_agrees_with_its_primal_form(features: int) -> None:
    rng = np.random.default_rng(0)
    train, targets, query = (
        rng.normal(size=shape) for shape in ((20, features), (20, 2), (5, features))
    )
    scale = Standardiser(train)
    reference = Ridge(alpha=0.3 * features).fit(scale(train), targets).predict(scale(query))
    np.testing.assert_allclose(ridge(train, targets, query, 0.3), reference, rtol=1e-6, atol=1e-9)


def test_ridge_leaves_out_missing_targets() -> None:
    rng = np.random.default_rng(0)
    train, targets = rng.normal(size=(20, 3)), rng.normal(size=(20, 2))
    targets[4, 1] = np.nan
    assert np.isfinite(ridge(train, targets, train, 0.1)).all()


def test_logistic_separates_and_gives_unseen_classes_nothing() -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 2], 20)
    train = rng.normal(size=(40, 4)) + 4 * labels[:, None]
    probs = logistic(train, np.eye(4)[labels], train, 0.1)
    np.testing.assert_allclose(probs.sum(axis=1), 1)
    assert (probs.argmax(axis=1) == labels).all()
    assert (probs[:, [1, 3]] == 0).all()


@pytest.mark.filterwarnings("error")
def test_logistic_converges_on_features_that_are_much_alike() -> None:
    rng = np.random.default_rng(0)
    own = rng.normal(size=(100, 20))
    train = rng.normal(size=(100, 2)) @ rng.normal(size=(2, 20)) + 0.01 * own
    labels = np.argmax(own[:, :3] + 0.3 * rng.normal(size=(100, 3)), axis=1)
    logistic(train, np.eye(3)[labels], train, 1e-4)


def test_logistic_of_one_class_is_sure() -> None:
    targets = np.eye(3)[[1, 1, 1]]
    assert logistic(np.ones((3, 2)), targets, np.ones((2, 2)), 0.1).tolist() == [[0, 1, 0]] * 2
