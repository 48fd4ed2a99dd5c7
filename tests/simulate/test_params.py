import pytest
from pydantic import ValidationError

from tests.simulate.settings import small_params


def test_studies_min_above_max_is_refused() -> None:
    with pytest.raises(ValidationError, match="studies_min"):
        small_params(studies_min=4, studies_max=2)


def test_unknown_keys_are_refused() -> None:
    with pytest.raises(ValidationError, match="patient_count"):
        small_params(patient_count=3)
