"""Embed every labelled image once with a frozen encoder.

python -m pipeline.probe.embed [--input encoder F] --input train TAR... --input val TAR...
    --input test TAR... --output features F --output index F --output provenance F
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from pipeline.io.encoders import Architecture, build_encoder, load_encoder, to_input
from pipeline.io.samples import TaskSamples, read_samples
from pipeline.io.seeds import derive_seed
from pipeline.io.tables import write_table
from pipeline.io.tensors import write_tensors
from pipeline.probe.params import ProbeParams
from pipeline.probe.tables import FEATURE_INDEX
from pipeline.step import Job

Half = npt.NDArray[np.float16]


@torch.no_grad()
def embed(
    encoder: Any, architecture: Architecture, samples: TaskSamples, batch_size: int
) -> tuple[Half, Half]:
    """Return `pooled_NF` (CLS token beside the mean patch) and `patches_NPD`, in half precision."""
    pooled, patches = [], []
    for start in range(0, len(samples), batch_size):
        images_BHW = samples.images_NHW[start : start + batch_size]
        tokens_BND = encoder.forward_features(to_input(images_BHW, architecture))
        patches_BPD = tokens_BND[:, encoder.num_prefix_tokens :]
        pooled.append(torch.cat([tokens_BND[:, 0], patches_BPD.mean(dim=1)], dim=1).half().numpy())
        patches.append(patches_BPD.half().numpy())
    return np.concatenate(pooled), np.concatenate(patches)


def embed_tasks(
    params: ProbeParams,
    architecture: Architecture,
    encoder_path: Path | None,
    seed: int,
    split_paths: Mapping[str, Sequence[Path]],
    features_path: Path,
    index_path: Path,
    progress: Callable[[str], None] = print,
) -> None:
    """Write `<task>.<split>.pooled` and `.patches` for every task; no label goes in.

    Without `encoder_path` the encoder is the untrained one: what the architecture alone knows.
    """
    torch.set_num_threads(params.threads)
    torch.use_deterministic_algorithms(True)
    if encoder_path is None:
        encoder = build_encoder(architecture, derive_seed(seed, "probe", "encoder"))
    else:
        encoder, architecture = load_encoder(encoder_path)
    encoder.eval()
    arrays: dict[str, Half] = {}
    rows: list[dict[str, Any]] = []
    for split, paths in split_paths.items():
        tasks = read_samples(paths, architecture.image_size)
        for task, samples in tasks.items():
            name = f"{task}.{split}"
            arrays[f"{name}.pooled"], arrays[f"{name}.patches"] = embed(
                encoder, architecture, samples, params.batch_size
            )
            for row, (key, (height, width)) in enumerate(
                zip(samples.keys, samples.sizes_N2.tolist(), strict=True)
            ):
                place = {"task": task, "split": split, "sample": key, "row": row}
                rows.append({**place, "height": height, "width": width})
        progress(f"{split}: {sum(len(samples) for samples in tasks.values())} images embedded")
    write_tensors(features_path, arrays, {"encoder": architecture.arch})
    write_table(
        sorted(rows, key=lambda row: (row["task"], row["split"], row["row"])),
        FEATURE_INDEX,
        index_path,
    )


def main() -> None:
    """Run as a job; `workflow.encoder` = `scratch` embeds with an untrained encoder."""
    with Job.from_command_line() as job:
        embed_tasks(
            job.section(ProbeParams),
            Architecture.from_values(job.value),
            encoder_path=None
            if job.value("workflow.encoder") == "scratch"
            else job.input("encoder"),
            seed=job.seed,
            split_paths={split: job.inputs(split) for split in ("train", "val", "test")},
            features_path=job.output("features"),
            index_path=job.output("index"),
            progress=job.progress,
        )


if __name__ == "__main__":
    main()
