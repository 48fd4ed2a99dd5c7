"""What a pretraining cost, in numbers that do not depend on the machine."""

from typing import Any

from pipeline.pretrain.params import PretrainParams


def forward_flops(encoder: Any, side_patches: int) -> int:
    """Estimate the FLOPs of one image's forward pass through the transformer's blocks.

    Two per weight and token, plus 4·N²·D per block for the attention's two products.
    """
    tokens = side_patches**2 + int(encoder.num_prefix_tokens)
    weights = sum(int(parameter.numel()) for parameter in encoder.blocks.parameters())
    attention = 4 * tokens**2 * int(encoder.num_features) * len(encoder.blocks)
    return 2 * weights * tokens + attention


def compute_summary(encoder: Any, params: PretrainParams, frames: int) -> dict[str, float]:
    """Return steps, images, epochs, crops, parameters and an estimate of a run's FLOPs.

    The student's backward pass counts twice its forward; the teacher sees the global crops only.
    Heads, losses and the optimiser are left out.
    """
    patch = int(encoder.patch_embed.patch_size[0])
    images = params.steps * params.batch_size
    large = forward_flops(encoder, params.image_size // patch)
    small = forward_flops(encoder, params.local_size // patch)
    return {
        "steps": params.steps,
        "frames": frames,
        "images_seen": images,
        "epochs": round(images / frames, 3),
        "crops_seen": images * (2 + params.local_crops),
        "encoder_parameters": sum(parameter.numel() for parameter in encoder.parameters()),
        "estimated_flops": images * (2 * 4 * large + params.local_crops * 3 * small),
    }
