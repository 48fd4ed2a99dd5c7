import csv
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

from pipeline.closure import source_files
from pipeline.evaluate.tables import METRICS, TRANSFER
from pipeline.io.tables import write_table
from pipeline.report.build import build_report
from pipeline.report.models import Model
from pipeline.report.sources import Sources
from pipeline.report.study import Study
from pipeline.tasks.catalogue import catalogue_text
from tests.report.conftest import PARAMS, SIMULATED
from tests.report.study import TASKS, trained_on

VOID = {"meta", "link", "img", "br", "image", "input", "hr"}


class Reader(HTMLParser):
    """Checks that tags nest, and collects ids, links, references and the visible text."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.references: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.ids += [named["id"] or ""] if "id" in named else []
        self.references += [named[key] or "" for key in ("src", "href", "data") if key in named]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.text.append(data)


@pytest.fixture(scope="module")
def html(built: Path) -> str:
    return (built / "index.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


def test_page_is_well_formed_with_unique_ids(page: Reader) -> None:
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))


def test_page_refers_to_nothing_outside_itself(html: str, page: Reader) -> None:
    for reference in page.references:
        assert reference.startswith(("data:", "#")), reference[:80]
        if reference.startswith("#"):
            assert reference[1:] in page.ids
    outside_data = re.sub(r"data:[a-z/+]+;base64,[A-Za-z0-9+/=]+", "", html)
    assert not re.search(r"https?:|url\(|@import|<script", outside_data)


def test_page_shows_every_task_in_table_and_gallery(page: Reader) -> None:
    for task in TASKS:
        assert {f"score-{task}", f"probe-{task}", f"sample-{task}"} <= set(page.ids)


def test_every_figure_of_a_simulated_study_is_marked(html: str, page: Reader) -> None:
    assert "SIMULATED" in page.text
    assert html.count(">SIMULATED</text>") == len(TASKS) * PARAMS.gallery_samples


def test_page_tells_what_became_of_the_labelled_rows_and_who_formed_the_groups(html: str) -> None:
    assert "1,640 rows in 30 files for 27 tasks" in html
    assert "Labelled rows set aside, by reason" in html and "a box that leaves the image" in html
    assert "clinical group of 8 of the 27 tasks follows from what is reported" in html
    assert "between rows of different tasks there are 60 links by the same picture" in html


def test_text_from_artifacts_is_escaped(html: str) -> None:
    assert "Sharing &lt;one&gt; model" in html


def test_row_numbers_on_the_page_are_lines_of_the_table(built: Path, html: str) -> None:
    with (built / "results.csv").open(newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    line = re.search(r'<tr id="score-cervix">.*?</tr>', html, re.DOTALL)
    assert line
    cells = re.findall(r"<b>([\d.]+)</b>.*?row (\d+)<", line.group(), re.DOTALL)
    assert len(cells) == 8
    for text, number in cells:
        row = rows[int(number) - 1]
        assert (row["task"], row["metric"]) == ("cervix", "dice")
        assert f"{float(row['value']):.3f}" == text


def test_every_row_tells_the_training_images_of_its_model(built: Path) -> None:
    with (built / "results.csv").open(newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    for row in rows:
        model = Model(row["encoder"], row["strategy"], row["unit"], 1.0, 0)
        assert int(row["n_train"]) == trained_on(model, row["task"])
    assert len({row["n_train"] for row in rows}) > 9


def test_an_interval_without_width_is_marked_and_explained(
    sources: Sources, html: str, tmp_path: Path
) -> None:
    assert "†</small>" not in html and "3/n" not in html
    metrics = pd.read_parquet(sources.metrics)
    alike = (metrics["task"] == "lung") & (metrics["encoder"] == "scratch")
    for name in ("ci_low", "ci_high"):
        metrics[name] = metrics[name].mask(alike, metrics["value"])
    write_table(metrics, METRICS, tmp_path / "metrics.parquet")
    marked = replace(sources, metrics=tmp_path / "metrics.parquet")
    build_report(PARAMS, SIMULATED, marked, tmp_path / "results.csv", tmp_path / "index.html")
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    shown = alike & metrics["metric"].isin(["dice", "macro_f1", "iou", "mre"])
    assert page.count("†</small>") == shown.sum() > 0
    assert page.count("3/n of all images") == 2  # under the scores and under the probes
    assert "see † below the table" in page


def test_the_page_of_one_task_reads_as_such(sources: Sources, tmp_path: Path) -> None:
    metrics = pd.read_parquet(sources.metrics)
    write_table(metrics[metrics["unit"] == "cervix"], METRICS, tmp_path / "metrics.parquet")
    write_table([], TRANSFER, tmp_path / "transfer.parquet")
    (tmp_path / "catalogue.csv").write_text(catalogue_text({"cervix": TASKS["cervix"]}))
    kept = [place for place, model in enumerate(sources.models) if model.unit == "cervix"]
    tuned = [place for place in kept if not sources.models[place].strategy.startswith("probe")]
    one = replace(
        sources,
        models=tuple(sources.models[place] for place in kept),
        predictions=tuple(sources.predictions[place] for place in kept),
        finetune_curves=tuple(sources.finetune_curves[place] for place in tuned),
        metrics=tmp_path / "metrics.parquet",
        transfer=tmp_path / "transfer.parquet",
        catalogue=tmp_path / "catalogue.csv",
    )
    build_report(PARAMS, SIMULATED, one, tmp_path / "results.csv", tmp_path / "index.html")
    reader = Reader()
    reader.feed((tmp_path / "index.html").read_text(encoding="utf-8"))
    text = " ".join(" ".join(reader.text).split())
    assert "taught 1 clinical task ( finetuning ): outlining structures." in text
    assert not re.search(r"\b1 (?:[a-z]+ )?tasks\b", text)
    assert "Landmark" not in text and "macro F1" not in text
    assert "independent of each other" not in text


def test_same_inputs_give_the_same_bytes(built: Path, sources: Sources, tmp_path: Path) -> None:
    build_report(PARAMS, SIMULATED, sources, tmp_path / "results.csv", tmp_path / "index.html")
    for name in ("results.csv", "index.html"):
        assert (tmp_path / name).read_bytes() == (built / name).read_bytes()


def test_real_data_is_not_marked_and_may_be_hidden(sources: Sources, tmp_path: Path) -> None:
    study = Study("clinic", 7, simulated_cohort=False, simulated_tasks=False)
    params = PARAMS.model_copy(update={"gallery_samples": 0})
    build_report(params, study, sources, tmp_path / "results.csv", tmp_path / "index.html")
    html = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "SIMULATED" not in html
    assert "sample-cervix" not in html


def test_a_study_of_one_strategy_and_no_probe_still_has_a_page(
    sources: Sources, tmp_path: Path
) -> None:
    metrics = pd.read_parquet(sources.metrics)
    kept = metrics[(metrics["encoder"] == "scratch") & (metrics["strategy"] == "task-specific")]
    write_table(kept, METRICS, tmp_path / "metrics.parquet")
    fewer = [
        (model, path)
        for model, path in zip(sources.models, sources.predictions, strict=True)
        if (model.encoder, model.strategy) == ("scratch", "task-specific")
    ]
    write_table([], TRANSFER, tmp_path / "transfer.parquet")
    partial = replace(
        sources,
        models=tuple(model for model, _ in fewer),
        predictions=tuple(path for _, path in fewer),
        finetune_curves=sources.finetune_curves[: len(TASKS)],
        metrics=tmp_path / "metrics.parquet",
        transfer=tmp_path / "transfer.parquet",
    )
    counts = build_report(
        PARAMS, SIMULATED, partial, tmp_path / "results.csv", tmp_path / "index.html"
    )
    assert counts["rows"] == len(kept)
    assert "#transfer" not in (tmp_path / "index.html").read_text()


def test_templates_make_the_step_stale() -> None:
    files = source_files("pipeline.report.build")
    for name in ("page.html", "macros.html", "style.css"):
        assert f"pipeline/report/{name}" in files
    assert not any(name.startswith("pipeline/finetune/") for name in files)


def test_frames_of_held_out_patients_are_not_counted_as_for_pretraining(html: str) -> None:
    """The made-up study keeps 600, 100 and 100 frames for train, val and test."""
    assert "<dt>frames for pretraining</dt><dd>600</dd>" in html
    assert "<b>800</b><span>frames in the shards</span>" in html


def test_classes_without_published_names_are_told(html: str) -> None:
    assert "What the classes of breast_2cls and lung_2cls mean was not published" in html
