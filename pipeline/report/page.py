"""Fill the page's template."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

# Named here so that editing one of them makes the report stale.
PAGE, PARTS = "page.html", ("macros.html", "style.css")


def render_page(context: Mapping[str, Any]) -> str:
    """Return the page; a name that the context lacks is an error, and all text is escaped."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(PAGE).render(context)
