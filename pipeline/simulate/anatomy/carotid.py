"""The common carotid artery, across or along.

Lumen 0.55 to 0.75 cm (Krejza et al., Stroke 2006;37:1103), intima-media 0.05 to 0.1 cm (Touboul et
al., Cerebrovasc Dis 2012;34:290).
"""

import numpy as np

from pipeline.simulate.anatomy.body import DARK, Body
from pipeline.simulate.anatomy.draws import between, happens, normal, ripples, side
from pipeline.simulate.anatomy.region import Region
from pipeline.simulate.anatomy.texture import fibres
from pipeline.simulate.anatomy.tissue import FLESH, skin_and_fat
from pipeline.simulate.tissues import BLOOD, CALCIFICATION, FIBROUS

ALONG, PLAQUE = 0.35, 0.3


def carotid(body: Body) -> None:
    """Paint the neck's vessels; the finding is artery. Mask 1 is the artery with its wall."""
    neck = body.whole()
    echo = fibres(body, neck, normal(body.look, 0, 0.05)) + body.uneven(neck, 0.6, 2.0)
    body.fill(neck, echo, FLESH)
    top = normal(body.shape, 1.0, 0.15)
    muscle = body.above(top, waves=((1.0, 0.08, between(body.look, 0, 6)),))
    body.fill(muscle, fibres(body, muscle) - 2, FLESH)
    body.edge(muscle, 4)
    pulse = 1 + 0.04 * float(np.cos(2 * np.pi * body.scene.pose.phase))
    radius = normal(body.shape, 0.36, 0.035) * pulse
    wall = normal(body.shape, 0.08, 0.012)
    center = (normal(body.shape, 0, 0.3), top + 0.45 + radius + between(body.shape, 0, 0.7))
    if happens(body.shape, ALONG):
        slope = normal(body.shape, 0, 0.06)
        off_HW = body.y_HW - np.float32(center[1]) - np.float32(slope) * body.x_HW
        lumen = Region(body.everywhere, np.abs(off_HW) - np.float32(radius))
    else:
        waves = ripples(body.shape, (2,), 0.03)
        lumen = body.ellipse(center, (1.03 * radius, radius), normal(body.shape, 0, 0.3), waves)
        _neighbours(body, center, radius, top)
    artery = lumen.grown(wall)
    body.fill(artery, -10)
    body.edge(artery, body.contrast(7), half=0.03)
    body.fluid(lumen, DARK + 6 + body.uneven(lumen, 0.4, 2.0), wall=body.contrast(5), tissue=BLOOD)
    if happens(body.look, PLAQUE):
        _plaque(body, lumen, center, radius)
    body.label(artery, 1)
    skin_and_fat(body, 0.4 * top)
    line = body.above(between(body.look, 3.2, 3.6), normal(body.look, 0, 0.05)).shell(0.05)
    body.fill(line, 9, CALCIFICATION)


def _neighbours(body: Body, center: tuple[float, float], radius: float, top: float) -> None:
    """The jugular vein, pressed flat by the probe, and the thyroid on the other side."""
    hand = side(body.shape)
    vein = (center[0] + hand * (radius + 0.5), max(top + 0.3, center[1] - 0.35))
    size = (between(body.look, 0.35, 0.6), between(body.look, 0.08, 0.3))
    body.fluid(body.ellipse(vein, size, hand * 0.4), DARK + 6, wall=2, tissue=BLOOD)
    lobe = body.ellipse((center[0] - hand * (radius + 1.15), center[1] - 0.2), (0.95, 0.75))
    body.fill(lobe, 4 + body.uneven(lobe, 0.3, 1.2))
    body.edge(lobe, 6)


def _plaque(body: Body, lumen: Region, center: tuple[float, float], radius: float) -> None:
    turn = between(body.look, 0.4, 2.7) + (np.pi if happens(body.look, 0.3) else 0.0)
    place = (
        center[0] + radius * float(np.cos(turn)),
        center[1] + radius * float(np.sin(turn)),
    )
    plaque = body.ellipse(place, (between(body.look, 0.12, 0.3), 0.13)).within(lumen)
    hard = happens(body.look, 0.4)
    body.fill(plaque, 11 if hard else -3, CALCIFICATION if hard else FIBROUS)
