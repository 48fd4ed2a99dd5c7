"""The `simulate` section of params.yaml."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class SimulateParams(BaseModel):
    """Size of the simulated cohort and of the simulated labelled tasks."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    patients: int = Field(ge=1, description="patients in the DICOM cohort")
    studies_min: int = Field(ge=1, description="fewest studies of a patient")
    studies_max: int = Field(ge=1, description="most studies of a patient")
    stills_per_study: int = Field(ge=0, description="single-frame objects in each study")
    cines_per_study: int = Field(ge=0, description="multi-frame objects in each study")
    cine_frames: int = Field(ge=2, description="frames of a multi-frame object")
    frame_height: int = Field(ge=160, le=2048, description="pixels, banner included")
    frame_width: int = Field(ge=200, le=2048, description="pixels, side bar included")
    real_objects: bool = Field(
        description="add the five real ultrasound objects that the pydicom package ships"
    )
    bad_files: bool = Field(
        description="add files that ingest must quarantine: text, cut off, empty, CT, SR, no pixels"
    )
    task_images: int = Field(ge=16, description="labelled images of each of the 27 tasks")
    task_images_per_class: int = Field(
        ge=1, description="a classification task gets more images where its classes need them"
    )
    task_images_per_patient: int = Field(
        ge=1, description="most images of one patient or clip in a labelled task; 1 is the fewest"
    )
    task_image_size: int = Field(
        ge=48, le=1024, description="pixels of the short side of a labelled image, give or take 15%"
    )

    difficulty: float = Field(
        ge=0, le=1, description="0 easy to 1 hard: contrast, overlap of signs, nuisance, noise"
    )

    @model_validator(mode="after")
    def _studies_in_order(self) -> Self:
        if self.studies_min > self.studies_max:
            raise ValueError(
                f"studies_min: {self.studies_min} must not exceed studies_max: {self.studies_max}"
            )
        return self
