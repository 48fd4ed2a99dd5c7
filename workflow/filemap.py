"""The file map of the docs: every source file and the first sentence of its own docstring.

python -m workflow.filemap      write docs/files.md
"""

import ast
import re
from pathlib import Path

from pipeline.io.atomic import write_text

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "files.md"
HEAD = "# File map\n\nMade by `make generated` from the files' own docstrings.\n\n"
OTHERS = {
    "Snakefile": "includes one rule file per phase; the default target is the report",
    "params.yaml": "the study that `make study` runs; every key with its meaning",
    "dvc.yaml": "one DVC stage per phase, made from the rules",
    "Makefile": "the commands; each sets up what it needs",
    "requirements.in": "the packages we chose; requirements.lock pins all that they need",
    "workflow/rules/": "the rules: common.smk and one file per phase",
    "workflow/profiles/": "Snakemake settings: default (one machine), slurm (a cluster)",
    "workflow/schemas/": "made from code: the schema of params.yaml, the contract of each table",
    "workflow/studies/": "complete params files",
    "workflow/envs/": "a container recipe",
    "docs/": "this map, the other pages that the README names, and its picture",
    "tests/": "mirrors pipeline/, and runs the whole workflow on a toy study",
}


def first_sentence(path: Path) -> str:
    """Return the first sentence of a module's docstring, on one line."""
    text = ast.get_docstring(ast.parse(path.read_text())) or ""
    line = " ".join(text.split("\n\n")[0].split())
    return re.split(r"(?<=\.)\s", line)[0].rstrip(".")


def file_map() -> str:
    """Return the page as Markdown: a list per folder."""
    lines = [f"- `{name}` {text}" for name, text in OTHERS.items()]
    for package in sorted(ROOT.glob("[pw]*/**/__init__.py")):
        folder = package.parent
        name = folder.relative_to(ROOT).as_posix()
        lines += ["", f"**{name}/** {first_sentence(package)}", ""]
        files = [path for path in sorted(folder.glob("*.py")) if path != package]
        lines += [f"- `{path.name}` {first_sentence(path)}" for path in files]
    return HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    write_text(PAGE, file_map())
