"""The lines to copy are YAML that the params take, in their place in params.yaml."""

import re
from pathlib import Path

import yaml

from pipeline.deidentify.refusal import exclude_lines
from pipeline.io.keys import REPOSITORY
from pipeline.params import load_params

REFUSED, SHOWN = ["0" * 32, "1e" + "2" * 30], ["a" * 32, "0" * 32, "b" * 32]


def pasted(lines: str) -> str:
    text = (REPOSITORY / "params.yaml").read_text()
    return re.sub(r"(?m)^  exclude: \[\].*$", lines, text, count=1)


def test_what_was_refused_stays_and_what_is_shown_counts_once_its_mark_is_gone(
    tmp_path: Path,
) -> None:
    lines = exclude_lines(REFUSED, SHOWN)
    path = tmp_path / "params.yaml"
    path.write_text(pasted(lines))
    assert load_params(path).deidentify.exclude == REFUSED
    path.write_text(pasted(lines.replace("# ", "")))
    assert load_params(path).deidentify.exclude == [*REFUSED, "a" * 32, "b" * 32]


def test_nothing_is_refused_by_copying_alone() -> None:
    assert yaml.safe_load(exclude_lines([], SHOWN)) == {"exclude": None}
