from dataclasses import replace

import numpy as np
import pytest

from pipeline.simulate.probes import Probe
from pipeline.simulate.shapes import Field, blob
from pipeline.simulate.surfaces import ROUGHNESS, near, seen, surface
from pipeline.simulate.tissues import FAT, SOFT
from tests.simulate.phantoms import LINEAR, SILENT, echoes, scene_of


def plane(angle: float, depth: float = 0.0) -> tuple[np.ndarray, Field]:
    """Return the echoes of a plane, tilted against the probe's face, and its distance field."""
    scene = scene_of(tissue=SILENT)
    tilt = np.radians(angle)
    distance = (scene.y_HW - np.float32(depth)) * np.float32(
        np.cos(tilt)
    ) - scene.x_HW * np.float32(np.sin(tilt))
    scene.interface(distance, 20.0)
    return echoes(scene), distance


def peak_level(angle: float) -> float:
    """Return the median over beams of the strongest echo, dB; mean of places between pixels."""
    depths = np.linspace(0, 1 / 80, 5)
    peaks = [np.median(plane(angle, depth)[0][:, 80:120].max(axis=0)) for depth in depths]
    return float(20 * np.log10(np.mean(peaks)))


def test_a_surface_that_faces_the_probe_has_its_strength() -> None:
    assert peak_level(0) == pytest.approx(20, abs=1.5)


def test_a_surface_drops_out_as_the_beam_grazes_it() -> None:
    levels = [peak_level(angle) for angle in (0, 15, 30, 45, 60)]
    assert levels == sorted(levels, reverse=True)
    assert levels[0] - levels[1] < 9
    assert levels[0] - levels[3] > 15


def test_what_a_surface_sends_back_is_specular_plus_a_rough_rest() -> None:
    cosine = np.cos(np.radians([0.0, 15.0, 90.0])).astype(np.float32)
    assert seen(cosine)[0] == pytest.approx(1)
    assert seen(cosine)[1] == pytest.approx(0.72, abs=0.05)
    assert seen(cosine)[2] == pytest.approx(ROUGHNESS, abs=0.01)


def test_a_cyst_in_a_sector_shows_where_its_wall_faces_the_beam() -> None:
    probe = Probe("convex", 160, 200)
    scene = scene_of(probe, SILENT)
    circle = blob(scene.x_HW, scene.y_HW, (0.0, 0.1), (0.4, 0.4))
    edge = surface(circle, probe.direction, near(circle, 0.05))
    y, x = (each[edge.pixels] for each in (scene.y_HW - np.float32(0.1), scene.x_HW))
    facing = np.abs(x) < 0.08
    side = np.abs(y) < 0.08
    assert edge.weight[facing].mean() > 4 * edge.weight[side].mean()


def test_the_thickness_does_not_depend_on_the_scale_of_the_distance() -> None:
    _, distance = plane(10)
    one = surface(distance, LINEAR.direction, near(distance, 0.05))
    other = surface(3 * distance, LINEAR.direction, near(distance, 0.05))
    assert np.array_equal(one.pixels, other.pixels)
    assert np.allclose(one.weight, other.weight, atol=1e-4)


def test_an_edge_reflects_as_impedances_differ() -> None:
    def edge_level(impedance: float) -> float:
        scene = scene_of(tissue=SILENT)
        scene.fill(-scene.y_HW, replace(SILENT, impedance=impedance), soft=0.001)
        return float(20 * np.log10(np.median(echoes(scene)[:, 80:120].max(axis=0))))

    fat, soft, near = FAT.impedance, SOFT.impedance, SOFT.impedance * 0.98
    expected = 20 * np.log10(((soft - fat) / (soft + fat)) / ((soft - near) / (soft + near)))
    assert edge_level(fat) - edge_level(near) == pytest.approx(expected, abs=0.3)
    assert edge_level(soft) < -100


def test_what_is_filled_hides_surfaces_below_it() -> None:
    scene = scene_of(tissue=SILENT)
    scene.interface(scene.y_HW, 30.0)
    scene.fill(blob(scene.x_HW, scene.y_HW, (0.0, 0.0), (0.5, 0.5)), SILENT)
    level = echoes(scene).max(axis=0)
    assert level[100] < 1e-3 * level[10]
