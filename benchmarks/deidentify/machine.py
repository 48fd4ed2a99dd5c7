"""What was measured on: the processor and the packages, and nothing that names the machine."""

import json
import os
import platform
import re
import subprocess
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

LIST = (
    "import json, importlib.metadata as m; "
    "print(json.dumps({d.metadata['Name'].lower(): d.version for d in m.distributions()}))"
)


def describe(peers_python: Path | None) -> dict[str, Any]:
    """Return processor, memory, load, Python, and the packages of both sides."""
    processor = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    memory = Path("/proc/meminfo").read_text(encoding="ascii")
    model = re.search(r"model name\s*:\s*(.*)", processor)
    total = re.search(r"MemTotal:\s*(\d+)", memory)
    return {
        "processor": model.group(1) if model else platform.processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(int(total.group(1)) / 2**20, 1) if total else None,
        "system": platform.system(),
        "load_before": os.getloadavg()[0],
        "python": platform.python_version(),
        "packages": dict(
            sorted((one.metadata["Name"].lower(), one.version) for one in distributions())
        ),
        "peers_packages": _packages(peers_python),
    }


def _packages(python: Path | None) -> dict[str, str]:
    if python is None:
        return {}
    done = subprocess.run([python, "-c", LIST], capture_output=True, text=True, check=True)
    return dict(sorted(json.loads(done.stdout).items()))
