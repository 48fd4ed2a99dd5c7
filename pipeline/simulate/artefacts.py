"""Echoes of what is not there: reverberation (A-lines) and comet tails (B-lines)."""

from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.simulate.probes import Map, Probe
from pipeline.simulate.scene import CometTail, Mirror, Scene

Echoes = npt.NDArray[np.complex64]


def reverberate(echo_DB: Echoes, loss_DB: Map, scene: Scene) -> Echoes:
    """Add what sound hears that goes to and fro between the probe and a mirror.

    `echo_DB` holds attenuated echoes, `loss_DB` the two-way loss in dB up to each place. Each
    round trip delays by the mirror's depth and costs the way there and back and the mirror's
    loss, so the picture above the mirror repeats below it at equal steps, fainter each time.
    """
    repeats = [_repeats(echo_DB, loss_DB, mirror, scene.probe) for mirror in scene.mirrors]
    return np.asarray(sum(repeats, start=echo_DB))


def _repeats(echo_DB: Echoes, loss_DB: Map, mirror: Mirror, probe: Probe) -> Echoes:
    depths = len(echo_DB)
    beyond = probe.sample(mirror.distance_HW) < 0
    first_B = np.where(beyond.any(axis=0), beyond.argmax(axis=0), depths)
    first_B = np.where(first_B < 2, depths, first_B)
    row_D1 = np.arange(depths)[:, None]
    trips, row = np.divmod(row_D1, first_B)
    way_B = np.take_along_axis(loss_DB, np.minimum(first_B, depths - 1)[None], axis=0)
    gain = np.power(np.float32(10), -trips * (way_B + np.float32(mirror.loss)) / 20)
    repeated = np.take_along_axis(echo_DB, row, axis=0) * gain.astype(np.float32)
    return np.where(trips > 0, repeated, 0).astype(np.complex64)


def comet_tails(scene: Scene, ring_D: Echoes) -> tuple[Map, Echoes]:
    """Return the share of other echoes that each tail lets through, and the tails.

    `ring_D` is the ringing along one beam at 0 dB.
    """
    probe = scene.probe
    clear_DB = np.ones((probe.height, probe.width), np.float32)
    tails_DB = np.zeros((probe.height, probe.width), np.complex64)
    for tail in scene.comet_tails:
        profile_DB, fade_D = _tail(tail, probe, scene.pixel_cm)
        clear_DB *= 1 - profile_DB
        tails_DB += profile_DB * (fade_D * ring_D)[:, None]
    return clear_DB, tails_DB


def _tail(tail: CometTail, probe: Probe, pixel_cm: float) -> tuple[Map, Map]:
    """Return a tail's shape `_DB`, 0 to 1, and its amplitude at each depth `_D`."""
    start, beam = probe.beam_of(tail.pixel)
    spread = tail.width / pixel_cm / probe.lateral_step[min(max(int(start), 0), probe.height - 1)]
    profile_B = np.exp(-((np.arange(probe.width) - beam) ** 2) / (2 * spread**2))
    below_D = np.arange(probe.height) - start
    depth_cm = np.maximum(below_D, 0) * probe.axial_step * pixel_cm
    fade_D = np.power(10, (tail.strength - tail.decay * depth_cm) / 20)
    on_D = np.clip(below_D + 0.5, 0, 1) * np.minimum(fade_D / 0.5, 1)
    shape: Any = on_D[:, None] * profile_B
    return shape.astype(np.float32), fade_D.astype(np.float32)
