"""The `ingest` section of params.yaml."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class IngestParams(BaseModel):
    """What counts as a readable ultrasound image, and how the archive is read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_side: int = Field(
        ge=64, description="A frame with more rows or columns than this is quarantined."
    )
    max_frames: int = Field(ge=1, description="A cine with more frames than this is quarantined.")
    secondary_capture: Literal["quarantine", "accept"] = Field(
        description="Whether screens saved as Secondary Capture with modality US are used; they "
        "often hold tables of patient data."
    )
    workers: int = Field(
        ge=1,
        description="Processes that read files side by side; the result does not depend on it.",
    )
    batch_files: int = Field(
        ge=1, description="Files that are read and kept together; a killed run repeats few of them."
    )
