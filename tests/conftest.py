"""What holds for every test."""

import os

import pytest

# Idle OpenMP threads sleep: spinning ones slow torch tenfold when other processes want the cores.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the whole studies, so that no process is left alone with them at the end."""
    items.sort(key=lambda item: item.get_closest_marker("study") is None)
