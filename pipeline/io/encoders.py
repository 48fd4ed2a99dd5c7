"""Vision transformers as timm builds them: made from a seed, saved and loaded by name."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import timm
import torch
from torch import Tensor, nn

from pipeline.errors import StudyError
from pipeline.io.tensors import read_note, read_tensors, write_tensors


@dataclass(frozen=True)
class Architecture:
    """All that is needed to build an encoder and to feed it.

    `options` go to `timm.create_model` beside `img_size` and `in_chans`; grey levels in [0, 1]
    are shifted by `pixel_mean` and divided by `pixel_std` before they enter.
    """

    arch: str
    image_size: int
    in_chans: int = 1
    pixel_mean: float = 0.5
    pixel_std: float = 0.5
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def timm_options(self) -> dict[str, Any]:
        """Return the keyword arguments of `timm.create_model(arch, num_classes=0, ...)`."""
        return {**self.options, "img_size": self.image_size, "in_chans": self.in_chans}

    @classmethod
    def from_values(cls, value: Callable[[str], Any]) -> "Architecture":
        """Return the architecture that the params name; `value` looks up a dotted key."""
        return cls(
            arch=value("pretrain.arch"),
            image_size=int(value("pretrain.image_size")),
            in_chans=int(value("pretrain.in_chans")),
            pixel_mean=float(value("pretrain.pixel_mean")),
            pixel_std=float(value("pretrain.pixel_std")),
            options=dict(value("pretrain.arch_options")),
        )


def build_encoder(architecture: Architecture, seed: int) -> Any:
    """Return a timm vision transformer without a classifier, its weights drawn from `seed`.

    Raises StudyError when timm does not know the name or it is not a vision transformer.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        try:
            encoder = timm.create_model(
                architecture.arch, pretrained=False, num_classes=0, **architecture.timm_options
            )
        except (RuntimeError, TypeError, AssertionError) as error:
            raise StudyError(
                f"params.yaml: pretrain.arch {architecture.arch!r} with pretrain.arch_options "
                f"cannot be built by timm: {error}"
            ) from error
    if not hasattr(encoder, "patch_embed") or not hasattr(encoder, "blocks"):
        raise StudyError(
            f"params.yaml: pretrain.arch {architecture.arch!r} is not a vision transformer; "
            "choose a name from timm.list_models('vit_*')"
        )
    return encoder


def state_arrays(module: nn.Module) -> dict[str, npt.NDArray[Any]]:
    """Return a module's weights as arrays, by their names."""
    return {name: tensor.detach().cpu().numpy() for name, tensor in module.state_dict().items()}


def save_encoder(path: Path, encoder: nn.Module, architecture: Architecture) -> None:
    """Write an encoder's weights under timm's own names, with its architecture in the header."""
    write_tensors(path, state_arrays(encoder), {"architecture": asdict(architecture)})


def load_encoder(path: Path) -> tuple[Any, Architecture]:
    """Build the encoder that a weights file describes and load it strictly."""
    architecture = Architecture(**json.loads(read_note(path))["architecture"])
    encoder = build_encoder(architecture, seed=0)
    weights = {name: torch.from_numpy(array) for name, array in read_tensors(path).items()}
    encoder.load_state_dict(weights, strict=True)
    return encoder, architecture


def to_input(images_BHW: npt.NDArray[np.uint8] | Tensor, architecture: Architecture) -> Tensor:
    """Return grey levels (0 to 255, integer or not) as the encoder's input `x_BCHW`."""
    grey_BHW = torch.as_tensor(images_BHW).float() / 255
    x_B1HW = ((grey_BHW - architecture.pixel_mean) / architecture.pixel_std).unsqueeze(1)
    return x_B1HW.expand(-1, architecture.in_chans, -1, -1)
