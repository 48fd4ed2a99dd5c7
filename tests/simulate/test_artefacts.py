from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from pipeline.simulate.probes import Probe, ProbeKind
from pipeline.simulate.scene import Scene
from pipeline.simulate.shapes import blob
from pipeline.simulate.tissues import BONE, GAS, SOFT
from tests.simulate.phantoms import IDEAL, LINEAR, SILENT, decibel, echoes, picture, scene_of

PLEURA = -0.5


def lung_of(probe: Probe = LINEAR, loss: float = 9.0) -> Scene:
    """A chest wall over a lung; the pleura is flat, or as curved as the probe."""
    scene = scene_of(probe)
    depth_DB = np.indices((probe.depths, probe.width), dtype=np.float32)[0]
    depth_HW = probe.scan_convert(depth_DB) / probe.depths * 2 - 1
    below = np.where(probe.sector, PLEURA - depth_HW, 1).astype(np.float32)
    scene.fill(below, GAS)
    scene.interface(below, 30)
    scene.reverberate(below, loss)
    return scene


@pytest.mark.parametrize("kind", ["linear", "convex"])
def test_a_lines_repeat_at_the_pleuras_depth_and_fade(kind: ProbeKind) -> None:
    scene = lung_of(Probe(kind, 200, 160))
    lines = np.median(picture(scene)[:, 60:100].astype(float), axis=1)
    top = 0 if kind == "linear" else scene.probe.sector[:, 80].argmax()
    pleura = top + (PLEURA + 1) / 2 * (200 - top)
    step = pleura - top
    tops = []
    for order in (1, 2, 3):
        near = round(top + order * step) + np.arange(-6, 7)
        near = near[near < 200]
        tops.append(near[lines[near].argmax()])
        between = lines[round(top + (order - 0.5) * step)]
        assert lines[tops[-1]] > between + 15
    assert np.diff(tops) == pytest.approx(step, abs=1.5)
    assert lines[tops[0]] >= lines[tops[1]] > lines[tops[2]]


def test_each_repeat_costs_the_way_and_the_mirrors_loss() -> None:
    scene = lung_of(loss=12.0)
    received = echoes(scene)
    pleura = (PLEURA + 1) / 2 * LINEAR.depths
    first, second, third = (
        np.median(received[round(order * pleura) + np.arange(-4, 5)].max(axis=0))
        for order in (1, 2, 3)
    )
    way = 2 * 0.5 * 3.5 * (PLEURA + 1) / 2 * 10.0
    for one, next_one in ((first, second), (second, third)):
        assert 20 * np.log10(one / next_one) == pytest.approx(12.0 + way, abs=1.0)


def test_without_a_mirror_the_lung_is_black() -> None:
    scene = lung_of()
    scene.mirrors.clear()
    assert picture(scene)[90:].max() == 0


@pytest.mark.parametrize("kind", ["linear", "convex"])
def test_a_b_line_runs_to_the_bottom_along_the_beam_and_hides_a_lines(kind: ProbeKind) -> None:
    scene = lung_of(Probe(kind, 200, 160))
    start, axis = (PLEURA + 1) / 2 * scene.probe.depths, 100
    row, column = (float(each[round(start), axis]) for each in scene.probe.to_screen)
    point = ((column - 79.5) / scene.unit, (row - 99.5) / scene.unit)
    plain = picture(scene).astype(float)
    scene.comet_tail(point, 0.06, strength=14)
    shown = picture(scene).astype(float)
    depth, beam = scene.probe.to_beam
    core = (np.abs(beam - axis) < 1.5) & scene.probe.sector
    bands = np.linspace(start + 8, scene.probe.depths, 7)
    for upper, lower in pairwise(bands):
        band = core & (depth >= upper) & (depth < lower)
        assert shown[band].mean() > 120
    streak = core & (depth > start + 8)
    # The lines' contrast along the beam is gone: the ringing has its own, finer one.
    order = np.round(depth / start)
    on_line = streak & (np.abs(depth - order * start) < 3)
    assert plain[on_line].mean() > plain[streak].mean() + 20
    assert abs(shown[on_line].mean() - shown[streak].mean()) < 15
    far = (np.abs(beam - axis) > 40) & scene.probe.sector
    assert np.abs(shown - plain)[far].mean() < 1
    assert np.abs(shown - plain)[core & (depth < start - 8)].mean() < 1


def test_a_comet_tail_behind_bone_is_not_heard() -> None:
    scene = lung_of()
    scene.fill(blob(scene.x_HW, scene.y_HW, (0.5, -0.7), (0.3, 0.06)), BONE)
    scene.comet_tail((-0.5, PLEURA), 0.06)
    scene.comet_tail((0.5, PLEURA), 0.06)
    below = picture(scene)[120:].mean(axis=0)
    assert below[55:65].mean() > 100
    assert below[135:145].mean() < 10


def test_a_comet_tail_fades_as_told() -> None:
    scene = scene_of(tissue=replace(SILENT, attenuation=SOFT.attenuation))
    scene.comet_tail((0.0, -0.5), 0.06, strength=20, decay=10)
    received = np.mean([echoes(scene, seed=seed)[:, 99] ** 2 for seed in range(40)], axis=0)
    depth_cm = np.arange(LINEAR.depths) * LINEAR.axial_step * scene.pixel_cm
    level = 10 * np.log10(received) + 3.5 * depth_cm
    part = (depth_cm > 2.8) & (depth_cm < 4.3)
    assert np.polyfit(depth_cm[part], level[part], 1)[0] == pytest.approx(-10, abs=1.5)


def test_clutter_follows_echoes_and_fades() -> None:
    scene = scene_of(tissue=SILENT)
    scene.interface(scene.y_HW + np.float32(0.5), 30)
    received = echoes(scene, replace(IDEAL, clutter=-20.0))
    start = round(LINEAR.depths / 4)
    length = round(10 * 0.154 / 3.5 / (LINEAR.axial_step * scene.pixel_cm))
    behind = [decibel(received[start + n * length : start + (n + 1) * length]) for n in (2, 3, 4)]
    # A factor e in power each length, and expected attenuation of 3.5 dB/cm.
    drop = 10 * np.log10(np.e) + 3.5 * 10 * 0.154 / 3.5
    assert -np.diff(behind) == pytest.approx(drop, abs=1.0)
    assert decibel(received[: start - 8]) < -100
