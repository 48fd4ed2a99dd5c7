"""The whole training: same bytes straight or interrupted, weights that timm loads."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import timm
import torch
from safetensors import safe_open
from safetensors.torch import load_file

from pipeline.io.encoders import load_encoder
from pipeline.pretrain.params import PretrainParams
from pipeline.pretrain.train import Checkpoint, pretrain
from tests.pretrain.frames import tiny_params, write_frames

OUTPUTS = ("encoder.safetensors", "curve.csv", "compute.json")


class Killed(BaseException):
    pass


def run(
    folder: Path,
    shards: list[Path],
    params: PretrainParams,
    seed: int = 5,
    kill_after: int | None = None,
    monkeypatch: pytest.MonkeyPatch | None = None,
) -> dict[str, bytes]:
    if monkeypatch is not None and kill_after is not None:
        save = Checkpoint.save

        def save_then_die(self: Checkpoint, state: dict[str, object]) -> None:
            save(self, state)
            if state["step"] == kill_after:
                raise Killed

        monkeypatch.setattr(Checkpoint, "save", save_then_die)
    train(folder, shards, params, seed)
    return written(folder)


def train(
    folder: Path,
    shards: list[Path],
    params: PretrainParams,
    seed: int,
    progress: Callable[[str], None] = print,
) -> None:
    pretrain(
        params,
        seed,
        shards,
        index_path=shards[0].with_name("index.parquet"),
        encoder_path=folder / OUTPUTS[0],
        curve_path=folder / OUTPUTS[1],
        compute_path=folder / OUTPUTS[2],
        resume_folder=folder / "resume",
        progress=progress,
    )


def written(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in OUTPUTS}


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_frames(tmp_path_factory.mktemp("shards"))


@pytest.mark.parametrize("centering", ["centering", "sinkhorn"])
def test_an_interrupted_run_ends_with_the_same_bytes(
    tmp_path: Path, shards: list[Path], monkeypatch: pytest.MonkeyPatch, centering: str
) -> None:
    params = tiny_params(centering=centering)
    straight = run(tmp_path / "straight", shards, params)
    with monkeypatch.context() as patch, pytest.raises(Killed):
        run(tmp_path / "broken", shards, params, kill_after=4, monkeypatch=patch)
    assert not (tmp_path / "broken" / OUTPUTS[0]).exists()
    lines: list[str] = []
    train(tmp_path / "broken", shards, params, 5, progress=lines.append)
    assert "resumed at step 4 of 6" in lines[0]
    assert written(tmp_path / "broken") == straight
    assert list((tmp_path / "broken" / "resume").iterdir()) == []


def test_a_resume_point_of_other_work_is_not_used(tmp_path: Path, shards: list[Path]) -> None:
    work = [
        (tiny_params(), 5, shards),
        (tiny_params(learning_rate=0.002), 5, shards),
        (tiny_params(), 6, shards),
        (tiny_params(), 5, shards[:1]),
    ]
    paths = {Checkpoint(tmp_path, *each).path for each in work}
    assert len(paths) == len(work)
    assert Checkpoint(tmp_path, *work[0]).path in paths


def test_the_encoder_loads_into_timm_by_name(tmp_path: Path, shards: list[Path]) -> None:
    run(tmp_path, shards, tiny_params())
    path = tmp_path / OUTPUTS[0]
    with safe_open(path, framework="pt") as handle:
        architecture = json.loads(handle.metadata()["about"])["architecture"]
    model = timm.create_model(
        architecture["arch"],
        num_classes=0,
        img_size=architecture["image_size"],
        in_chans=architecture["in_chans"],
        **architecture["options"],
    )
    model.load_state_dict(load_file(path), strict=True)
    encoder, _ = load_encoder(path)
    image = torch.randn(2, 1, 32, 32)
    assert torch.equal(model.eval()(image), encoder.eval()(image))


def test_the_seed_sets_the_weights(tmp_path: Path, shards: list[Path]) -> None:
    first, again, other = (
        run(tmp_path / str(i), shards, tiny_params(), seed) for i, seed in enumerate((5, 5, 6))
    )
    assert first == again
    assert first[OUTPUTS[0]] != other[OUTPUTS[0]]


def test_training_lowers_the_loss_without_collapse(tmp_path: Path, shards: list[Path]) -> None:
    params = tiny_params(steps=40, batch_size=8, log_every=10, centering="sinkhorn")
    run(tmp_path, shards, params)
    with (tmp_path / "curve.csv").open() as handle:
        curve = list(csv.DictReader(handle))
    assert [int(row["step"]) for row in curve] == [1, 10, 20, 30, 40]
    assert float(curve[-1]["dino"]) < float(curve[0]["dino"])
    assert float(curve[-1]["feature_std"]) > 0.01
    assert float(curve[-1]["rankme"]) > 1.5


def test_no_masked_patches_and_no_local_crops_still_train(
    tmp_path: Path, shards: list[Path]
) -> None:
    run(tmp_path, shards, tiny_params(mask_probability=0.0, local_crops=0))
    with (tmp_path / "curve.csv").open() as handle:
        assert [float(row["ibot"]) for row in csv.DictReader(handle)] == [0] * 4


def test_local_crops_need_a_flexible_encoder() -> None:
    with pytest.raises(ValueError, match="dynamic_img_size"):
        tiny_params(arch_options={"patch_size": 8})
