from base64 import b64decode
from pathlib import Path

import jinja2
import numpy as np
import pytest

from pipeline.io.images import decode_png
from pipeline.io.pages import data_uri, render_template


def test_text_is_escaped_and_a_missing_name_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<p>{{ name }}</p>")
    assert render_template(tmp_path, "page.html", {"name": "<b>"}) == "<p>&lt;b&gt;</p>"
    with pytest.raises(jinja2.UndefinedError):
        render_template(tmp_path, "page.html", {})


def test_an_image_comes_back_from_its_address() -> None:
    image = np.arange(12, dtype=np.uint8).reshape(3, 4)
    content = b64decode(data_uri(image).partition(",")[2])
    np.testing.assert_array_equal(decode_png(content), image)
