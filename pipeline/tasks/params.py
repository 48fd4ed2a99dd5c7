"""The `tasks` section of params.yaml."""

from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pipeline.errors import StudyError
from pipeline.tasks.catalogue import Task, study_catalogue
from pipeline.tasks.refused import Refusal, read_refusals


class TasksParams(BaseModel):
    """Where the labelled images come from, which rows are used and how they are split."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: Literal["simulate", "fm_uia"] = Field(
        description="`simulate` writes data/raw_tasks itself; `fm_uia` reads `path`."
    )
    path: str | list[str] = Field(
        description="The folder that holds csv_files/, or a list of such folders, as for the "
        "challenge's later femur archive; read when source is `fm_uia`, else empty."
    )
    catalogue: str = Field(
        description="A CSV file of tasks of your own, in the columns of "
        "pipeline/tasks/catalogue.csv: its rows add tasks or replace the project's. Empty: none."
    )
    include: list[str] = Field(
        description="Ids of the tasks that this study runs; empty means all of the catalogue. "
        "Splits are drawn in this order: a task that you add at the end moves no image of "
        "the others."
    )
    exclude_file: str = Field(
        description="A CSV file of rows that you refuse, with the columns task_id and image_path "
        "(the path as the archive gives it, from csv_files/ or from its folder, or the file's name "
        "alone where one image of the task is called so). Empty: none."
    )
    normalised_coordinates: Literal["quarantine", "convert"] = Field(
        description="What becomes of boxes and landmarks given as shares of the image, where the "
        "format wants pixels."
    )
    missing_landmarks: Literal["keep", "quarantine"] = Field(
        description="Whether an image is used of which some landmarks are not annotated (empty or "
        "[0, 0]): losses and scores then leave those landmarks out."
    )
    drop_mirrored_femurs: bool = Field(
        description="Leave out the 25 mirrored images of fetal_femur that the organisers told "
        "entrants to disregard (fm_uia only)."
    )
    fetal_planes_official: Literal["ignore", "hold_out", "drop"] = Field(
        description="What becomes of images of the official test half of FETAL_PLANES_DB, which "
        "the challenge uses for training: no difference, into our test split with all their "
        "relatives, or left out (fm_uia only). A study that compares with published results on "
        "that half must not train on it."
    )
    shared_images: Literal["link", "first_task"] = Field(
        description="What becomes of a picture that several tasks use, as the challenge's tasks "
        "breast_2cls, breast_3cls and lung_2cls do with images of segmentation tasks. `link`: all "
        "its rows are used and stay in one split. `first_task`: only the first of these tasks "
        "keeps it, in the order of `include` or else of the catalogue, for a comparison of tasks "
        "that have no picture in common; the rows of the others are set aside as `shared_image`. "
        "Pictures are compared by their pixels."
    )
    published_splits: Literal["use", "ignore"] = Field(
        description="Whether the column `split` of a CSV counts (train, val, test or empty): rows "
        "of val and test go there with all their relatives, and rows of train stay in training "
        "where a task's rows name all three; the others fill up val and test."
    )
    workers: int = Field(
        ge=1,
        description="Processes that read images side by side; the result does not depend on it.",
    )
    batch_rows: int = Field(
        ge=1, description="Rows that are read and kept together; a killed run repeats few of them."
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
        "set's running number, not a clip (our assumption: the data has no patient column). "
        "leakage.json counts such prefixes; 1 takes every prefix for a clip.",
    )
    near_duplicate_correlation: float = Field(
        gt=0.5,
        le=1,
        description="Two images whose details agree at least so well, resized to 32 x 32 pixels, "
        "show one picture and stay together.",
    )

    @property
    def folders(self) -> tuple[str, ...]:
        """The archive's folders, in the order given."""
        return (self.path,) if isinstance(self.path, str) else tuple(self.path)

    def tasks(self) -> dict[str, Task]:
        """Return the study's tasks by id; raise StudyError when a catalogue is not valid."""
        return study_catalogue(self.catalogue, self.include)

    def refusals(self) -> tuple[Refusal, ...]:
        """Return the lines of `exclude_file`; raise StudyError when it cannot be read."""
        return read_refusals(Path(self.exclude_file)) if self.exclude_file else ()

    @model_validator(mode="after")
    def _own_files_are_valid(self) -> Self:
        faults = []
        for read in (self.tasks, self.refusals):
            try:
                read()
            except StudyError as fault:
                faults.append(str(fault))
        if self.catalogue and self.source == "simulate":
            faults.append(
                "catalogue: the simulator draws the project's own tasks; give the images of yours "
                "with tasks.source: fm_uia"
            )
        if faults:
            raise ValueError("\n".join(faults))
        return self
