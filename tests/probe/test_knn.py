"""Nearest neighbours against a plain loop."""

import numpy as np

from pipeline.probe.knn import knn_mean


def test_knn_mean_is_the_weighted_mean_of_the_nearest() -> None:
    rng = np.random.default_rng(0)
    train, targets, query = rng.normal(size=(30, 6)), rng.random((30, 3)), rng.normal(size=(9, 6))
    found = knn_mean(train, targets, query, k=5, temperature=0.07)
    for row, point in zip(found, query, strict=True):
        similarity = train @ point / np.linalg.norm(train, axis=1) / np.linalg.norm(point)
        near = np.argsort(-similarity)[:5]
        weights = np.exp(similarity[near] / 0.07)
        np.testing.assert_allclose(row, weights @ targets[near] / weights.sum(), rtol=1e-9)


def test_a_training_row_finds_itself() -> None:
    rng = np.random.default_rng(0)
    train, targets = rng.normal(size=(10, 6)), rng.random((10, 2))
    np.testing.assert_allclose(knn_mean(train, targets, train, 1, 0.07), targets)


def test_more_neighbours_than_rows_are_all_rows() -> None:
    train = np.random.default_rng(0).normal(size=(4, 6))
    targets = np.eye(4)
    many, all_rows = (knn_mean(train, targets, train, k, 0.07) for k in (50, 4))
    np.testing.assert_allclose(many, all_rows)


def test_missing_targets_are_left_out() -> None:
    train = np.eye(3)
    targets = np.array([[np.nan], [0.2], [0.4]])
    assert knn_mean(train, targets, train[:1], 1, 0.07)[0, 0] == np.mean([0.2, 0.4])
    assert 0.2 <= knn_mean(train, targets, train[:1], 3, 0.07)[0, 0] <= 0.4
