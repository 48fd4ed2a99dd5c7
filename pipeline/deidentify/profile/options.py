"""The options of PS3.15 Annex E that a study chooses for the DICOM files that it exports."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class ProfileOptions(BaseModel):
    """Options of the Basic Application Level Confidentiality Profile (PS3.15 E.3)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    retain_uids: bool = Field(description="Keep instance UIDs as they are (E.3.9).")
    retain_device_identity: bool = Field(description="Keep what names the machine (E.3.8).")
    retain_institution_identity: bool = Field(description="Keep what names the hospital (E.3.11).")
    retain_patient_characteristics: bool = Field(
        description="Keep sex, age (at most 90), size, weight and the like (E.3.7)."
    )
    longitudinal: Literal["removed", "full", "modified"] = Field(
        description="Dates and times: removed, kept in full, or shifted by a keyed number of days "
        "per patient (E.3.6)."
    )
    date_shift_days: int = Field(
        ge=365,
        le=36500,
        description="Dates are shifted by 1 to this many days, back or forth, when longitudinal "
        "is modified.",
    )
    clean_descriptors: bool = Field(
        description="Keep words of descriptions that are in a closed vocabulary (E.3.5)."
    )
    clean_structured_content: bool = Field(
        description="Keep coded and numeric content items, without text (E.3.4)."
    )
    clean_graphics: bool = Field(description="Keep graphics and overlays without text (E.3.3).")
    retain_safe_private: bool = Field(
        description="Keep the private attributes that the standard lists as safe (E.3.10)."
    )
