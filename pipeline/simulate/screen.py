"""The machine's screen: banner with burned-in names above, sector, grey bar and footer."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.simulate.params import SimulateParams
from pipeline.simulate.people import ascii_text
from pipeline.simulate.plan import Study

Frame = npt.NDArray[np.uint8]
FONT, TEXT_SIZE, LINE = cv2.FONT_HERSHEY_SIMPLEX, 0.32, 11
TEXT_COLOUR = (235, 225, 150)
MARK_COLOUR = (90, 220, 90)
# What operators type on pictures: planes, sides, distances.
NOTES = ("TRV", "SAG", "LONG", "L", "R", "D {:.1f} cm", "1")


@dataclass(frozen=True)
class Screen:
    """Pixel layout: the sector fills columns left..right-1 and rows top..bottom-1."""

    height: int
    width: int
    left: int
    top: int
    right: int
    bottom: int


def layout(params: SimulateParams) -> Screen:
    """Return the layout of a screen with three banner lines, a footer and a bar at the right."""
    return Screen(
        height=params.frame_height,
        width=params.frame_width,
        left=6,
        top=3 * LINE + 6,
        right=params.frame_width - 26,
        bottom=params.frame_height - LINE - 3,
    )


def banner_lines(study: Study) -> tuple[str, str, str]:
    """Return the text that the machine burns into every frame: who, when, where."""
    person = study.person
    born = f"{person.birth_date[6:]}.{person.birth_date[4:6]}.{person.birth_date[:4]}"
    done = f"{study.date[6:]}.{study.date[4:6]}.{study.date[:4]}"
    return (
        ascii_text(f"{person.family}, {person.given} {person.patient_id}"),
        f"born {born} exam {done}",
        ascii_text(study.hospital.name),
    )


def empty_screen(study: Study, screen: Screen) -> Frame:
    """Return a screen `_HWC` (RGB) with everything on it but the sector."""
    image_HWC = np.zeros((screen.height, screen.width, 3), np.uint8)
    for row, text in enumerate(banner_lines(study), start=1):
        cv2.putText(image_HWC, text, (4, row * LINE), FONT, TEXT_SIZE, TEXT_COLOUR, 1)
    footer = f"{study.machine.model}  {study.frequency_mhz:.1f} MHz  MI 0.9  TIs 0.4"
    cv2.putText(image_HWC, footer, (4, screen.height - 4), FONT, TEXT_SIZE, (150, 150, 150), 1)
    ramp = np.linspace(255, 0, screen.bottom - screen.top).astype(np.uint8)
    image_HWC[screen.top : screen.bottom, -10:-4] = ramp[:, None, None]
    for step in range(int(study.depth_cm) + 1):
        row = screen.top + int(step / study.depth_cm * (screen.bottom - screen.top - 1))
        image_HWC[row, screen.right + 3 : screen.right + (8 if step % 5 else 12)] = 200
    return image_HWC


def show_frame(empty_HWC: Frame, sector_HW: Frame, screen: Screen) -> Frame:
    """Return the screen `_HWC` with a sector on it."""
    image_HWC = empty_HWC.copy()
    image_HWC[screen.top : screen.bottom, screen.left : screen.right] = sector_HW[..., None]
    return image_HWC


def draw_caliper(image: Frame, rng: np.random.Generator) -> None:
    """Draw a pair of measuring crosses at a random place, whatever the image shows."""
    height, width = image.shape[:2]
    for _ in range(2):
        place = (int(rng.uniform(0.25, 0.75) * width), int(rng.uniform(0.25, 0.75) * height))
        colour = MARK_COLOUR if image.ndim == 3 else (220,)
        cv2.drawMarker(image, place, colour, cv2.MARKER_CROSS, 5, 1)


def draw_note(image: Frame, rng: np.random.Generator) -> None:
    """Write what an operator might type, into a corner, whatever the image shows."""
    height, width = image.shape[:2]
    text = str(rng.choice(NOTES)).format(rng.uniform(0.5, 9.5))
    place = (int(rng.choice([3, 0.62 * width])), int(rng.choice([LINE, height - 4])))
    colour = TEXT_COLOUR if image.ndim == 3 else (220,)
    cv2.putText(image, text, place, FONT, TEXT_SIZE, colour, 1)
