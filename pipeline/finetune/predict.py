"""A trained unit's answers for test images, in native pixels."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from pipeline.finetune.heads import boxes, soft_argmax
from pipeline.finetune.model import UnitModel
from pipeline.io.images import encode_png
from pipeline.io.samples import TaskSamples
from pipeline.tasks.catalogue import Task

PREDICT_BATCH = 64


def _native_mask(logits_KHW: Tensor, height: int, width: int) -> bytes:
    """Upsample logits, then choose: sharper borders than upsampling the choice."""
    native = F.interpolate(
        logits_KHW[None], size=(height, width), mode="bilinear", align_corners=False
    )
    return encode_png(native[0].argmax(dim=0).numpy().astype(np.uint8))


def _answer(task: Task, output: Tensor, height: int, width: int) -> dict[str, Any]:
    """Turn one image's head output into the columns of its type."""
    match task.type:
        case "segmentation":
            return {"mask": _native_mask(output, height, width)}
        case "classification":
            return {"probs": output.softmax(dim=0).tolist()}
        case "detection":
            scale = torch.tensor([width, height, width, height])
            return {"box": (boxes(output[None])[0].clamp(0, 1) * scale).tolist()}
        case "regression":
            points = soft_argmax(output[None])[0] * torch.tensor([width, height])
            return {"points": points.flatten().tolist()}


@torch.no_grad()
def predict(model: UnitModel, task: Task, samples: TaskSamples) -> Iterator[dict[str, Any]]:
    """Yield one prediction row per test sample."""
    model.eval()
    for start in range(0, len(samples), PREDICT_BATCH):
        rows = slice(start, start + PREDICT_BATCH)
        outputs = model(torch.from_numpy(samples.images_NHW[rows]), task.id)
        for key, (height, width), output in zip(
            samples.keys[rows], samples.sizes_N2[rows].tolist(), outputs, strict=True
        ):
            yield {"task": task.id, "sample": key, **_answer(task, output, height, width)}
