"""One look for all figures, and the same bytes each time they are drawn."""

import base64
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

INK, FAINT, RULE, GRID = "#22303c", "#6b7883", "#d9dfe4", "#eceff2"
STRATEGY_COLOURS = {
    "task-specific": "#5b6b7a",
    "clinical-groups": "#c2691b",
    "all-tasks": "#1b7f8c",
}
OTHER_COLOUR = "#7d5ba6"
SIMULATED = "SIMULATED DATA"

_STYLE: Any = {
    "svg.hashsalt": "insonate",
    "svg.fonttype": "path",
    "font.family": "DejaVu Sans",
    "font.size": 8.5,
    "text.color": INK,
    "axes.edgecolor": RULE,
    "axes.labelcolor": FAINT,
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "legend.frameon": False,
}


@contextmanager
def report_style() -> Iterator[None]:
    """Draw and save within this block; a matplotlibrc of the user's own has no say in it."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_STYLE)
        yield


def strategy_colour(strategy: str) -> str:
    """Return the colour that a strategy has in all figures."""
    return STRATEGY_COLOURS.get(strategy, OTHER_COLOUR)


def without_frame(axes: Axes) -> None:
    """Take away the box around the data."""
    for spine in axes.spines.values():
        spine.set_visible(False)


def svg_uri(figure: Figure, simulated: bool) -> str:
    """Return a figure as a data URI of SVG, marked when it shows simulated data."""
    if simulated:
        figure.text(1, 1, SIMULATED, ha="right", va="bottom", color="#b3541e", weight="bold")
    buffer = io.BytesIO()
    figure.savefig(
        buffer,
        format="svg",
        bbox_inches="tight",
        pad_inches=0.05,
        metadata={"Date": None, "Creator": None},
    )
    return "data:image/svg+xml;base64," + base64.b64encode(buffer.getvalue()).decode()
