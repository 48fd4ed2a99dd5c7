from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.closure import ROOT
from pipeline.errors import StudyError
from pipeline.params import load_params, parse_params
from pipeline.reads import LISTS, READS, lookup, select

PHANTOM = yaml.safe_load((ROOT / "workflow" / "studies" / "phantom.yaml").read_text())


def changed(key: str, value: Any) -> dict[str, Any]:
    values: dict[str, Any] = yaml.safe_load(yaml.safe_dump(PHANTOM))
    *sections, name = key.split(".")
    inner = values
    for section in sections:
        inner = inner[section]
    inner[name] = value
    return values


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("cohort.source", "dicm", ["cohort.source: 'dicm' is not allowed", "'dicom'"]),
        ("study.seed", -1, ["study.seed: -1 is not allowed", "greater than or equal to 0"]),
        ("study.name", "My Study", ["study.name", "My Study"]),
        ("shard.max_size", 4, ["shard.max_size: unknown key", "params.schema.json"]),
        ("finetune.strategies", ["all"], ["finetune.strategies.0: 'all'", "'all-tasks'"]),
        ("finetune.fractions", [2.0], ["finetune.fractions.0: 2.0", "less than or equal to 1"]),
        ("pretrain.steps", "many", ["pretrain.steps: 'many'"]),
        ("pretrain.arch", "no_such_vit", ["pretrain.arch: 'no_such_vit'", "list_models"]),
        ("pretrain.arch", "vit_smal_patch16_224", ["such as vit_small_patch16_224"]),
        ("pretrain.arch", "resnet50", ["pretrain.arch: 'resnet50' is not allowed"]),
        ("pretrain.image_size", 60, ["pretrain.image_size: 60", "multiple of the patch size 8"]),
        ("pretrain.global_scale", [1.0, 0.3], ["pretrain.global_scale: [1.0, 0.3]", "lower end"]),
        ("pretrain.local_scale", [0.0, 0.3], ["pretrain.local_scale.0: 0.0", "greater than 0"]),
        ("pretrain.mask_ratio", [0.5, 0.1], ["pretrain.mask_ratio: [0.5, 0.1]", "lower end"]),
        ("deidentify.exclude", ["me"], ["deidentify.exclude.0: 'me' is not allowed", "pattern"]),
        ("simulate.studies_min", 9, ["simulate.studies_min: 9", "studies_max"]),
        ("tasks.include", ["head"], ["tasks.include: no catalogue has head;", "breast_2cls"]),
        ("tasks.catalogue", "/none.csv", ["tasks.catalogue: '/none.csv' is no file"]),
        ("tasks.exclude_file", "/none.csv", ["tasks.exclude_file: '/none.csv' is no file"]),
    ],
)
def test_a_wrong_value_is_named_with_its_key_and_what_is_allowed(
    key: str, value: Any, words: list[str]
) -> None:
    with pytest.raises(StudyError) as caught:
        parse_params(changed(key, value))
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_an_unknown_option_of_the_architecture_is_named() -> None:
    values = changed("pretrain.arch_options", {"dynamic_img_size": True, "dept": 2})
    with pytest.raises(StudyError, match=r"pretrain\.arch_options\.dept: unknown key.* depth"):
        parse_params(values)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"study:\n  name: [toy\n", r"params\.yaml, line 3, column 1: not valid YAML: expected"),
        (b"study:\n\tname: toy\n", r"params\.yaml, line 2, column 1: .*cannot start any token"),
        (b"study\n  name: toy\n", r"params\.yaml, line 2, column 7: .*mapping values"),
        (b"study:\n  name: a\n  seed: 1\n  name: b\n", r"line 4, column 3: .*key name .*second"),
        (b"study: \xff\n", r"params\.yaml: not valid YAML: .*UTF-8"),
        (b"study: \0\n", r"params\.yaml: not valid YAML: .*UTF-8"),
    ],
)
def test_a_file_that_is_not_yaml_is_named_with_line_and_column(
    tmp_path: Path, text: bytes, words: str
) -> None:
    path = tmp_path / "params.yaml"
    path.write_bytes(text)
    with pytest.raises(StudyError, match=words):
        load_params(path)


def test_a_missing_key_is_named() -> None:
    values = changed("study.seed", 1)
    del values["shard"]["max_side"]
    with pytest.raises(StudyError, match=r"shard\.max_side: missing"):
        parse_params(values)


