"""The `deidentify` section of params.yaml."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from pipeline.deidentify.profile.options import ProfileOptions

InstanceId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]


class AuditParams(BaseModel):
    """How the independent auditor works, and how much of what was kept it reads for text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    workers: int = Field(
        ge=1,
        description="Processes that read the archive and check tars side by side; each that reads "
        "text takes another 400 MiB.",
    )
    instances: int = Field(
        ge=0, description="Instances whose pixels are read, drawn by their ids; 0 reads all."
    )
    every: int = Field(
        ge=1, description="Of each: first, last, every so many frames, and the maximum."
    )
    confidence: float = Field(
        ge=0, le=1, description="Text that is read with less confidence is not reported."
    )


class CleanParams(BaseModel):
    """How identity is removed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key_file: str = Field(
        description="File with at least 32 secret bytes, outside the repository; or leave it empty "
        "and give the key in the variable INSONATE_KEY. A simulated cohort without a key file uses "
        "a public demo key."
    )
    partitions: int = Field(
        ge=1,
        description="Parts that are cleaned side by side, each into one tar; a patient is in one.",
    )
    batch_instances: int = Field(
        ge=1,
        description="Instances of a part that are cleaned and kept together; a kill repeats at "
        "most so many, and changing this changes no result.",
    )
    exclude: list[InstanceId] = Field(
        description="Instance ids that a reviewer has refused; each is rejected as `excluded`, and "
        "one that is no instance of the archive is an error."
    )
    sector_threshold: int = Field(
        ge=1, le=100, description="Grey level above which a pixel can belong to the sector."
    )
    sector_frames: int = Field(
        ge=1, description="Frames of a cine, evenly spaced, whose maximum shows the sector."
    )
    text_window: int = Field(
        ge=2, description="Frames of a cine whose darkest values are searched for text together."
    )
    export_dicom: bool = Field(
        description="Write every de-identified instance as DICOM too, by the profile below."
    )
    export_encoding: Literal["native", "jpeg_ls"] = Field(
        description="How exported pixels are stored, both without loss: native is fast and opens "
        "everywhere, jpeg_ls is small."
    )
    profile: ProfileOptions = Field(description="Options of PS3.15 Annex E for exported DICOM.")


class DeidentifyParams(CleanParams):
    """How identity is removed, and how that is audited."""

    audit: AuditParams = Field(
        description="The independent second program, and what its reader of text looks at."
    )
