"""The `deidentify` section of params.yaml."""

from pydantic import BaseModel, ConfigDict, Field


class DeidentifyParams(BaseModel):
    """How identity is removed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key_file: str = Field(
        description="File with at least 32 secret bytes, outside the repository. Empty only for a "
        "simulated cohort, which uses a public demo key."
    )
    partitions: int = Field(
        ge=1,
        description="Parts that are cleaned side by side, each into one tar; a patient is in one.",
    )
    sector_threshold: int = Field(
        ge=1, le=100, description="Grey level above which a pixel can belong to the sector."
    )
    sector_frames: int = Field(
        ge=1, description="Frames of a cine, evenly spaced, whose maximum shows the sector."
    )
