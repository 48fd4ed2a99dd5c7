"""The lines of params.yaml by which a reviewer refuses instances, to be copied."""

from collections.abc import Iterable, Sequence


def exclude_lines(refused: Sequence[str], shown: Iterable[str]) -> str:
    """Return the entry `exclude` of the section `deidentify`, as it is indented there.

    What is refused already stays; each other id that is shown is a comment, which counts once its
    mark is taken away. Quoted, because digits alone would be read as a number.
    """
    lines = [f'    - "{instance}"' for instance in refused]
    lines += [f'    # - "{instance}"' for instance in shown if instance not in refused]
    return "\n".join(["  exclude:", *lines])
