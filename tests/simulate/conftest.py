from pathlib import Path

import pytest

from pipeline.simulate.cohort import simulate_cohort
from pipeline.simulate.labelled import simulate_labelled
from tests.simulate.settings import SEED, small_params


@pytest.fixture(scope="session")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cohort") / "raw"
    simulate_cohort(small_params(), SEED, folder)
    return folder


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archive") / "raw_tasks"
    simulate_labelled(small_params(), SEED, folder)
    return folder
