import importlib
import sys
from multiprocessing import get_context
from typing import Any

import pytest

from pipeline.closure import ROOT, source_files

STEPS = sorted(
    path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
    for path in ROOT.glob("pipeline/*/*.py")
    if "Job.from_command_line" in path.read_text()
)


def load_each(answers: Any) -> None:
    """Send, for each step, the project's files that importing it really loads."""
    loaded = {}
    for module in STEPS:
        for name in [name for name in sys.modules if name.split(".")[0] == "pipeline"]:
            del sys.modules[name]
        importlib.import_module(module)
        loaded[module] = [
            str(found.__file__)
            for name, found in sys.modules.items()
            if name.split(".")[0] == "pipeline"
        ]
    answers.send(loaded)


@pytest.fixture(scope="module")
def loaded() -> dict[str, list[str]]:
    ours, theirs = get_context("fork").Pipe(duplex=False)
    # In a process of its own: the tests go on with the modules that they have.
    process = get_context("fork").Process(target=load_each, args=(theirs,))
    process.start()
    theirs.close()
    found: dict[str, list[str]] = ours.recv()
    process.join()
    return found


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
