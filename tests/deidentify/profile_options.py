"""Options of the profile for tests: none chosen but what a test names."""

from typing import Any

from pipeline.deidentify.profile.options import BASIC, ProfileOptions


def profile_options(**chosen: Any) -> ProfileOptions:
    return ProfileOptions(**BASIC.model_dump() | {"date_shift_days": 1825} | chosen)
