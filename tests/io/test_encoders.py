"""Encoders: built from a seed, saved and loaded without loss."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from pipeline.errors import StudyError
from pipeline.io.encoders import Architecture, build_encoder, load_encoder, save_encoder, to_input
from pipeline.io.tensors import Arrays, read_note, read_tensors, write_tensors

SMALL = Architecture("test_vit", 32, 3, 0.4, 0.2, {"patch_size": 8})


def test_an_encoder_comes_back_as_it_was(tmp_path: Path) -> None:
    encoder = build_encoder(SMALL, 5).eval()
    save_encoder(tmp_path / "a.safetensors", encoder, SMALL)
    loaded, architecture = load_encoder(tmp_path / "a.safetensors")
    assert architecture == SMALL
    image = to_input(np.full((2, 32, 32), 99, np.uint8), SMALL)
    assert torch.equal(loaded.eval()(image), encoder(image))


def test_the_same_weights_have_the_same_bytes(tmp_path: Path) -> None:
    for name in "ab":
        save_encoder(tmp_path / name, build_encoder(SMALL, 5), SMALL)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_input_is_shifted_scaled_and_repeated() -> None:
    x = to_input(np.array([[[0, 255], [51, 102]]], np.uint8), SMALL)
    assert x.shape == (1, 3, 2, 2)
    expected = (np.array([[0, 1], [0.2, 0.4]]) - 0.4) / 0.2
    np.testing.assert_allclose(x[0, 2].numpy(), expected, atol=1e-6)


def test_tensors_keep_their_note_and_order(tmp_path: Path) -> None:
    arrays: Arrays = {"b": np.arange(3, dtype=np.float16), "a": np.eye(2, dtype=np.float32)}
    write_tensors(tmp_path / "x", arrays, {"z": 1, "a": [1, 2]})
    assert json.loads(read_note(tmp_path / "x")) == {"z": 1, "a": [1, 2]}
    found = read_tensors(tmp_path / "x")
    assert list(found) == ["a", "b"]
    for name, array in arrays.items():
        np.testing.assert_array_equal(found[name], array)


def test_another_file_is_a_study_error(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"not weights")
    with pytest.raises(StudyError, match="not a weights file"):
        load_encoder(tmp_path / "x")
