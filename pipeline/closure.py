"""Which files of this package a step really runs: its static import closure.

Snakemake, DVC and the audit all use this list, so editing one Python file makes stale the
steps that import it and no others.
"""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# MLflow is a window on what was done, and can change nothing of it.
NO_SOURCE_OF_RESULTS = {"pipeline.tracking"}
DATA_SUFFIXES = (".css", ".csv", ".html", ".json", ".txt", ".yaml")


@cache
def _module_file(module: str) -> Path | None:
    base = ROOT.joinpath(*module.split("."))
    for candidate in (base.with_suffix(".py"), base / "__init__.py"):
        if candidate.is_file():
            return candidate
    return None


def _packages(module: str) -> set[str]:
    """A module's packages, whose `__init__.py` Python runs before it."""
    parts = module.split(".")
    return {".".join(parts[:depth]) for depth in range(1, len(parts))}


def _imported_modules(tree: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    ours = {name for name in found if name.split(".")[0] == "pipeline"}
    ours -= NO_SOURCE_OF_RESULTS
    return ours.union(*map(_packages, ours))


def _package_data(tree: ast.AST, folder: Path) -> set[Path]:
    """Files beside a module that it names in a string literal, such as a catalogue table."""
    names = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.endswith(DATA_SUFFIXES)
    }
    return {folder / name for name in names if (folder / name).is_file()}


@cache
def source_files(module: str) -> tuple[str, ...]:
    """Return the project-relative paths of every file that `python -m <module>` depends on, sorted.

    Raises ValueError when the module does not exist.
    """
    start = _module_file(module)
    if start is None:
        raise ValueError(f"no module {module!r} under {ROOT.name}/")
    packages = filter(None, map(_module_file, _packages(module)))
    pending, seen = [start, *packages], set[Path]()
    while pending:
        path = pending.pop()
        if path in seen:
            continue
        seen.add(path)
        if path.suffix != ".py":
            continue
        tree = ast.parse(path.read_bytes())
        pending.extend(_package_data(tree, path.parent))
        for name in _imported_modules(tree):
            found = _module_file(name)
            if found is not None:
                pending.append(found)
    return tuple(sorted(path.relative_to(ROOT).as_posix() for path in seen))
