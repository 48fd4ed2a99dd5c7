import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.closure import ROOT

PROGRAM = """
import os, sys, time
print("out", sys.argv[1:], os.getcwd(), os.environ["COLOUR"], "torch" in sys.modules)
print("err", file=sys.stderr)
if "sleep" in sys.argv:
    open("started", "w").write(str(os.getpid()))
    time.sleep(60)
if "fail" in sys.argv:
    raise RuntimeError("as told")
sys.exit(int(sys.argv[1]))
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    socket = tmp_path_factory.mktemp("warm") / "s"
    process = subprocess.Popen([sys.executable, "workflow/run.py", "--serve", socket], cwd=ROOT)
    for _ in range(3000):
        if socket.exists():
            break
        time.sleep(0.1)
    yield socket
    process.terminate()


def start(folder: Path, socket: Path | None, *arguments: str) -> subprocess.Popen[str]:
    (folder / "program.py").write_text(PROGRAM)
    environment = {**os.environ, "COLOUR": "blue"}
    if socket is not None:
        environment["INSONATE_WARM"] = str(socket)
    return subprocess.Popen(
        [sys.executable, "-S", str(ROOT / "workflow/run.py"), "program", *arguments],
        cwd=folder,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@pytest.mark.parametrize("code", [0, 3])
def test_warm_and_cold_runs_differ_only_in_what_is_already_imported(
    server: Path, tmp_path: Path, code: int
) -> None:
    for socket, imported in ((server, "True"), (None, "False")):
        process = start(tmp_path, socket, str(code), "word")
        out, err = process.communicate()
        assert process.returncode == code
        assert out.split(" ", 1)[1].strip() == f"['{code}', 'word'] {tmp_path} blue {imported}"
        assert err == "err\n"


def test_a_failing_step_fails_its_caller_with_its_traceback(server: Path, tmp_path: Path) -> None:
    process = start(tmp_path, server, "0", "fail")
    assert "RuntimeError: as told" in process.communicate()[1]
    assert process.returncode == 1


def test_stopping_the_caller_stops_the_step(server: Path, tmp_path: Path) -> None:
    process = start(tmp_path, server, "0", "sleep")
    started = tmp_path / "started"
    while not (started.exists() and started.read_text()):
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    pid = int(started.read_text())
    for _ in range(100):
        if not Path(f"/proc/{pid}").exists():
            return
        time.sleep(0.05)
    pytest.fail("the step outlived its caller")


def test_every_processor_adds_in_the_same_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENBLAS_CORETYPE", raising=False)
    code = (
        "from workflow.run import choose_kernels; choose_kernels(); import numpy;"
        "from threadpoolctl import threadpool_info;"
        "print([one['architecture'] for one in threadpool_info() if 'architecture' in one])"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    cpus = Path("/proc/cpuinfo")
    if cpus.is_file() and " avx2 " in cpus.read_text():
        assert told.stdout.strip() == "['Haswell']"
