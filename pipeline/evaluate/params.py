"""The `evaluate` section of params.yaml."""

from pydantic import BaseModel, ConfigDict, Field


class EvaluateParams(BaseModel):
    """How the predictions are scored, and how uncertain the scores are said to be."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bootstrap_draws: int = Field(
        ge=100,
        le=100_000,
        description="How often the test set is drawn anew, whole patients or clips at a time.",
    )
    confidence: float = Field(
        gt=0.5, lt=1, description="Share of the draws that an interval holds, such as 0.95."
    )
    surface_tolerance: float = Field(
        gt=0,
        description="Distance in pixels of the original image up to which surface Dice counts a "
        "border as met.",
    )
