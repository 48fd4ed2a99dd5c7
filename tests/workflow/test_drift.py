"""What is made from code must equal what the code would make now (`make generated`)."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from pipeline.closure import ROOT
from pipeline.params import Params
from tests.toy_study import Study
from workflow.contracts import contracts
from workflow.filemap import PAGE, file_map

# A link within the repository: no address of the web, no anchor.
LINK = re.compile(r"\]\((?!http|#)([^)]+)\)")
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


def test_the_file_map_is_complete() -> None:
    assert PAGE.read_text() == file_map(), REMEDY


def test_the_pages_of_the_docs_name_files_that_exist() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    links = [(page, link) for page in pages for link in LINK.findall(page.read_text())]
    assert links
    assert not [link for page, link in links if not (page.parent / link).exists()]


def test_the_readme_names_every_variable_of_make() -> None:
    readme = (ROOT / "README.md").read_text()
    makefile = (ROOT / "Makefile").read_text()
    used = set(re.findall(r"\$\((?:if \$\()?([A-Z]+)\)", makefile))
    set_there = set(re.findall(r"^(?:export )?([A-Z]+) :=", makefile, flags=re.MULTILINE))
    given = used - set_there - {"CURDIR"}
    assert {"CORES", "ROW", "SPLIT"} <= given
    assert not [name for name in sorted(given) if f"`{name}`" not in readme]


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
