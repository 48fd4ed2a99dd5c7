from pathlib import Path

import pytest

from pipeline.report.build import build_report
from pipeline.report.params import ReportParams
from pipeline.report.sources import Sources
from pipeline.report.study import Study
from tests.report.study import write_study

PARAMS = ReportParams(gallery_samples=1, gallery_strategy="all-tasks", gallery_pixels=128)
SIMULATED = Study("phantom", 7, simulated_cohort=True, simulated_tasks=True)


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Sources:
    return write_study(tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="session")
def built(sources: Sources, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with results.csv and index.html of the simulated study."""
    folder = tmp_path_factory.mktemp("built")
    build_report(PARAMS, SIMULATED, sources, folder / "results.csv", folder / "index.html")
    return folder
