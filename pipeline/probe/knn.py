"""Nearest neighbours by cosine similarity (the protocol of DINO, arXiv 2104.14294)."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def unit(x_NF: Floats) -> Floats:
    """Return rows of length 1."""
    lengths_N1: Floats = np.linalg.norm(x_NF, axis=1, keepdims=True)
    return x_NF / np.maximum(lengths_N1, 1e-12)


def knn_mean(
    train_NF: Floats, targets_NC: Floats, query_MF: Floats, k: int, temperature: float
) -> Floats:
    """Return the mean target of the `k` nearest training rows, weighted by exp(similarity / T).

    For one-hot targets these are class probabilities. NaN targets are left out; where all of
    them are NaN the answer is the training mean.
    """
    similarity_MN = unit(query_MF) @ unit(train_NF).T
    k = min(k, len(train_NF))
    nearest_Mk = np.argpartition(-similarity_MN, k - 1, axis=1)[:, :k]
    near_Mk = np.take_along_axis(similarity_MN, nearest_Mk, axis=1)
    weight_Mk = np.exp((near_Mk - near_Mk.max(axis=1, keepdims=True)) / temperature)
    found_MkC = targets_NC[nearest_Mk]
    known_MkC = ~np.isnan(found_MkC) * weight_Mk[..., None]
    total_MC = known_MkC.sum(axis=1)
    mean_MC = (np.nan_to_num(found_MkC) * known_MkC).sum(axis=1) / total_MC.clip(1e-12)
    fallback_C = np.nan_to_num(_column_means(targets_NC))
    return np.where(total_MC > 0, mean_MC, fallback_C)


def _column_means(targets_NC: Floats) -> Floats:
    known_NC = ~np.isnan(targets_NC)
    sums: Floats = np.nan_to_num(targets_NC).sum(axis=0) / known_NC.sum(axis=0).clip(1)
    return sums
