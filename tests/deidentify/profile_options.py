"""Options of the profile for tests: none chosen but what a test names."""

from typing import Any

from pipeline.deidentify.options import ProfileOptions


def profile_options(**chosen: Any) -> ProfileOptions:
    none: dict[str, Any] = {
        "retain_uids": False,
        "retain_device_identity": False,
        "retain_institution_identity": False,
        "retain_patient_characteristics": False,
        "longitudinal": "removed",
        "clean_descriptors": False,
        "clean_structured_content": False,
        "clean_graphics": False,
        "retain_safe_private": False,
    }
    return ProfileOptions(**none | chosen)
