import json
import subprocess
import sys

import pytest

from pipeline.closure import ROOT, source_files

STEPS = sorted(
    path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
    for path in ROOT.glob("pipeline/*/*.py")
    if "Job.from_command_line" in path.read_text()
)
# Prints, for each module named on the command line, the files that importing it really loads.
IMPORT_EACH = """
import importlib, json, sys
loaded = {}
for module in sys.argv[1:]:
    for name in [name for name in sys.modules if name.split(".")[0] == "pipeline"]:
        del sys.modules[name]
    importlib.import_module(module)
    loaded[module] = [
        found.__file__ for name, found in sys.modules.items() if name.split(".")[0] == "pipeline"
    ]
print(json.dumps(loaded))
"""


@pytest.fixture(scope="module")
def loaded() -> dict[str, list[str]]:
    command = [sys.executable, "-c", IMPORT_EACH, *STEPS]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return dict(json.loads(printed))


@pytest.mark.parametrize("module", STEPS)
def test_every_file_that_a_step_loads_is_in_its_closure(
    module: str, loaded: dict[str, list[str]]
) -> None:
    files = {path.removeprefix(f"{ROOT}/") for path in loaded[module]}
    assert files <= set(source_files(module))


def test_a_table_named_in_the_code_counts_as_code() -> None:
    assert "pipeline/tasks/catalogue.csv" in source_files("pipeline.tasks.plan")


def test_a_phase_does_not_depend_on_a_later_one_or_on_the_whole_params() -> None:
    assert not any("/report/" in path for path in source_files("pipeline.evaluate.score"))
    assert not any("/finetune/" in path for path in source_files("pipeline.pretrain.train"))
    assert not any("pipeline/params.py" in source_files(module) for module in STEPS)


def test_a_module_that_does_not_exist_is_named() -> None:
    with pytest.raises(ValueError, match=r"pipeline\.nothing"):
        source_files("pipeline.nothing")
