"""What timm offers as a vision transformer, read from its source: importing timm takes seconds.

So a wrong name or option is refused when the study is loaded, before its first job.
"""

import ast
import difflib
import re
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

MODULE = "vision_transformer.py"
OURS = {"img_size", "in_chans", "num_classes"}  # keys that the study sets itself


@cache
def _source() -> ast.Module:
    """Return timm's module of plain vision transformers, parsed and not imported."""
    package = find_spec("timm")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("timm")
    return ast.parse(Path(package.origin).with_name("models").joinpath(MODULE).read_text())


@cache
def architecture_names() -> frozenset[str]:
    """Return every name that `timm.create_model` knows from this module."""
    return frozenset(
        node.name
        for node in _source().body
        if isinstance(node, ast.FunctionDef)
        and any(isinstance(d, ast.Name) and d.id == "register_model" for d in node.decorator_list)
    )


@cache
def option_names() -> frozenset[str]:
    """Return the arguments of timm's `VisionTransformer` that a study may set."""
    for node in ast.walk(_source()):
        if isinstance(node, ast.ClassDef) and node.name == "VisionTransformer":
            for part in node.body:
                if isinstance(part, ast.FunctionDef) and part.name == "__init__":
                    return frozenset(one.arg for one in part.args.args) - OURS - {"self"}
    raise LookupError("timm has no class VisionTransformer")


def patch_size(arch: str, options: Mapping[str, Any]) -> int | None:
    """Return the side of a patch as options or name state it; None when neither does."""
    stated = re.search(r"_patch(\d+)(?:_|$)", arch)
    return options.get("patch_size") or (int(stated.group(1)) if stated else None)


def faults_of(arch: str, options: Mapping[str, Any], sizes: Mapping[str, int]) -> list[str]:
    """Return what is wrong with an architecture: key, value and what is allowed; [] if nothing.

    `sizes` holds the sides of the images that it is fed, by the key that states them.
    """
    faults = []
    if arch.partition(".")[0] not in architecture_names():
        near = difflib.get_close_matches(arch, sorted(architecture_names()), n=3, cutoff=0.3)
        faults.append(
            f"arch: {arch!r} is not allowed: choose a vision transformer that timm.list_models("
            f"module='vision_transformer') lists, such as {', '.join(near) or 'test_vit'}"
        )
    faults += [
        f"arch_options.{name}: unknown key; allowed are {', '.join(sorted(option_names()))}"
        for name in sorted(set(options) - option_names())
    ]
    patch = patch_size(arch, options)
    if patch and not options.get("dynamic_img_pad"):
        faults += [
            f"{key}: {side} is not allowed: it must be a multiple of the patch size {patch}"
            for key, side in sizes.items()
            if side % patch
        ]
    return faults
