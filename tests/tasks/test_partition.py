"""Rows of several tasks linked, split and reported together."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.io.hashing import sha256_bytes
from pipeline.io.images import Image
from pipeline.tasks.fingerprint import fingerprint
from pipeline.tasks.partition import Linked, link_rows, split_linked
from pipeline.tasks.strata import Traits
from tests.challenge_layout import speckle

SHARES = {"train": 0.6, "val": 0.2, "test": 0.2}
ORDER = ["A", "B"]
LEAST = 0.8
SOURCES = {number: fingerprint(speckle(number, 40, 50)) for number in range(60)}


@dataclass(frozen=True)
class Picture:
    """What a test row shows; `version` tells copies of one source apart."""

    source: int
    version: int = 0
    task: str = "A"
    clip: str = ""
    patient: str = ""
    held_out: bool = False
    published: str = ""

    @property
    def digest(self) -> str:
        return sha256_bytes(f"{self.source}/{self.version}".encode())


PICTURES = st.builds(
    Picture,
    source=st.integers(0, 40),
    version=st.integers(0, 1),
    task=st.sampled_from(ORDER),
    clip=st.sampled_from(["", "", "", "c", "d"]),
    patient=st.sampled_from(["", "", "", "p", "q"]),
    held_out=st.sampled_from([False, False, False, True]),
    published=st.sampled_from(["", "", "", "train", "val", "test"]),
)
# Enough groups of their own that every split can be filled.
FILLING = [Picture(number, task=task) for task in ORDER for number in range(41, 60)]


def _linked(pictures: list[Picture]) -> Linked:
    rows = pd.DataFrame(
        {
            "task": [picture.task for picture in pictures],
            "sample": [f"s{number}" for number in range(len(pictures))],
            "image_sha256": [picture.digest for picture in pictures],
            "clip": [picture.clip for picture in pictures],
            "patient": [picture.patient for picture in pictures],
            "held_out": [picture.held_out for picture in pictures],
            "published": [picture.published for picture in pictures],
        }
    )
    fingerprints: dict[str, Image] = {
        picture.digest: SOURCES[picture.source] for picture in pictures
    }
    traits = [Traits((picture.source % 2,)) for picture in pictures]
    return link_rows(rows, traits, fingerprints, LEAST, ORDER)


def _split(linked: Linked) -> tuple[list[str], dict[str, Any]]:
    return split_linked(linked, SHARES, 1, ORDER)


def test_a_copy_of_other_pixels_stays_with_its_original() -> None:
    pictures = [Picture(n) for n in range(30)] + [Picture(n, 1, "B") for n in range(30)]
    splits, report = _split(_linked(pictures))
    assert splits[:30] == splits[30:]
    copies = report["links"]["near_duplicate"]
    assert copies["links"] == copies["across_tasks"] == 30
    assert copies["across_splits"] == 0 < copies["across_splits_by_image"]
    assert (report["groups"], report["groups_without_near_duplicates"]) == (30, 60)


@settings(deadline=None, max_examples=12)
@given(st.lists(PICTURES, max_size=40))
def test_nothing_that_is_related_is_in_two_splits(pictures: list[Picture]) -> None:
    """Every pair of rows is compared, without groups."""
    rows = pictures + FILLING
    splits, report = _split(_linked(rows))
    for one, first in zip(rows, splits, strict=True):
        for other, second in zip(rows, splits, strict=True):
            named = one.clip == other.clip != "" or one.patient == other.patient != ""
            if one.source == other.source or named:
                assert first == second
        assert first == "test" or not (one.held_out or one.published == "test")
        assert first != "train" or one.published != "val"
    assert report["groups_across_splits"] == report["test_rows_leaked"]["split_by_group"] == 0
    assert all(kind["across_splits"] == 0 for kind in report["links"].values())
    assert report["groups_held_out"] == 0 or any(row.held_out for row in rows)


@settings(deadline=None, max_examples=12)
@given(st.lists(PICTURES, min_size=1, max_size=40))
def test_relatives_of_held_out_images_can_be_left_out(pictures: list[Picture]) -> None:
    linked = _linked(pictures + FILLING)
    out = linked.is_of_held_out_group()
    rest = linked.only(~out)
    held_out = set(linked.rows["group"][linked.rows["held_out"]])
    assert not held_out & set(rest.rows["group"])
    assert set(linked.rows["group"]) == held_out | set(rest.rows["group"])
    assert not rest.rows["held_out"].any()
    # The links that are left are between the same rows as before.
    names = linked.rows["sample"].to_numpy()
    kept = set(rest.rows["sample"])
    before = {tuple(names[pair]) for pair in linked.copies_P2}
    after = {tuple(rest.rows["sample"].to_numpy()[pair]) for pair in rest.copies_P2}
    assert after == {pair for pair in before if kept.issuperset(pair)}
    _split(rest)


@settings(deadline=None, max_examples=20)
@given(st.lists(PICTURES, max_size=40))
def test_pairs_within_long_clips_make_no_group(pictures: list[Picture]) -> None:
    compared = _linked(pictures)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipeline.tasks.near_duplicates.LONG", 1)
        spared = _linked(pictures)
    assert list(spared.rows["group"]) == list(compared.rows["group"])
    assert len(spared.copies_P2) <= len(compared.copies_P2)


def test_a_published_split_is_kept_but_for_relatives_of_stricter_ones() -> None:
    published = ["train"] * 20 + ["val"] * 10 + ["test"] * 10
    pictures = [Picture(number, published=split) for number, split in enumerate(published)]
    # A copy of a test image, and two women who are in two splits.
    pictures += [Picture(35, 1, published="train")]
    pictures += [
        Picture(50, patient="p", published="train"),
        Picture(51, patient="p", published="val"),
    ]
    pictures += [
        Picture(52, patient="q", published="val"),
        Picture(53, patient="q", published="test"),
    ]
    filling = [Picture(number, task="B") for number in range(40, 50)]
    splits, report = _split(_linked(pictures + filling))
    assert splits[:40] == published
    assert splits[40:45] == ["test", "val", "val", "test", "test"]
    assert set(splits[45:]) == set(SHARES)
    assert report["groups_of_published_split"] == 42


def test_training_images_fill_what_a_data_set_does_not_publish() -> None:
    pictures = [Picture(n, published="test" if n < 12 else "train") for n in range(40)]
    splits, _ = _split(_linked(pictures + FILLING))
    assert set(splits[:12]) == {"test"}
    assert set(splits[12:40]) == {"train", "val"}


def test_the_report_tells_how_each_task_is_balanced() -> None:
    pictures = [Picture(number, task=ORDER[number % 2]) for number in range(60)]
    splits, report = _split(_linked(pictures))
    for task in ORDER:
        told = report["tasks"][task]
        own = [split for row, split in zip(pictures, splits, strict=True) if row.task == task]
        assert told["rows"] == told["groups"] == {name: own.count(name) for name in SHARES}
        # Sources of one parity are in one task, so each task has one class.
        assert list(told["strata"].values()) == [told["rows"]]
        expected = max(abs(own.count(name) - share * 30) for name, share in SHARES.items())
        assert told["largest_excess"] == pytest.approx(expected)


def test_a_study_without_rows_is_linked_to_nothing() -> None:
    linked = _linked([])
    assert linked.rows.empty
    assert linked.copies_P2.shape == (0, 2)
    assert not np.any(linked.is_of_held_out_group())


@settings(max_examples=40, deadline=None)
@given(st.lists(PICTURES, min_size=2, max_size=25), st.data())
def test_rows_that_leave_take_no_link_of_the_pictures_that_stay(
    pictures: list[Picture], data: st.DataObject
) -> None:
    linked = _linked(pictures)
    flags = st.lists(st.booleans(), min_size=len(pictures), max_size=len(pictures))
    kept = pd.Series(data.draw(flags))
    left = linked.only(kept)
    assert list(left.rows["sample"]) == list(linked.rows["sample"][kept])
    assert list(left.rows["group"]) == list(linked.rows["group"][kept])

    def copies(of: Linked) -> set[frozenset[str]]:
        digests = of.rows["image_sha256"].to_numpy()
        return {frozenset(digests[pair]) for pair in of.copies_P2}

    there = set(left.rows["image_sha256"])
    assert copies(left) == {pair for pair in copies(linked) if pair <= there}
    assert len(left.copies_P2) == len(copies(left))
    held = set(linked.rows.loc[linked.rows["held_out"], "image_sha256"])
    assert list(left.rows["held_out"]) == [one in held for one in left.rows["image_sha256"]]
