"""The page for a privacy officer: where it may lie, what adds up, and whom its text names."""

import json
import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.deidentify import evidence as module
from pipeline.deidentify.doubts import audit_counts
from pipeline.deidentify.evidence import REVIEW_PAGE, Evidence, place_for
from pipeline.deidentify.tables import REVIEW
from pipeline.errors import StudyError
from pipeline.io.keys import DEMO_KEY, REPOSITORY
from pipeline.params import load_params
from tests.deidentify import chain
from tests.deidentify.leaks import leaks
from tests.deidentify.plant_header import Person
from tests.deidentify.planter import write_corpus
from tests.deidentify.settings import PARAMS

PEOPLE = [Person(patient, 0) for patient in range(2)]
PICTURE = re.compile(r'"data:image/png;base64,[A-Za-z0-9+/=]+"')


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A study's folder in which everything has run on planted objects."""
    folder = tmp_path_factory.mktemp("study")
    raw, ingest, out = folder / "data/raw", folder / "data/ingest", folder / "data/deidentify"
    write_corpus(raw, patients=2, studies=1, instances=4)
    chain.save(raw, "note.txt", b"no image")
    study = chain.run(raw, out, key=DEMO_KEY)
    study.audit()
    ingest.mkdir()
    (out / "instances.parquet").rename(ingest / "instances.parquet")
    (out / "quarantine.parquet").rename(ingest / "quarantine.parquet")
    (out / "counts.json").rename(ingest / "counts.json")
    (out / "dicom").mkdir()
    for part, tar in enumerate(study.objects):
        tar.rename(out / "dicom" / f"part-{part:04d}.tar")
    yield folder


