"""The `shard` section of params.yaml."""

from pydantic import BaseModel, ConfigDict, Field


class ShardParams(BaseModel):
    """How frames become training shards."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_side: int = Field(
        ge=32, description="Pixels of the longer side of a cropped frame; larger ones shrink."
    )
    min_side: int = Field(ge=1, description="A sector with a shorter side than this is dropped.")
    duplicate_difference: float = Field(
        ge=0,
        description="Mean absolute grey-level difference to the last kept frame of the same cine "
        "below which a frame is a near-duplicate. Our assumption.",
    )
    val_fraction: float = Field(ge=0, lt=0.5, description="Share of patients held out.")
    test_fraction: float = Field(ge=0, lt=0.5, description="Share of patients held out.")
    train_shards: int = Field(ge=1, description="Number of training tars.")
    val_shards: int = Field(ge=1, description="Number of validation tars.")
    test_shards: int = Field(ge=1, description="Number of test tars.")
