"""Cervix: by transvaginal probe along its canal, and as a round section behind the bladder.

Length 3.6 cm, standard deviation 0.8, in the second trimester (Iams et al., N Engl J Med
1996;334:567); each lip 0.9 to 1.6 cm thick.
"""

import numpy as np

from pipeline.simulate.anatomy.body import DARK, Body
from pipeline.simulate.anatomy.draws import between, happens, normal, ripples
from pipeline.simulate.anatomy.region import Region
from pipeline.simulate.anatomy.tissue import POOL, background, belly_wall, gas
from pipeline.simulate.shapes import Field, Point, turned
from pipeline.simulate.tissues import BLOOD, BRAIN, FETAL_BONE

FUNNELLING, NABOTHIAN_CYST = 0.15, 0.2


def cervical_canal(body: Body) -> None:
    """Paint both lips along the canal; the finding is cervix.

    Masks: 1 anterior lip, 2 posterior lip. Landmarks: internal os, external os.
    """
    background(body, -2, 1.0, 2.0)
    angle, half = normal(body.shape, 0.0, 0.2), 0.5 * max(1.7, normal(body.shape, 3.4, 0.6))
    middle = (normal(body.shape, 0.5, 0.25), normal(body.shape, 3.0, 0.25))
    bow = normal(body.shape, 0, 0.12)

    def place(along: float, across: float = 0.0) -> Point:
        across += bow * (along**2 - 1)
        u, v = half * along, across
        cos, sin = float(np.cos(angle)), float(np.sin(angle))
        return middle[0] + u * cos - v * sin, middle[1] + u * sin + v * cos

    inner, outer = place(-1), place(1)
    _surroundings(body, inner, angle)
    u_HW, v_HW = turned(body.x_HW, body.y_HW, middle, angle)
    along_HW = u_HW / np.float32(half)
    across_HW = v_HW - np.float32(bow) * (along_HW**2 - 1)
    _lips(body, along_HW, across_HW, half)
    canal = body.tube([place(step) for step in np.linspace(-1, 1, 9)], 0.03)
    body.fill(canal.grown(0.12), -12 if happens(body.look, 0.6) else -4, soft=0.1)
    body.fill(canal, body.contrast(8))
    if happens(body.look, FUNNELLING):
        funnel = body.ellipse(place(-0.95), (0.35, 0.28), angle)
        body.fluid(funnel, DARK + 6)
    body.landmark(inner)
    body.landmark(outer)


def _surroundings(body: Body, inner: Point, angle: float) -> None:
    """Paint bladder in front, amniotic fluid and the head above the internal os, and the rectum."""
    full = between(body.look, 0.15, 0.6)
    bladder = (inner[0] + between(body.look, -0.4, 0.5), inner[1] - 1.5 - full)
    body.fluid(
        body.ellipse(bladder, (between(body.look, 0.8, 1.6), full), angle + 0.2),
        wall=4,
        tissue=POOL,
    )
    womb = body.ellipse((inner[0] - 1.75, inner[1] + 0.15), (1.8, between(body.look, 1.3, 1.9)))
    body.fluid(womb, DARK + 5, wall=4, tissue=POOL)
    if happens(body.look, 0.8):
        head = (inner[0] - between(body.look, 4.9, 5.3), inner[1] + normal(body.look, 0.3, 0.4))
        skull = body.ellipse(head, (4.5, 4.3))
        body.fill(skull, -14, BRAIN)
        body.bone(skull.shell(0.1), tissue=FETAL_BONE)
    for _ in range(2):
        gas(body, (between(body.look, 0.5, 3.5), between(body.look, 4.8, 5.6)), 0.6, 0.2)


def _lips(body: Body, along_HW: Field, across_HW: Field, half: float) -> None:
    """Two lips, blunt at both ends; the outer one bulges into the vagina."""
    blunt_HW = 1 - np.clip(np.abs(along_HW - np.float32(0.03)) / np.float32(1.06), 0, 1) ** 5
    wave_HW = 1 + np.float32(0.06) * np.sin(4 * along_HW + np.float32(between(body.shape, 0, 6)))
    whole = []
    for index, direction in ((1, -1), (2, 1)):
        thick_HW = np.float32(normal(body.shape, 1.0, 0.12)) * blunt_HW * wave_HW
        off_HW = np.float32(direction) * across_HW
        beyond_HW = (np.abs(along_HW - np.float32(0.03)) - np.float32(1.06)) * np.float32(half)
        edge_HW = np.maximum(off_HW - thick_HW, beyond_HW)
        lip = Region(body.everywhere, np.maximum(edge_HW, np.float32(0.04) - off_HW))
        body.label(lip, index)
        whole.append(edge_HW)
    cervix = Region(body.everywhere, np.maximum(*whole))
    stroma = 1 - body.contrast(between(body.look, 7, 11))
    body.edge(cervix, 3)
    body.fill(cervix, stroma + body.uneven(cervix, 0.5, 1.5))
    if happens(body.look, NABOTHIAN_CYST):
        off = Region(body.everywhere, np.abs(across_HW) - np.float32(0.75))
        place = (between(body.look, 0, 1.5), between(body.look, 2.4, 3.6))
        radius = between(body.look, 0.12, 0.25)
        body.fluid(body.ellipse(place, (radius, radius)).within(off), DARK + 4)


def cervix_section(body: Body) -> None:
    """Paint a round cervix behind the bladder; the finding is cervix. Mask 1 is the cervix."""
    background(body, -1, 1.2, 2.5)
    top = belly_wall(body)
    bladder = (normal(body.shape, 0, 0.4), top + between(body.shape, 1.2, 1.6))
    radii = (between(body.look, 2.4, 3.4), between(body.look, 0.8, 1.3))
    body.fluid(
        body.ellipse(bladder, radii, 0, ripples(body.look, (2, 3), 0.05)), wall=4, tissue=POOL
    )
    radius = normal(body.shape, 1.45, 0.2)
    center = (normal(body.shape, 0, 0.7), bladder[1] + 1.35 + radius + between(body.shape, 0, 0.5))
    waves = ripples(body.shape, (2, 3), 0.05)
    cervix = body.ellipse(center, (1.15 * radius, radius), normal(body.shape, 0, 0.15), waves)
    body.edge(cervix, 2)
    difference = -body.contrast(between(body.look, 5, 9))
    body.fill(cervix, difference + body.uneven(cervix, 0.5, 1.5))
    body.fill(body.ellipse(center, (0.75 * radius, 0.45 * radius)), difference - 4, soft=0.3)
    body.fill(body.ellipse(center, (0.4 * radius, 0.09)), 5)
    for sign in (-1, 1):
        place = (center[0] + sign * between(body.look, 2.4, 3.0), center[1] + 0.2)
        body.fluid(body.ellipse(place, (0.35, 0.25)), DARK + 10, tissue=BLOOD)
    gas(body, (normal(body.look, 0, 0.8), center[1] + radius + 1.0), 1.2, normal(body.look, 0, 0.1))
    body.label(cervix, 1)
