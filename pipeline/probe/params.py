"""The `probe` section of `params.yaml`."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Positive = Annotated[float, Field(gt=0)]


class ProbeParams(BaseModel):
    """Embedding, nearest neighbours and linear models; hyper-parameters are chosen on `val`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    threads: int = Field(ge=1, description="CPU threads.")
    batch_size: int = Field(ge=1, description="Images per forward pass.")
    neighbours: list[Annotated[int, Field(ge=1)]] = Field(
        min_length=1, description="Candidates for k. UltraDINO: 10, 20, 100, 200."
    )
    temperature: Positive = Field(description="Of the neighbours' weights. UltraDINO: 0.07.")
    penalties: list[Positive] = Field(
        min_length=1, description="Candidates for the L2 penalty of the linear models."
    )
    max_patches: int = Field(
        ge=1, description="Training patches per task kept for segmentation, drawn evenly."
    )
