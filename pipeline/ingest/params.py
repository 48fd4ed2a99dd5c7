"""The `ingest` section of params.yaml."""

from pydantic import BaseModel, ConfigDict, Field


class IngestParams(BaseModel):
    """What counts as a readable ultrasound image."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_side: int = Field(
        ge=64, description="A frame with more rows or columns than this is quarantined."
    )
    max_frames: int = Field(ge=1, description="A cine with more frames than this is quarantined.")
