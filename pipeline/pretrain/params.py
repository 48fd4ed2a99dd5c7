"""The `pretrain` section of `params.yaml`.

Where a description says "UltraDINO", the value published with arXiv 2506.19552 is given there;
the phantom study's defaults are shortened to fit two cores.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from pipeline.pretrain.architectures import faults_of

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]


def _rising(ends: tuple[float, float]) -> tuple[float, float]:
    if ends[0] > ends[1]:
        raise ValueError("the first number is the lower end, so it must not exceed the second")
    return ends


Range = Annotated[tuple[Share, Share], AfterValidator(_rising)]
AreaRange = Annotated[
    tuple[Annotated[float, Field(gt=0, le=1)], Annotated[float, Field(gt=0, le=1)]],
    AfterValidator(_rising),
]


class PretrainParams(BaseModel):
    """Self-distillation with a DINOv2-style objective."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Literal["dino"] = Field(description="How the encoder learns without labels.")
    arch: str = Field(description="A timm name of a vision transformer.")
    arch_options: dict[str, Any] = Field(
        description="More arguments of timm.create_model; local crops need dynamic_img_size."
    )
    image_size: int = Field(ge=16, description="Side of a global crop and of every later input.")
    in_chans: Literal[1, 3] = Field(description="Input channels: 1, or grey repeated on 3.")
    pixel_mean: float = Field(description="Subtracted from grey levels in [0, 1].")
    pixel_std: Positive = Field(description="Divides the shifted grey levels.")
    threads: int = Field(ge=1, description="CPU threads; the weights' bytes depend on it.")

    steps: int = Field(ge=1, description="Optimiser steps. UltraDINO: about 2 million.")
    batch_size: int = Field(ge=2, description="Images per step. UltraDINO: 128.")
    shuffle_buffer: int = Field(ge=1, description="Frames held in memory to draw from.")

    local_crops: int = Field(ge=0, description="Small crops per image. UltraDINO: 8.")
    local_size: int = Field(ge=8, description="Side of a local crop. UltraDINO: 96 of 224.")
    global_scale: AreaRange = Field(description="Area of a global crop. UltraDINO: 0.32 to 1.")
    local_scale: AreaRange = Field(description="Area of a local crop. UltraDINO: 0.05 to 0.32.")
    vertical_flip: Share = Field(description="Flip probability. UltraDINO: 0.5.")
    horizontal_flip: Share = Field(description="Mirror probability. UltraDINO: 0.")
    jitter: float = Field(ge=0, lt=1, description="Brightness, contrast range. UltraDINO: 0.4.")
    jitter_probability: Share = Field(description="UltraDINO: 0.8.")
    blur_probability: tuple[Share, Share, Share] = Field(
        description="For global 1, global 2, local. UltraDINO: 1, 0.1, 0.5."
    )

    dino_weight: float = Field(ge=0, description="Weight of the CLS loss. UltraDINO: 1.")
    ibot_weight: float = Field(ge=0, description="Weight of the masked patches. UltraDINO: 1.")
    koleo_weight: float = Field(ge=0, description="Weight of the spread term. UltraDINO: 0.1.")
    mask_probability: Share = Field(description="Share of masked images. UltraDINO: 0.5.")
    mask_ratio: Range = Field(
        description="Masked share of an image, as one block. UltraDINO: 0.1 to 0.5, by blocks."
    )
    prototypes: int = Field(ge=2, description="Outputs of the head. UltraDINO: 65,536.")
    head_hidden: int = Field(ge=1, description="UltraDINO: 2,048.")
    head_bottleneck: int = Field(ge=1, description="UltraDINO: 256.")
    centering: Literal["centering", "sinkhorn"] = Field(
        description="What keeps the teacher from collapse. UltraDINO: centering."
    )
    student_temperature: Positive = Field(description="DINOv2: 0.1.")
    teacher_temperature: tuple[Positive, Positive] = Field(
        description="From, to, over the warm-up. UltraDINO: 0.04 to 0.07."
    )
    momentum: tuple[Share, Share] = Field(
        description="Of the teacher's moving average, from, to. UltraDINO: 0.992 to 1."
    )

    learning_rate: Positive = Field(description="Peak. UltraDINO: 0.00141 at batch 128.")
    final_learning_rate: float = Field(ge=0, description="At the last step. UltraDINO: 1e-6.")
    warmup_steps: int = Field(ge=0, description="UltraDINO: a tenth of all steps.")
    weight_decay: tuple[float, float] = Field(description="From, to. UltraDINO: 0.04 to 0.4.")
    clip_norm: Positive = Field(description="Largest gradient norm. UltraDINO: 3.")
    freeze_last_layer_steps: int = Field(
        ge=0, description="Steps in which the prototypes stand still. UltraDINO: 1 of 100 epochs."
    )

    checkpoint_every: int = Field(ge=1, description="Steps between resume points.")
    log_every: int = Field(ge=1, description="Steps between lines of curve.csv.")
    monitor_images: int = Field(ge=2, description="Frames on which collapse is watched.")

    @model_validator(mode="after")
    def _the_encoder_can_be_built(self) -> Self:
        sizes = {"image_size": self.image_size}
        if self.local_crops:
            sizes["local_size"] = self.local_size
        faults = faults_of(self.arch, self.arch_options, sizes)
        if self.local_crops and not self.arch_options.get("dynamic_img_size"):
            faults.append("arch_options: local crops need dynamic_img_size: true")
        if faults:
            raise ValueError("\n".join(faults))
        return self