def test_all_that_real_data_lacks_is_said_at_once() -> None:
    values = changed("cohort", {"source": "dicom", "path": "~/archive"})
    values["tasks"] |= {"source": "fm_uia", "path": "nowhere"}
    with pytest.raises(StudyError) as caught:
        parse_params(values)
    for key in ("cohort.path: '~/archive'", "deidentify.key_file", "tasks.path: 'nowhere'"):
        assert key in str(caught.value)


def test_real_data_needs_an_existing_folder_and_a_key(tmp_path: Path) -> None:
    values = changed("cohort", {"source": "dicom", "path": str(tmp_path / "nowhere")})
    with pytest.raises(StudyError, match=r"cohort\.path"):
        parse_params(values)
    values["cohort"]["path"] = str(tmp_path)
    with pytest.raises(StudyError, match=r"deidentify\.key_file"):
        parse_params(values)
    key = tmp_path / "key"
    values["deidentify"]["key_file"] = str(key)
    with pytest.raises(StudyError, match=r"deidentify\.key_file: there is no such file"):
        parse_params(values)
    key.write_bytes(bytes(range(32)))
    key.chmod(0o600)
    with pytest.raises(StudyError, match=r"deidentify\.key_file: keep the key outside the archive"):
        parse_params(values)
    (tmp_path / "archive").mkdir()
    values["cohort"]["path"] = str(tmp_path / "archive")
    parse_params(values)


@pytest.mark.parametrize("path", ["", "archive", str(ROOT), str(ROOT / "tests"), "/"])
def test_the_archive_is_never_the_repository_itself(path: str) -> None:
    with pytest.raises(StudyError, match=r"cohort\.path"):
        parse_params(changed("cohort", {"source": "dicom", "path": path}))


def test_the_challenge_archive_needs_its_csv_folder(tmp_path: Path) -> None:
    values = changed("tasks.source", "fm_uia")
    values["tasks"]["path"] = str(tmp_path)
    with pytest.raises(StudyError, match=r"tasks\.path.*csv_files"):
        parse_params(values)
    (tmp_path / "csv_files").mkdir()
    parse_params(values)
    values["tasks"]["path"] = [str(tmp_path), str(tmp_path / "later")]
    with pytest.raises(StudyError, match=r"tasks\.path: '.*later'"):
        parse_params(values)
    (tmp_path / "later/train/csv_files").mkdir(parents=True)
    with pytest.raises(StudyError, match=r"its folder train/ does"):
        parse_params(values)
    values["tasks"]["path"][1] += "/train"
    parse_params(values)


@pytest.mark.parametrize("path", sorted((ROOT / "workflow/studies").glob("*.yaml")), ids=str)
def test_every_study_is_complete_and_valid_once_its_folders_exist(
    path: Path, tmp_path: Path
) -> None:
    values = yaml.safe_load(path.read_text())
    (tmp_path / "data" / "csv_files").mkdir(parents=True)
    for section in ("cohort", "tasks"):
        values[section]["path"] = values[section]["path"] and str(tmp_path / "data")
    key = tmp_path / "key"
    key.write_bytes(bytes(range(32)))
    key.chmod(0o600)
    values["deidentify"]["key_file"] = values["deidentify"]["key_file"] and str(key)
    parse_params(values)


def test_every_key_is_read_by_some_phase_or_decides_which_jobs_exist() -> None:
    read = {key for keys in (*READS.values(), *LISTS.values()) for key in keys}
    sections = set(PHANTOM) - {"study", "cohort"}
    for section in sections:
        parts = {f"{section}.{key}" for key in PHANTOM[section]}
        assert section in read or parts <= read


def test_a_phase_is_given_what_it_reads_and_nothing_else() -> None:
    values = select(PHANTOM, "shard")
    assert values == {"study.seed": lookup(PHANTOM, "study.seed"), "shard": PHANTOM["shard"]}


def test_the_default_params_are_valid() -> None:
    load_params(ROOT / "params.yaml")


def test_cleaning_does_not_depend_on_how_it_is_audited() -> None:
    audit, clean = (f"pipeline.deidentify.{step}" for step in ("audit.check", "clean"))
    read = {module: select(PHANTOM, "deidentify", module) for module in (audit, clean)}
    assert read[audit] == select(PHANTOM, "deidentify")
    assert "audit" in read[audit]["deidentify"]
    assert read[clean]["deidentify"] == {
        key: value for key, value in PHANTOM["deidentify"].items() if key != "audit"
    }
