"""Options of the profile for tests: none chosen but what a test names."""

from typing import Any

from pipeline.deidentify.profile.options import ProfileOptions

# The profile without any option.
BASIC = ProfileOptions(
    retain_uids=False,
    retain_device_identity=False,
    retain_institution_identity=False,
    retain_patient_characteristics=False,
    longitudinal="removed",
    date_shift_days=365,
    clean_descriptors=False,
    clean_structured_content=False,
    clean_graphics=False,
    retain_safe_private=False,
)


def profile_options(**chosen: Any) -> ProfileOptions:
    return ProfileOptions(**BASIC.model_dump() | {"date_shift_days": 1825} | chosen)
