"""JNU-IFM (Lu et al., Data in Brief 2022, figshare 14371652): 78 videos of 51 women in labour.

Read: `us_data/20190830T115515/image/20190830T115515_169.png` with
`mask/20190830T115515_169_mask.png`, for the frames that the video's `frame_label.csv` lists
(frame_id, frame_label: 3 nothing visible, 4 symphysis, 5 head, 6 both). A mask stores 7 for the
symphysis and 8 for the head. `mask_enhance/` shows the same in colours. A copy with all videos in
one folder has one `framelabel.csv`, which names the video of each frame (video_name). Which videos
are of one woman is not published: the video stands for her. Layout as in the set's README, public
loaders and, of the copy, the README of github.com/lamld203844/Biomedical-Segmentation.
"""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import chain
from pathlib import PurePosixPath

from pipeline.io.images import Image
from pipeline.tasks.convert.cases import Case, Mask, Shape, pair
from pipeline.tasks.convert.masks import by_value, require_foreground
from pipeline.tasks.convert.source import Source

TASK = "head_symphysis_multi"
IMAGE = re.compile(r"^(.*/|)image/([^/]+)_(\d+)\.\w+$", re.I)
MASK = re.compile(r"^(.*/|)mask/([^/]+)_(\d+)_mask\.\w+$", re.I)
SHOWN = re.compile(r"(?:^|/)mask_enhance/[^/]+$", re.I)
LABELS = re.compile(r"^(.*/|)frame_?label\.csv$", re.I)
COLUMNS = ("frame_id", "frame_label")
NOTHING_VISIBLE = "3"
CLASSES = {0: 0, 7: 1, 8: 2}
# A video, empty if its table does not name it, and a frame of it.
Frame = tuple[str, int]


def cases(source: Source) -> Iterator[Case]:
    """Yield every listed frame."""
    for file, _ in source.matching(SHOWN):
        source.refuse(file, "not_converted", "the mask again, in colours")
    frames = _listed_frames(source)
    images = ((match.group(1, 2, 3), file, False) for file, match in source.matching(IMAGE))
    masks = ((match.group(1, 2, 3), file, True) for file, match in source.matching(MASK))
    for (folder, video, frame), image, files in pair(source, chain(images, masks)):
        listed = frames.get(folder.casefold())
        label = _label(listed or {}, video, int(frame))
        if listed is not None and label is None:
            for file in (image, *files):
                source.refuse(file, "not_listed", "the video's table does not list this frame")
            continue
        empty = label == NOTHING_VISIBLE
        mask = Mask(files, partial(_head_and_symphysis, source, files, empty))
        yield Case(image, {TASK: mask}, patient=f"jnu_ifm:{video.upper()}")


def _label(listed: Mapping[Frame, str], video: str, frame: int) -> str | None:
    """Return a frame's label; a table without names of videos is of one video."""
    return listed.get((video.casefold(), frame), listed.get(("", frame)))


def _listed_frames(source: Source) -> dict[str, dict[Frame, str]]:
    """Return the label of each listed frame, by the folder of its table."""
    frames: dict[str, dict[Frame, str]] = {}
    for file, match in source.matching(LABELS):
        listed = frames.setdefault(match[1].casefold(), {})
        for number, fields in source.rows(file, COLUMNS):
            frame, label = fields["frame_id"], fields["frame_label"]
            video = PurePosixPath(fields.get("video_name", "")).stem.casefold()
            if not frame.isdecimal() or label not in {"3", "4", "5", "6"}:
                source.refuse(file, "bad_row", f"row {number}: a number is unknown", TASK)
            elif (video, int(frame)) in listed:
                source.refuse(file, "duplicate_row", f"row {number}: listed before", TASK)
            else:
                listed[video, int(frame)] = label
    return frames


def _head_and_symphysis(source: Source, files: tuple[str, ...], empty: bool, shape: Shape) -> Image:
    mask = by_value(source.path(files[0]), shape, CLASSES)
    return mask if empty else require_foreground(mask)
