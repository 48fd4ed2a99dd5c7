"""Fill the page's template."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.io.pages import render_template

# Named here so that editing one of them makes the report stale.
PAGE, PARTS = "page.html", ("macros.html", "style.css")


def render_page(context: Mapping[str, Any]) -> str:
    """Return the page of a study."""
    return render_template(Path(__file__).parent, PAGE, context)
