"""The `tasks` section of params.yaml."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class TasksParams(BaseModel):
    """Where the labelled images come from and how they are split."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: Literal["simulate", "fm_uia"] = Field(
        description="`simulate` writes data/raw_tasks itself; `fm_uia` reads the folder `path`."
    )
    path: str = Field(
        description="The folder that holds csv_files/, read when source is `fm_uia`; else empty."
    )
    val_fraction: float = Field(
        gt=0, lt=0.5, description="Share of each task's images held out for model selection."
    )
    test_fraction: float = Field(
        gt=0, lt=0.5, description="Share of each task's images held out for the published scores."
    )
    max_clip_share: float = Field(
        gt=0,
        le=1,
        description="A name prefix shared by more than this share of a task's images is a data "
        "set's running number, not a clip (our assumption: the data has no patient column).",
    )
    near_duplicate_correlation: float = Field(
        gt=0.5,
        le=1,
        description="Two images whose details agree at least so well, resized to 32 x 32 pixels, "
        "show one picture and stay together.",
    )
