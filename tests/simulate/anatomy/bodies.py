"""Bodies painted without forming an image: fast enough for many of them."""

from pipeline.io.seeds import generator
from pipeline.simulate.anatomy.body import Body, Case
from pipeline.simulate.atlas import ANATOMIES, Anatomy
from pipeline.simulate.difficulty import Difficulty
from pipeline.simulate.probes import Probe
from pipeline.simulate.scene import Pose, Scene

CASES = [(anatomy, finding) for anatomy in ANATOMIES for finding in anatomy.findings]
HEIGHT, WIDTH = 96, 120
STILL = Pose()


def body_of(
    anatomy: Anatomy, finding: str, seed: int, level: float = 0.5, pose: Pose = STILL
) -> Body:
    """Return a body that nothing has been painted into."""
    scene = Scene(Probe(anatomy.probe, HEIGHT, WIDTH), pose, anatomy.depth_cm)
    shape, look = generator(seed, "shape"), generator(seed, "look")
    return Body(scene, Case(finding, shape, look, Difficulty(level)))


def painted(
    anatomy: Anatomy, finding: str, seed: int, level: float = 0.5, pose: Pose = STILL
) -> Scene:
    """Return the scene of a case."""
    body = body_of(anatomy, finding, seed, level, pose)
    anatomy.draw(body)
    return body.scene
