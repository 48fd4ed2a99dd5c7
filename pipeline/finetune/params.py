"""The `finetune` section of `params.yaml`.

arXiv 2603.18123 (M2DINO) publishes its design but not these values: where a description says
"assumption", the default is ours.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from pipeline.tasks.strategies import Strategy

Share = Annotated[float, Field(ge=0, le=1)]


class AugmentParams(BaseModel):
    """Random changes of a training image that leave its label true."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    zoom: float = Field(ge=0, lt=1, description="Scale within 1 ± this. Assumption.")
    shift: float = Field(ge=0, lt=0.5, description="Largest move, as a share of the side.")
    brightness: float = Field(ge=0, lt=1, description="Factor within 1 ± this.")
    contrast: float = Field(ge=0, lt=1, description="Factor within 1 ± this.")
    noise: float = Field(ge=0, description="Standard deviation in grey levels of 255.")
    mirror_probability: Share = Field(
        description="For the tasks only that the catalogue calls mirror_safe."
    )


class MixtureParams(BaseModel):
    """The task-conditioned Mixture-of-Experts blocks of M2DINO, in their dense form."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled_for: list[Strategy] = Field(description="Strategies with experts. Assumption.")
    experts: int = Field(ge=1, description="Experts per block. Assumption.")
    layers: Literal["later-half", "all"] = Field(
        description="Blocks with experts. M2DINO: layers 7 to 12 of 12."
    )
    task_embedding: int = Field(ge=1, description="Numbers learnt per task. Assumption.")


class TrainingParams(BaseModel):
    """How every model is trained: the same for all units, so that only the strategy differs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    threads: int = Field(ge=1, description="CPU threads; the weights' bytes depend on it.")
    steps_per_task: int = Field(ge=1, description="Steps of a unit, per task. Assumption.")
    batch_size: int = Field(ge=1, description="Images of one task per step. Assumption.")
    learning_rate: float = Field(gt=0, description="Of the encoder, at its peak. Assumption.")
    head_rate_factor: float = Field(
        gt=0, description="Faster rate of all new weights. FM_UIA baseline: 10."
    )
    warmup_share: Share = Field(description="Share of the steps until the peak. Assumption.")
    weight_decay: float = Field(ge=0, description="Of AdamW. Assumption.")
    clip_norm: float = Field(gt=0, description="Largest gradient norm. Assumption.")
    decoder_width: int = Field(ge=4, description="Channels of the dense heads. Assumption.")
    curve_points: int = Field(ge=1, description="Lines per task in curve.csv.")
    augment: AugmentParams
    moe: MixtureParams


class FinetuneParams(BaseModel):
    """Which models are trained, and how."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    encoders: list[Literal["pretrained", "scratch"]] = Field(
        min_length=1,
        description="Where weights start: this study's own encoder, or at random.",
    )
    strategies: list[Strategy] = Field(min_length=1, description="How tasks share models.")
    fractions: list[Annotated[float, Field(gt=0, le=1)]] = Field(
        min_length=1, description="Shares of each task's training set."
    )
    seeds: list[Annotated[int, Field(ge=0)]] = Field(min_length=1, description="Repeats.")
    controls: list[Literal["constant", "shuffled-labels"]] = Field(
        description="Predict-the-mean, and a model trained on labels of other images."
    )
    training: TrainingParams