@pytest.fixture
def evidence(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Evidence:
    monkeypatch.chdir(folder)
    params = load_params(REPOSITORY / "params.yaml")
    cleaned = params.deidentify.model_copy(update={"partitions": PARAMS.partitions})
    return Evidence(params.model_copy(update={"deidentify": cleaned}), lambda text: None)


@pytest.mark.parametrize("out", ["", "page.html", "data/deidentify/page.html"])
def test_a_page_of_real_patients_never_lies_in_the_repository(
    out: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(REPOSITORY)
    with pytest.raises(StudyError, match="outside the repository"):
        place_for(out, tmp_path / "archive")


def test_a_link_does_not_lead_back_into_the_repository(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(REPOSITORY / "data")
    with pytest.raises(StudyError):
        place_for(str(tmp_path / "link" / "page.html"), tmp_path / "archive")
    assert place_for(str(tmp_path / "page.html"), tmp_path / "archive") == tmp_path / "page.html"


def test_a_page_lies_neither_in_the_archive_nor_in_a_folder_that_is_made_for_it(
    tmp_path: Path,
) -> None:
    (tmp_path / "archive" / "2019").mkdir(parents=True)
    (tmp_path / "to_it").symlink_to(tmp_path / "archive" / "2019")
    for out in ("archive/page.html", "archive/2019/page.html", "to_it/page.html"):
        with pytest.raises(StudyError, match="and the archive"):
            place_for(str(tmp_path / out), tmp_path / "archive")
    with pytest.raises(StudyError, match="no such folder"):
        place_for(str(tmp_path / "nowhere" / "page.html"), None)


def test_every_number_of_the_audit_is_told_with_its_meaning(folder: Path) -> None:
    report = json.loads((folder / "data/deidentify/audit.json").read_text())
    told = {name.replace(" ", "_"): number for name, number, _ in audit_counts(report)}
    assert told == {
        name: told.get(name) for name in set(report) - {"findings", "checks", "heads", "review"}
    }
    assert all(report[name] == number for name, number in told.items())


def test_the_text_of_a_page_names_nobody(evidence: Evidence, tmp_path: Path) -> None:
    pictures = evidence.cases.chosen(1)
    page = evidence.page(pictures)
    assert page == evidence.page(pictures)
    figures = [figure for group in pictures.values() for figure in evidence.cases.figures(group)]
    assert len(PICTURE.findall(page)) == 2 * len(figures)
    # Pictures show images as they were: that is what the page is for.
    (tmp_path / "page.html").write_text(PICTURE.sub("", page), encoding="utf-8")
    assert leaks(tmp_path, PEOPLE) == set()
    assert str(Path.cwd()) not in page


def test_the_page_counts_doubts_and_tells_them_under_their_pictures(
    evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance = next(iter(evidence.cases.chosen(1).popitem()[1]))
    rows = [(instance, 0, "sector_detected", 0.375), (instance, 0, "uncertain_text", 0.875)]
    doubts = [dict(zip(REVIEW.names, row, strict=True)) for row in rows]
    monkeypatch.setattr(evidence, "review", lambda: iter(doubts))
    page = " ".join(evidence.page({"one": {instance: 0}}).split())
    assert "(rows: 2; instances: 1)" in page
    assert "sector_detected (38% of the image was kept), uncertain_text (score 0.88" in page


def test_a_page_says_what_it_is_and_what_its_marks_mean(evidence: Evidence) -> None:
    study = evidence.params.study.name
    for subject in ("report", REVIEW_PAGE):
        page = evidence.page({}, subject)
        assert f"<title>De-identification of study {study}: {subject}" in page
        for legend in ("Yellow boxes", "sector regions", "sector detected", "unreadable:"):
            assert page.count(legend) == 1
    assert page.index("How to read the pictures") < page.index("Is anything left?")


def test_a_page_of_a_cleaning_that_was_not_audited_warns_twice(
    evidence: Evidence, folder: Path
) -> None:
    report = folder / "data/deidentify/audit.json"
    content = report.read_bytes()
    assert "Do not share" not in evidence.page({})
    report.unlink()
    try:
        page = evidence.page({})
    finally:
        report.write_bytes(content)
    assert "Do not share these data." in page
    assert page.count("This cleaning has not been audited.") == 2  # and where one signs


def test_a_decision_is_on_what_was_cleaned(evidence: Evidence) -> None:
    decision = evidence.page({}).partition('<section class="decision">')[2]
    head = json.loads(Path("data/deidentify/audit.json").read_text())["heads"]["ledger"]
    assert all(text in decision for text in (head, "Name and function", "Date", "Signature"))


def test_a_file_that_is_gone_is_told_in_place_of_its_picture(
    evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance = next(iter(evidence.cases.chosen(1).popitem()[1]))
    monkeypatch.setattr(module, "before_and_after", lambda *rest: iter([]))
    page = evidence.page({"one": {instance: 0}})
    assert page.count("No picture: the file") == 1
    assert instance in page


def test_the_command_writes_a_page_for_its_owner_alone(
    evidence: Evidence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "load_params", lambda path: evidence.params)
    monkeypatch.setattr("sys.argv", ["deid-report", "--out", str(tmp_path / "a.html"), "--review"])
    module.main()
    assert stat.S_IMODE((tmp_path / "a.html").stat().st_mode) == 0o600


def test_the_page_lists_every_word_of_text_that_leaves(evidence: Evidence) -> None:
    page = evidence.page({})
    listed = page[page.index("Every word of text that leaves") : page.index("Open items</h2>")]
    for name, words, _ in evidence.text():
        assert f"<td>{name}</td>" in listed
        assert all(f"{word}&nbsp;({files})" in listed for word, files in words)
    assert "<td>DeidentificationMethod</td>" in listed


def test_a_page_whose_exported_files_are_not_there_says_so(evidence: Evidence) -> None:
    more = evidence.params.deidentify.model_copy(update={"partitions": PARAMS.partitions + 1})
    evidence.params = evidence.params.model_copy(update={"deidentify": more})
    with pytest.raises(StudyError, match=r"part-0002\.tar is not there: run `make study` first"):
        evidence.page({})
