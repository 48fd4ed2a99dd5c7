"""Echoes of what is not there: clutter, reverberation (A-lines) and comet tails (B-lines)."""

import numpy as np

from pipeline.simulate.beams import Echoes
from pipeline.simulate.losses import amplitude
from pipeline.simulate.probes import FINENESS, Map, Probe
from pipeline.simulate.scene import CometTail, Mirror, Scene

# Over how many wavelengths clutter dies away behind an echo.
CLUTTER_LENGTH = 10
# How far above and below a mirror its own echo reaches, rows of the screen.
MIRROR_ROWS = 2
# Shares of amplitude in a comet tail: ringing as one, and speckle.
RINGING, SPECKLE = 0.6, 0.8


def clutter(
    echo_DB: Echoes, scatter_DB: Echoes, level: float, wavelengths: float, loss: float
) -> Echoes:
    """Return what follows strong echoes: sound that was reflected several times.

    It fades within `CLUTTER_LENGTH`, its whole power `level` dB relative to the echo, and loses
    as much on its way as any sound: `loss` dB for each step of `wavelengths`. It is incoherent:
    `scatter_DB` of unit power, taken from another depth, gives its speckle.
    """
    fading = np.exp(-wavelengths / CLUTTER_LENGTH)
    kept = np.float32((fading * 10 ** (-loss / 10)) ** FINENESS)
    power_DB = echo_DB.real**2 + echo_DB.imag**2
    # It changes slowly: one value for each row of the screen will do.
    power_RB = power_DB.reshape(-1, FINENESS, power_DB.shape[1]).sum(axis=1)
    for row in range(1, len(power_RB)):
        power_RB[row] += kept * power_RB[row - 1]
    power_RB *= np.float32(10 ** (level / 10) * (1 - fading))
    strength_DB = np.repeat(np.sqrt(power_RB), FINENESS, axis=0)
    return strength_DB * np.roll(scatter_DB, len(echo_DB) // 3, axis=0)


def reverberate(echo_DB: Echoes, loss_DB: Map, scene: Scene) -> Echoes:
    """Add what sound hears that goes to and fro between the probe and a mirror.

    `echo_DB` holds attenuated echoes, `loss_DB` the two-way loss in dB up to each place. Each
    round trip delays by the mirror's depth and costs the way there and back and the mirror's
    loss, so the picture above the mirror repeats below it at equal steps, fainter each time.
    """
    repeats = [_repeats(echo_DB, loss_DB, mirror, scene.probe) for mirror in scene.mirrors]
    return np.asarray(sum(repeats, start=echo_DB))


def _repeats(echo_DB: Echoes, loss_DB: Map, mirror: Mirror, probe: Probe) -> Echoes:
    """Return the repeats of what lies above one mirror."""
    depths = probe.depths
    beyond_DB = probe.sample(mirror.distance_HW) < 0
    first_B = np.where(beyond_DB.any(axis=0), beyond_DB.argmax(axis=0), depths)
    first_B[first_B <= MIRROR_ROWS * FINENESS] = depths
    # The mirror's own echo, drawn a little below it too, repeats with what is above it.
    lag = MIRROR_ROWS * FINENESS
    trips_DB = np.maximum(np.arange(depths)[:, None] - lag, 0) // first_B
    row_DB = np.arange(depths)[:, None] - trips_DB * first_B
    way_1B = np.take_along_axis(loss_DB, (first_B - lag)[None], axis=0)
    gain_DB = amplitude((-trips_DB * (way_1B + mirror.loss)).astype(np.float32))
    repeated_DB = np.take_along_axis(echo_DB, row_DB, axis=0)
    return np.asarray(repeated_DB * gain_DB * (trips_DB > 0), np.complex64)


def add_comet_tails(
    echo_DB: Echoes, scatter_DB: Echoes, loss_DB: Map, expected_D: Map, scene: Scene
) -> Echoes:
    """Put comet tails in place of other echoes.

    `scatter_DB` of unit power gives their speckle; `expected_D` is the loss in dB that
    compensation makes up for. A source rings as loud as sound reaches it.
    """
    ringing_DB = (RINGING + SPECKLE * scatter_DB) * amplitude(-expected_D)[:, None]
    reach = MIRROR_ROWS * FINENESS
    for tail in scene.comet_tails:
        start, beam = scene.probe.beam_of(tail.pixel)
        row = int(np.clip(start - reach, 0, scene.probe.depths - 1))
        column = int(np.clip(np.rint(beam), 0, scene.probe.width - 1))
        strength = tail.strength - float(loss_DB[row, column] - expected_D[row])
        shape_DB, strength_D = _tail(tail, strength, scene)
        echo_DB = (1 - shape_DB) * echo_DB + shape_DB * strength_D[:, None] * ringing_DB
    return echo_DB


def _tail(tail: CometTail, strength: float, scene: Scene) -> tuple[Map, Map]:
    """Return a tail's shape `_DB`, 0 to 1, and its amplitude at each depth `_D`."""
    probe, pixel_cm = scene.probe, scene.pixel_cm
    start, beam = probe.beam_of(tail.pixel)
    step = probe.lateral_step[int(np.clip(start, 0, probe.depths - 1))] * pixel_cm
    profile_B = np.exp(-((np.arange(probe.width) - beam) ** 2) / (2 * (tail.width / step) ** 2))
    below_D = np.arange(probe.depths) - start
    depth_cm = np.maximum(below_D, 0) * probe.axial_step * pixel_cm
    strength_D = amplitude((strength - tail.decay * depth_cm).astype(np.float32))
    # It hides other echoes as long as it outshines them.
    on_D = np.clip(below_D + 0.5, 0, 1) * np.minimum(strength_D, 1)
    return (on_D[:, None] * profile_B).astype(np.float32), strength_D
