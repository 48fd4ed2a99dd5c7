"""What the page of evidence tells of the ledger: sums over all instances, and a few cases."""

import json
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from heapq import nsmallest
from itertools import compress
from typing import Any

import numpy as np

from pipeline.io.seeds import generator

PICTURES = 12  # of each kind
WAITING = 1024  # texts of actions that are counted before they are read
Row = dict[str, Any]


class Cases:
    """Sums over the ledger, of which `rows` gives the rows anew each time; few are kept."""

    def __init__(self, rows: Callable[[], Iterable[Row]]) -> None:
        self.reasons: Counter[str] = Counter()
        self.instances = self.frames = 0
        self._rows = rows
        self._patients: set[str] = set()
        self._worst = nsmallest(PICTURES, self._counted(), _most_lost_first)

    @property
    def patients(self) -> int:
        """How many patients have a cleaned instance."""
        return len(self._patients)

    def _cleaned(self) -> Iterator[Row]:
        return (row for row in self._rows() if not row["reason"])

    def _counted(self) -> Iterator[Row]:
        for row in self._rows():
            if row["reason"]:
                self.reasons[row["reason"]] += 1
                continue
            self.instances += 1
            self.frames += row["frames"]
            self._patients.add(row["patient"])
            yield row

    def actions(self) -> list[Row]:
        """Return attribute, action and number of times, the most frequent first."""
        return action_counts(row["actions"] for row in self._cleaned())

    def chosen(self, seed: int) -> dict[str, dict[str, int]]:
        """Return the frame to show of instances drawn at random, and of those that lost most."""
        is_drawn = np.zeros(self.instances, bool)
        is_drawn[generator(seed, "evidence").permutation(self.instances)[:PICTURES]] = True
        drawn = compress((row["instance"] for row in self._cleaned()), is_drawn)
        worst = (row["instance"] for row in self._worst)
        return {
            "Drawn at random: before and after": dict.fromkeys(drawn, 0),
            "The worst cases: most text, most blanked": dict.fromkeys(worst, 0),
        }

    def captions(self, wanted: Container[str], doubts: Mapping[str, str]) -> dict[str, str]:
        """Return what was done to each wanted instance, and its doubts."""
        return {
            row["instance"]: f"{row['instance']}: sector {row['sector_basis']}, "
            f"{row['blanked_share']:.0%} made black, {row['text_boxes']} lines of text painted over"
            + (f"; {doubts[row['instance']]}" if row["instance"] in doubts else "")
            for row in self._cleaned()
            if row["instance"] in wanted
        }


def action_counts(actions: Iterable[str]) -> list[Row]:
    """Return attribute, action and number of times of the ledger's texts, most frequent first."""
    total, waiting = Counter[str](), Counter[str]()
    for text in actions:
        waiting[text] += 1  # many instances have the same
        if len(waiting) == WAITING:
            _add(total, waiting)
            waiting.clear()
    _add(total, waiting)
    ordered = sorted(total.items(), key=lambda one: (-one[1], one[0]))
    split = [(name.partition(":"), times) for name, times in ordered]
    return [{"name": name, "action": action, "times": n} for (name, _, action), n in split]


def _add(total: Counter[str], texts: Mapping[str, int]) -> None:
    for text, instances in texts.items():
        for action, times in json.loads(text).items():
            total[action] += times * instances


def _most_lost_first(row: Row) -> tuple[int, float, str]:
    return -row["text_boxes"], -row["blanked_share"], row["instance"]
