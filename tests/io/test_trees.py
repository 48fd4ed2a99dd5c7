import json
import os
from pathlib import Path

import pytest

from pipeline.io.trees import discard_if_stale, listing_digest, summarise_tree


def make(folder: Path) -> None:
    (folder / "b").mkdir(parents=True)
    (folder / "b" / "one").write_bytes(b"1")
    (folder / "a").write_bytes(b"22")


def test_a_tree_is_its_names_and_contents(tmp_path: Path) -> None:
    make(tmp_path / "x")
    make(tmp_path / "y")
    before = summarise_tree(tmp_path / "x")
    assert (before.files, before.bytes) == (2, 3)
    assert before == summarise_tree(tmp_path / "y")
    (tmp_path / "y" / "a").write_bytes(b"23")
    assert before.tree_sha256 != summarise_tree(tmp_path / "y").tree_sha256
    (tmp_path / "x" / "a").rename(tmp_path / "x" / "c")
    assert before.tree_sha256 != summarise_tree(tmp_path / "x").tree_sha256


def test_a_listing_notices_names_and_sizes(tmp_path: Path) -> None:
    make(tmp_path / "x")
    before = listing_digest(tmp_path / "x")
    (tmp_path / "x" / "a").write_bytes(b"333")
    assert listing_digest(tmp_path / "x") != before


def test_a_listing_notices_that_a_file_can_now_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path)
    before = listing_digest(tmp_path)
    monkeypatch.setattr(os, "access", lambda path, mode: path.name != "a")
    assert listing_digest(tmp_path) != before


def test_a_manifest_goes_when_a_file_of_its_folder_is_gone(tmp_path: Path) -> None:
    make(tmp_path / "x")
    manifest = tmp_path / "m.json"
    manifest.write_text(json.dumps(summarise_tree(tmp_path / "x")._asdict()))
    discard_if_stale(manifest, tmp_path / "x")
    assert manifest.exists()
    (tmp_path / "x" / "b" / "one").unlink()
    discard_if_stale(manifest, tmp_path / "x")
    assert not manifest.exists()
