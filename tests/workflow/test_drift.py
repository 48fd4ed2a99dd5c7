"""What is made from code must equal what the code would make now (`make generated`)."""

import json
import subprocess
from pathlib import Path

import pytest

from pipeline.closure import ROOT
from pipeline.params import Params
from tests.toy_study import Study
from workflow.contracts import contracts
from workflow.filemap import with_map

REMEDY = "run `make generated` and look at what changed"


def test_the_schema_of_params_is_that_of_the_code() -> None:
    stored = json.loads((ROOT / "workflow/schemas/params.schema.json").read_text())
    assert stored == Params.model_json_schema(), REMEDY


def test_every_table_has_the_contract_of_the_code() -> None:
    made = contracts()
    stored = {path.relative_to(ROOT) for path in (ROOT / "workflow/schemas").glob("*.yaml")}
    assert stored == set(made), REMEDY
    for path, text in made.items():
        assert (ROOT / path).read_text() == text, f"{path}: {REMEDY}"
        assert "description: ''" not in text, f"{path}: a column has no description"


def test_the_file_map_of_the_readme_is_complete() -> None:
    readme = (ROOT / "README.md").read_text()
    assert readme == with_map(readme), REMEDY


def test_dvc_yaml_is_what_the_rules_say(tmp_path: Path) -> None:
    study = Study(tmp_path / "insonate", toy=False)
    stored = (study.folder / "dvc.yaml").read_text()
    study.run("python", "-m", "workflow.stages", "render")
    assert (study.folder / "dvc.yaml").read_text() == stored, REMEDY


def test_the_default_study_is_phantom() -> None:
    edited = subprocess.run(
        ["git", "diff", "--quiet", "HEAD", "--", "params.yaml"], cwd=ROOT, check=False
    )
    if edited.returncode:
        pytest.skip("params.yaml is edited: it is another study now")
    phantom = ROOT / "workflow/studies/phantom.yaml"
    assert (ROOT / "params.yaml").read_text() == phantom.read_text()


@pytest.mark.parametrize("word", ["://", "--"])
def test_the_lock_file_names_no_registry(word: str) -> None:
    assert word not in (ROOT / "requirements.lock").read_text()
