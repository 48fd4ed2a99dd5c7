"""How the labelled images of one patient were kept on one side, in a sentence and a table."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

KINDS = {
    "same_picture": ("the same picture", "equal pixels, listed several times or by several tasks"),
    "near_duplicate": ("nearly the same picture", "resized, re-encoded, or the next frame"),
    "same_patient_or_clip": ("one patient or clip", "by the data set's naming rules"),
}


@dataclass(frozen=True)
class Links:
    """Links of one kind: how many there are, and how many of them join two splits.

    `by_image` counts those that a split image by image would have cut.
    """

    name: str
    note: str
    found: int
    across_tasks: int
    across_splits: int
    by_image: int


def links_found(leakage: Mapping[str, Any]) -> list[Links]:
    """Return the links of each kind; `leakage` is the content of leakage.json."""
    return [
        Links(
            name,
            note,
            leakage["links"][kind]["links"],
            leakage["links"][kind]["across_tasks"],
            leakage["links"][kind]["across_splits"],
            leakage["links"][kind]["across_splits_by_image"],
        )
        for kind, (name, note) in KINDS.items()
    ]


def dependence_sentence(leakage: Mapping[str, Any]) -> str:
    """Say why tasks are no independent draws, which the interval of a share takes them for."""
    picture, nearly, patient = (leakage["links"][kind]["across_tasks"] for kind in KINDS)
    return (
        "The interval of a share takes the tasks as independent of each other. They are not quite: "
        f"between rows of different tasks there are {picture:,} links by the same picture, "
        f"{nearly:,} by nearly the same and {patient:,} by one patient or clip (see Data), and one "
        "encoder serves many tasks. The true intervals are wider, so a verdict that only just "
        "holds is not safe."
    )


def leakage_sentence(leakage: Mapping[str, Any]) -> str:
    """Say how the split kept patients apart, and what a careless split would have leaked."""
    leaked = leakage["test_rows_leaked"]
    shared = leakage["links"]["same_picture"]["across_tasks"]
    worst = max(leaked["split_by_image_of_task"].items(), key=lambda item: (item[1], item[0]))
    return (
        f"The {leakage['rows']:,} labelled rows show {leakage['images']:,} different pictures, of "
        f"which {shared:,} serve more than one task. Rows of one patient, clip or picture were "
        f"joined into {leakage['groups']:,} groups, the largest of "
        f"{leakage['largest_group_images']:,} pictures, and each group was given as a whole to "
        f"training, validation or test: {leakage['groups_across_splits']} groups lie on both "
        "sides. Splitting image by image instead would have put relatives of "
        f"{leaked['split_by_image']:.0%} of the test rows into training, and of {worst[1]:.0%} in "
        f"{worst[0]}."
    )
