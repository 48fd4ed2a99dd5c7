"""Self-contained HTML pages from templates."""

from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipeline.io.images import Image, encode_png


def render_template(folder: Path, name: str, context: Mapping[str, Any]) -> str:
    """Return the page; a name that the context lacks is an error, and all text is escaped."""
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(name).render(context)


def data_uri(image: Image) -> str:
    """Return `image_HW` or `image_HWC` as a PNG inside an address, for a page without files."""
    return f"data:image/png;base64,{b64encode(encode_png(image)).decode()}"
