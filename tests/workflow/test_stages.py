from pathlib import Path

import pytest
import yaml

from pipeline.step import LOCAL_KEYS
from workflow.stages import recorded

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("key", "names"),
    [
        ("study.seed", ["study.seed"]),
        ("shard", ["shard"]),
        ("deidentify.key_file", []),
        ("cohort.path", []),
        ("cohort", ["cohort.source"]),
    ],
)
def test_no_path_of_somebodys_machine_is_recorded(key: str, names: list[str]) -> None:
    assert recorded(key) == names


def test_dvc_watches_every_other_key_of_a_section_with_such_a_path() -> None:
    stages = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
    params = yaml.safe_load((ROOT / "params.yaml").read_text())
    watched = {name for stage in stages.values() for name in stage["params"]}
    assert not [name for name in watched if name.split(".")[-1] in LOCAL_KEYS]
    for section in ("deidentify", "tasks"):
        assert section not in watched
        own = {f"{section}.{name}" for name in params[section] if name not in LOCAL_KEYS}
        assert own <= watched
