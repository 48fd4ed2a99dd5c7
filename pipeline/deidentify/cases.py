"""What the page of evidence tells of the ledger: sums over all instances, and a few cases."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import compress, islice
from typing import Any, NamedTuple

import numpy as np

from pipeline.deidentify.attribute_names import attribute_name
from pipeline.io.seeds import generator

PICTURES = 12  # of each kind
LISTED = 200  # ids of one kind; all stand in the tables
WAITING = 1024  # texts of actions that are counted before they are read
Row = dict[str, Any]


class Figure(NamedTuple):
    """A frame to show, and the ids of all instances that it stands for, by what is told of them."""

    instance: str
    frame: int
    told: dict[str, list[str]]


class Cases:
    """Sums over the ledger, of which `rows` gives the rows anew each time; few are kept."""

    def __init__(self, rows: Callable[[], Iterable[Row]]) -> None:
        self.reasons: Counter[str] = Counter()
        self.instances = self.frames = 0
        self.head = "ledger"  # what the first row of the chain follows
        self._rows = rows
        self._patients: set[str] = set()
        # By the digest of their pixels: copies of one image are one case.
        self._worst: dict[str, Row] = {}
        self._count()

    @property
    def patients(self) -> int:
        """How many patients have a cleaned instance."""
        return len(self._patients)

    def _cleaned(self) -> Iterator[Row]:
        return (row for row in self._rows() if not row["reason"])

    def _count(self) -> None:
        for row in self._rows():
            self.head = row["chain"]
            if row["reason"]:
                self.reasons[row["reason"]] += 1
                continue
            self.instances += 1
            self.frames += row["frames"]
            self._patients.add(row["patient"])
            self._keep_worst(row)

    def _keep_worst(self, row: Row) -> None:
        pixels = row["pixels_sha256"]
        self._worst[pixels] = min(row, self._worst.get(pixels, row), key=_most_lost_first)
        if len(self._worst) > PICTURES:
            del self._worst[max(self._worst, key=lambda one: _most_lost_first(self._worst[one]))]

    def refused(self) -> list[Row]:
        """Return the first `LISTED` rows of what was refused while cleaning."""
        return list(islice((row for row in self._rows() if row["reason"]), LISTED))

    def actions(self) -> list[Row]:
        """Return attribute, action and number of times, the most frequent first."""
        return action_counts(row["actions"] for row in self._cleaned())

    def chosen(self, seed: int) -> dict[str, dict[str, int]]:
        """Return the frame to show of instances drawn at random, and of those that lost most."""
        is_drawn = np.zeros(self.instances, bool)
        is_drawn[generator(seed, "evidence").permutation(self.instances)[:PICTURES]] = True
        drawn = compress((row["instance"] for row in self._cleaned()), is_drawn)
        return {
            "Drawn at random: before and after": dict.fromkeys(drawn, 0),
            "The worst cases: most text, most blanked": dict.fromkeys(self._worst_first(), 0),
        }

    def _worst_first(self) -> list[str]:
        """Return the worst cases, each followed by the first `LISTED` of its copies."""
        copies: dict[str, list[str]] = {pixels: [] for pixels in self._worst}
        for row in self._cleaned():
            same = copies.get(row["pixels_sha256"], [])
            if len(same) < LISTED:
                same.append(row["instance"])
        worst = sorted(self._worst.values(), key=_most_lost_first)
        return [name for row in worst for name in (row["instance"], *copies[row["pixels_sha256"]])]

    def figures(
        self, frames: Mapping[str, int], doubts: Mapping[str, str] | None = None
    ) -> list[Figure]:
        """Return what to show of the given frames by instance, in their order.

        Instances of which all that leaves is equal, pixel by pixel, are shown together, by the
        first. What is told is what was done to each, and its doubts.
        """
        kept = (row for row in self._cleaned() if row["instance"] in frames)
        rows = {row["instance"]: (row["pixels_sha256"], _what_was_done(row)) for row in kept}
        found: dict[tuple[str, int], Figure] = {}
        for instance, frame in frames.items():
            pixels, text = rows[instance]
            figure = found.setdefault((pixels, frame), Figure(instance, frame, {}))
            parts = (text, (doubts or {}).get(instance), f"frame {frame} is shown" if frame else "")
            figure.told.setdefault("; ".join(filter(None, parts)), []).append(instance)
        return list(found.values())


def _what_was_done(row: Row) -> str:
    lines = int(row["text_boxes"])
    painted = f"{lines} {'line' if lines == 1 else 'lines'} of text painted over"
    return f"sector {row['sector_basis']}, {row['blanked_share']:.0%} made black, {painted}"


def action_counts(actions: Iterable[str]) -> list[Row]:
    """Return attribute, action and number of times of the ledger's texts, most frequent first."""
    total, waiting = Counter[str](), Counter[str]()
    for text in actions:
        waiting[text] += 1  # many instances have the same
        if len(waiting) == WAITING:
            _add(total, waiting)
            waiting.clear()
    _add(total, waiting)
    named = Counter[tuple[str, str]]()
    for text, times in total.items():
        name, _, action = text.partition(":")
        named[attribute_name(name), action] += times
    ordered = sorted(named.items(), key=lambda one: (-one[1], one[0]))
    return [{"name": name, "action": action, "times": n} for (name, action), n in ordered]


def _add(total: Counter[str], texts: Mapping[str, int]) -> None:
    for text, instances in texts.items():
        for action, times in json.loads(text).items():
            total[action] += times * instances


def _most_lost_first(row: Row) -> tuple[int, float, str]:
    return -row["text_boxes"], -row["blanked_share"], row["instance"]
