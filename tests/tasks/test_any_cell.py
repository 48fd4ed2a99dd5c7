"""Whatever a cell holds, its row is used or has a reason; nothing else happens."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.tasks.catalogue import load_catalogue
from pipeline.tasks.challenge import Row, read_rows
from pipeline.tasks.defects import MEANINGS, Defect
from pipeline.tasks.reading import Archive, archive_of
from tests.challenge_layout import small_study
from tests.tasks.settings import changed

NAMES = ("lung", "organ_cls", "thyroid_nodule_det", "IUGC")
# A remedy may name these: they are the catalogue's, not the row's.
OUR_WORDS = {"Regression", *NAMES}
LIKELY = [
    "",
    "0",
    "1",
    "-1",
    "2.0",
    "0.5",
    "1e9",
    "inf",
    "nan",
    "[1, 2]",
    "[0, 0]",
    "[]",
    "[1e999, 1]",
]
LIKELY += [
    "../csv_files/lung.csv",
    "..",
    "../",
    "/",
    "~",
    "lung",
    "organ_cls",
    "Regression",
    "[" * 9,
]
CELLS = st.one_of(
    st.sampled_from(LIKELY),
    st.text(max_size=40),
    st.floats().map(str),
    st.lists(st.floats(), max_size=3).map(str),
    st.text(min_size=200, max_size=400),
)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    tasks = load_catalogue()
    folder = small_study(tmp_path_factory.mktemp("raw"), [tasks[name] for name in NAMES], images=1)
    return archive_of(changed(include=list(NAMES)), [folder.write()])


@pytest.fixture(scope="module")
def rows(archive: Archive) -> list[Row]:
    return list(read_rows(archive.roots))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_cell_is_a_label_or_a_defect(
    archive: Archive, rows: list[Row], data: st.DataObject
) -> None:
    row = data.draw(st.sampled_from(rows))
    names = st.sampled_from(sorted(row.fields))
    cells = data.draw(st.dictionaries(names, CELLS, min_size=1, max_size=3))
    odd = Row(row.csv, row.number, row.fields | cells)
    try:
        sample = archive.sample(archive.entry(odd))
    except Defect as defect:
        assert defect.reason in MEANINGS
        told = [cell for cell in cells.values() if len(cell) > 3 and cell not in OUR_WORDS]
        assert not any(cell in defect.detail for cell in told)
    else:
        assert sample.image.size
        assert len(sample.label.sha256) == 64
