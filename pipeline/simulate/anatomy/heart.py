"""The heart from its apex: views of two and four chambers.

Left ventricle at end of diastole 4.2 to 5.8 cm wide and 7.5 to 9.5 cm long, walls 0.7 to 1.1 cm,
left atrium 3 to 5 cm (Lang et al., J Am Soc Echocardiogr 2015;28:1). Systole shortens the cavity.
"""

import numpy as np

from pipeline.simulate.anatomy.axes import Axes
from pipeline.simulate.anatomy.body import DARK, Body
from pipeline.simulate.anatomy.draws import between, happens, normal, ripples
from pipeline.simulate.anatomy.edges import fade, grazed
from pipeline.simulate.anatomy.region import Region
from pipeline.simulate.anatomy.tissue import background, skin_and_fat
from pipeline.simulate.tissues import BLOOD

FOUR_CHAMBERS = 0.5
# How often a part of a side wall drops out.
DROP_OUT = 0.6
# What muscle along the beams loses, share of a mirror's loss in dB; how deep haze reaches, cm.
ALONG_BEAM, HAZE_CM = np.float32(0.25), 6.0


def heart(body: Body) -> None:
    """Paint the apical view; the finding is heart.

    Masks: 1 left ventricle, 2 myocardium, 3 left atrium. The apex is up, the left heart at the
    right of a four-chamber view.
    """
    background(body, -14, 1.5, 3.0)
    four = happens(body.shape, FOUR_CHAMBERS)
    squeeze = 0.5 - 0.5 * float(np.cos(2 * np.pi * body.scene.pose.phase))
    ejection = normal(body.shape, 0.5, 0.1)
    wide = normal(body.shape, 2.35, 0.2) * (1 - 0.33 * ejection * squeeze)
    long = normal(body.shape, 4.1, 0.25) * (1 - 0.2 * ejection * squeeze)
    wall = normal(body.shape, 0.85, 0.1) * (1 + 0.35 * squeeze)
    base_y = normal(body.shape, 9.6, 0.3) - 0.8 * squeeze
    angle = normal(body.shape, 0.0, 0.1)
    x = normal(body.shape, 1.2 if four else 0.2, 0.35)
    # Along the first axis lies the apex.
    left = Axes((x, base_y - 0.82 * long), angle - np.pi / 2, (long, wide))
    waves = ((1, -0.06, 0.0), *ripples(body.shape, (3,), 0.02))
    cavity = body.ellipse(left.center, (long, wide), left.angle, waves)
    outer = body.ellipse(left.center, (long + wall, wide + wall), left.angle, waves)
    valve = left.at(-0.82)
    beyond = body.half_plane(valve, angle + np.pi / 2)
    if four:
        _right_heart(body, left, wall, squeeze)
    atrium = _atrium(body, left, squeeze, beyond)
    muscle, ventricle = outer.without(beyond), cavity.without(beyond)
    level_HW = -4 + body.contrast(5) + body.uneven(muscle, 0.5, 2.5)
    body.fill(muscle, level_HW + ALONG_BEAM * grazed(body, outer))
    body.edge(muscle, 1, half=0.08)
    body.fluid(ventricle, DARK + 8 + body.uneven(ventricle, 1.5, 2.5), tissue=BLOOD)
    ring = beyond.shell(0.1).within(outer.grown(0.1))
    _leaflets(body, left, squeeze)
    body.fill(ring.without(cavity.grown(-0.35)), 6)
    _drop_out(body, left, cavity, outer)
    _near_field(body)
    body.label(muscle, 2)
    body.label(atrium, 3)
    body.label(ventricle, 1)
    skin_and_fat(body, between(body.look, 0.2, 0.7))


def _drop_out(body: Body, left: Axes, cavity: Region, outer: Region) -> None:
    """Blur walls that lie along the beams: fibres that sound runs along hardly reflect it."""
    for hand in (-1, 1):
        if happens(body.look, DROP_OUT):
            place = left.at(between(body.look, -0.5, 0.5), hand)
            around = float(np.arctan2(place[1] - left.center[1], place[0] - left.center[0]))
            half, cm = between(body.look, 0.2, 0.6), between(body.look, 0.2, 0.45)
            for edge in (cavity, outer):
                fade(body, edge, left.center, around, half, cm)


def _near_field(body: Body) -> None:
    """Veil the apex with echoes that go to and fro between probe and ribs."""
    rows = body.y_HW.min(axis=1) < HAZE_CM
    level, fall = between(body.look, -6, 4), between(body.look, 3, 6)
    haze_HW = np.float32(level) - np.float32(fall) * np.maximum(body.y_HW[rows], 0)
    power_HW = 10 ** (body.scene.echo_HW[rows] / 10) + 10 ** (haze_HW / 10)
    body.scene.echo_HW[rows] = 10 * np.log10(power_HW)


def _atrium(body: Body, left: Axes, squeeze: float, beyond: Region) -> Region:
    """The left atrium below the valve; it is largest when the ventricle is smallest."""
    size = normal(body.shape, 1.95, 0.2) * (1 + 0.15 * squeeze)
    place = left.at(-0.82 - 0.8 * size / left.scale[0], normal(body.shape, 0, 0.06))
    waves = ripples(body.shape, (2, 3), 0.04)
    whole = body.ellipse(place, (1.12 * size, size), left.angle, waves)
    body.edge(whole, 3, half=0.14)
    atrium = whole.within(beyond)
    body.fluid(atrium, DARK + 9, tissue=BLOOD)
    return atrium


def _leaflets(body: Body, left: Axes, squeeze: float) -> None:
    """The mitral leaflets: closed in systole, hanging into the ventricle in diastole."""
    reach = 0.3 * (1 - squeeze)
    for hand in (-1, 1):
        ends = [left.at(-0.82, 0.75 * hand), left.at(-0.8 + reach, (0.06 + 0.9 * reach) * hand)]
        body.fill(body.tube(ends, 0.07), 2)


def _right_heart(body: Body, left: Axes, wall: float, squeeze: float) -> None:
    """Right ventricle and atrium, at the left of the picture."""
    long, wide = left.scale
    center = left.at(-0.28, -(wide + wall + 1.25) / wide)
    right = body.ellipse(center, (0.8 * long, 1.35 - 0.2 * squeeze), left.angle - 0.1)
    body.edge(right, 0, half=0.2)
    body.fluid(right, DARK + 10, tissue=BLOOD)
    place = left.at(-1.22, -(wide + wall + 1.0) / wide)
    atrium = body.ellipse(place, (1.8, 1.6 + 0.2 * squeeze), left.angle)
    body.edge(atrium, 0, half=0.15)
    body.fluid(atrium, DARK + 10, tissue=BLOOD)
    hinge = [left.at(-0.85, -(wide + 0.4) / wide), left.at(-0.9, -(wide + wall + 2.4) / wide)]
    body.fill(body.tube(hinge, 0.1), 3)
