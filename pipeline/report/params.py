"""Params of the report."""

from pydantic import BaseModel, ConfigDict, Field

from pipeline.tasks.strategies import Strategy


class ReportParams(BaseModel):
    """What the page shows beyond the numbers; the numbers themselves have no options."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    gallery_samples: int = Field(
        ge=0,
        le=8,
        description="Test images shown per task; 0 when the licence forbids showing any.",
    )
    gallery_strategy: Strategy = Field(
        description="The strategy whose predictions are drawn on the sample images."
    )
    gallery_pixels: int = Field(
        ge=64, le=1024, description="Longest side of a sample image on the page, in pixels."
    )
