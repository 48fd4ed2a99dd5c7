import tracemalloc
from pathlib import Path

import pytest
import webdataset
from hypothesis import given
from hypothesis import strategies as st

from pipeline.io.hashing import sha256_file
from pipeline.io.shards import all_or_none, open_shard, read_shard

PARTS = st.dictionaries(st.sampled_from(["png", "json", "mask.png"]), st.binary(), min_size=1)


@given(samples=st.lists(PARTS, max_size=6))
def test_samples_come_back_as_they_went_in(
    samples: list[dict[str, bytes]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("shard") / "a.tar"
    named = [(f"sample{number:03d}", parts) for number, parts in enumerate(samples)]
    with open_shard(path) as shard:
        for key, parts in named:
            shard.add(key, parts)
    assert list(read_shard(path)) == named


def test_the_same_samples_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.tar", "b.tar"):
        with open_shard(tmp_path / name) as shard:
            shard.add("one", {"png": b"1", "json": b"{}"})
    assert sha256_file(tmp_path / "a.tar") == sha256_file(tmp_path / "b.tar")


def peak_of_a_tar(path: Path, members: int) -> int:
    """Return the most bytes of Python's objects while a tar is written, and read."""
    tracemalloc.start()
    with open_shard(path) as writer:
        for number in range(members):
            writer.add(f"{number:032x}", {"png": b"image"})
    assert sum(1 for _ in read_shard(path)) == members
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def test_memory_does_not_grow_with_the_members(tmp_path: Path) -> None:
    few, many = (peak_of_a_tar(tmp_path / "a.tar", members) for members in (100, 1000))
    assert many < few + 50 * 900  # bytes; a kept header takes seven times as many


def test_webdataset_reads_our_tars(tmp_path: Path) -> None:
    with open_shard(tmp_path / "a.tar") as shard:
        shard.add("one", {"png": b"1", "json": b"{}"})
        shard.add("two", {"png": b"2", "json": b"[]"})
    read = list(webdataset.WebDataset(str(tmp_path / "a.tar"), shardshuffle=False))
    assert [(one["__key__"], one["png"], one["json"]) for one in read] == [
        ("one", b"1", b"{}"),
        ("two", b"2", b"[]"),
    ]


@pytest.mark.parametrize("size", [10, 40 << 20])
def test_a_group_that_breaks_off_leaves_nothing_and_a_whole_one_all(
    size: int, tmp_path: Path
) -> None:
    with open_shard(tmp_path / "a.tar") as shard:
        shard.add("first", {"png": b"1"})
        with pytest.raises(RuntimeError), all_or_none(shard, tmp_path) as group:
            group.add("lost", {"png": bytes(size)})
            raise RuntimeError
        with all_or_none(shard, tmp_path) as group:
            group.add("kept", {"png": bytes(size), "json": b"{}"})
            group.add("last", {"png": b"3"})
    with open_shard(tmp_path / "b.tar") as shard:
        shard.add("first", {"png": b"1"})
        shard.add("kept", {"png": bytes(size), "json": b"{}"})
        shard.add("last", {"png": b"3"})
    assert sha256_file(tmp_path / "a.tar") == sha256_file(tmp_path / "b.tar")
    assert {path.name for path in tmp_path.iterdir()} == {"a.tar", "b.tar"}
