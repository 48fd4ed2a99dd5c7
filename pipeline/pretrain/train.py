"""Pretrain an encoder on the unlabelled shards.

python -m pipeline.pretrain.train --input index F --input shards TAR... --output encoder F
    --output curve F --output compute F --output provenance F
"""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import torch

from pipeline.io.atomic import atomic_path, write_json, write_text
from pipeline.io.encoders import Architecture, save_encoder, to_input
from pipeline.io.hashing import sha256_file, sha256_json
from pipeline.io.images import resize_image
from pipeline.io.seeds import derive_seed
from pipeline.pretrain.compute import compute_summary
from pipeline.pretrain.distill import Distiller
from pipeline.pretrain.monitor import feature_health
from pipeline.pretrain.params import PretrainParams
from pipeline.pretrain.stream import FrameStream
from pipeline.step import Job

PROGRESS_SECONDS = 5.0


def architecture_of(params: PretrainParams) -> Architecture:
    """Return the encoder that the params name."""
    return Architecture(
        arch=params.arch,
        image_size=params.image_size,
        in_chans=params.in_chans,
        pixel_mean=params.pixel_mean,
        pixel_std=params.pixel_std,
        options=params.arch_options,
    )


class Checkpoint:
    """A resume point in a folder that no output names; used only for the very same work."""

    def __init__(
        self, folder: Path, params: PretrainParams, seed: int, shards: Sequence[Path]
    ) -> None:
        work = [params.model_dump(mode="json"), seed, [sha256_file(path) for path in shards]]
        self.path = folder / f"{sha256_json(work)}.pt"

    def load(self) -> dict[str, Any] | None:
        """Return what was last saved, or None."""
        if not self.path.is_file():
            return None
        state: dict[str, Any] = torch.load(self.path, weights_only=True)
        return state

    def save(self, state: dict[str, Any]) -> None:
        """Replace the saved state atomically."""
        with atomic_path(self.path) as temporary:
            torch.save(state, temporary)

    def remove(self) -> None:
        """Forget the saved state: the work is done."""
        self.path.unlink(missing_ok=True)


def _monitored_input(stream: FrameStream, params: PretrainParams) -> torch.Tensor:
    side = params.image_size
    frames = [resize_image(frame, side, side) for frame in stream.take(params.monitor_images)]
    return to_input(
        torch.stack([torch.from_numpy(frame) for frame in frames]), architecture_of(params)
    )


def pretrain(
    params: PretrainParams,
    seed: int,
    shards: Sequence[Path],
    index_path: Path,
    encoder_path: Path,
    curve_path: Path,
    compute_path: Path,
    resume_folder: Path,
    progress: Callable[[str], None] = print,
) -> dict[str, float]:
    """Train for `params.steps` steps and save the teacher's encoder; return its last metrics.

    An interrupted call leaves a resume point in `resume_folder`; the same call again goes on
    from there and writes the bytes that an uninterrupted one would have written.
    """
    torch.set_num_threads(params.threads)
    torch.use_deterministic_algorithms(True)
    distiller = Distiller(params, architecture_of(params), seed)
    monitored = _monitored_input(FrameStream(shards, seed, params.shuffle_buffer), params)
    checkpoint = Checkpoint(resume_folder, params, seed, shards)
    first, position, curve = 0, (0, 0), list[dict[str, float]]()
    if (saved := checkpoint.load()) is not None:
        distiller.load_state(saved["distiller"])
        first, position, curve = saved["step"], saved["position"], saved["curve"]
        progress(f"resumed at step {first} of {params.steps}")
    stream = FrameStream(shards, seed, params.shuffle_buffer, position)

    started = shown = time.monotonic()
    for step in range(first, params.steps):
        losses = distiller.step(step, stream.take(params.batch_size))
        done = step + 1
        if step == 0 or done % params.log_every == 0 or done == params.steps:
            with torch.no_grad():
                health = feature_health(distiller.teacher(monitored)[0])
            curve.append({"step": done, **losses._asdict(), **health._asdict()})
        if done % params.checkpoint_every == 0 and done < params.steps:
            state = distiller.state()
            checkpoint.save(
                {"step": done, "position": stream.position, "curve": curve, "distiller": state}
            )
        now = time.monotonic()
        if now - shown >= PROGRESS_SECONDS or done == params.steps:
            shown = now
            progress(f"step {done}/{params.steps}, loss {losses.loss:.3f}, {now - started:.0f} s")

    save_encoder(encoder_path, distiller.teacher.encoder, distiller.architecture)
    write_text(curve_path, pd.DataFrame(curve).to_csv(index=False, float_format="%.6f"))
    frames = pq.read_table(index_path, columns=["split"])["split"].to_pylist().count("train")
    write_json(compute_path, compute_summary(distiller.teacher.encoder, params, frames))
    checkpoint.remove()
    return curve[-1]


def main() -> None:
    """Run as a job; `local.resume` is the folder of resume points."""
    with Job.from_command_line() as job:
        metrics = pretrain(
            job.section(PretrainParams),
            derive_seed(job.seed, "pretrain"),
            shards=job.inputs("shards"),
            index_path=job.input("index"),
            encoder_path=job.output("encoder"),
            curve_path=job.output("curve"),
            compute_path=job.output("compute"),
            resume_folder=Path(job.value("local.resume")),
            progress=job.progress,
        )
        job.log_metrics(metrics)


if __name__ == "__main__":
    main()
