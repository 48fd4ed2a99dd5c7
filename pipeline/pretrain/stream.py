"""Unlabelled frames out of WebDataset shards: shuffled, endless, resumable, constant memory."""

import itertools
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import webdataset as wds

from pipeline.errors import StudyError
from pipeline.io.images import Image, decode_png, to_grey
from pipeline.io.seeds import derive_seed


class FrameStream:
    """Endless frames whose order depends only on the seed.

    Each epoch reads the shards in a new order through a shuffle buffer. `position` (epoch,
    frames taken from it) is all that a resumed run needs: skipped frames are read, not decoded.
    """

    def __init__(
        self,
        shards: Sequence[Path],
        seed: int,
        shuffle_buffer: int,
        position: tuple[int, int] = (0, 0),
    ) -> None:
        self._shards, self._seed, self._buffer = list(shards), seed, shuffle_buffer
        self.position = position
        self._encoded: Iterator[bytes] = itertools.islice(
            self._epoch(position[0]), position[1], None
        )

    def _epoch(self, epoch: int) -> Iterator[bytes]:
        rng = random.Random(derive_seed(self._seed, "stream", epoch))
        shards = [path.as_posix() for path in self._shards]
        rng.shuffle(shards)
        samples = wds.DataPipeline(
            wds.SimpleShardList(shards),
            wds.tarfile_to_samples(),
            wds.shuffle(self._buffer, initial=self._buffer, rng=rng),
        )
        return (sample["png"] for sample in samples)

    def take(self, count: int) -> list[Image]:
        """Return the next `count` grey frames.

        Raises StudyError when the shards hold no frame.
        """
        frames: list[Image] = []
        while len(frames) < count:
            content = next(self._encoded, None)
            epoch, taken = self.position
            if content is not None:
                frames.append(to_grey(decode_png(content)))
                self.position = (epoch, taken + 1)
            elif taken == 0:
                raise StudyError(
                    f"{self._shards[0]}: the training shards hold no frame; "
                    "look at data/shard/flow.json for what was dropped"
                )
            else:
                self.position = (epoch + 1, 0)
                self._encoded = self._epoch(epoch + 1)
        return frames
