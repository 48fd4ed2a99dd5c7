"""Run a step in a process that has already paid for its imports.

Importing torch, timm and mlflow takes longer than many of the trainings, and each training is
its own job so that it can be rerun alone. So one process per `snakemake` call imports them once
and forks for every job:

    python -S workflow/run.py MODULE ARGUMENTS...    what a rule's shell line calls
    python workflow/run.py --serve SOCKET            what the Snakefile starts before the first job

Without a server (another machine, or it is not ready yet) the step simply starts by itself.
Both ways run the same code on the same inputs; only the start-up differs. This file uses the
standard library alone, so that the caller starts in milliseconds.
"""

import array
import contextlib
import gc
import importlib
import json
import os
import runpy
import shutil
import signal
import socket
import sys
import threading
import traceback
from pathlib import Path

PRELOADED = (
    "cv2",
    "mlflow",
    "pandas",
    "pyarrow.parquet",
    "pydicom",
    "scipy.ndimage",
    "sklearn.linear_model",
    "sklearn.metrics",
    "SimpleITK",
    "timm",
    "torch",
    "webdataset",
)
ADDRESS = "INSONATE_WARM"
EXIT_CODE_BYTES = 4


def call(arguments: list[str]) -> int:
    """Have the server run a step with our streams, folder and environment; return its exit code.

    Raises OSError when no server answers.
    """
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(os.environ[ADDRESS])
        request = {
            "arguments": arguments,
            "folder": str(Path.cwd()),
            "environment": dict(os.environ),
        }
        text = json.dumps(request).encode()
        streams = array.array("i", [0, 1, 2])
        header = len(text).to_bytes(8, "big")
        connection.sendmsg([header], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, streams)])
        connection.sendall(text)
        answer = connection.recv(EXIT_CODE_BYTES)
    return int.from_bytes(answer, "big") if answer else 1


def run_module(arguments: list[str]) -> int:
    """Run `python -m arguments[0] arguments[1:]` in this process; return its exit code."""
    sys.argv = list(arguments)
    try:
        runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)
    except SystemExit as stop:
        if isinstance(stop.code, str):
            print(stop.code, file=sys.stderr)
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def answer(connection: socket.socket) -> None:
    """In a fresh fork: take over the caller's streams, run the step, send the exit code."""
    header, streams, _, _ = socket.recv_fds(connection, 8, 3)
    size, text = int.from_bytes(header, "big"), b""
    while len(text) < size:
        text += connection.recv(size - len(text))
    request = json.loads(text)
    for ours, theirs in enumerate(streams):
        os.dup2(theirs, ours)
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.path.insert(0, request["folder"])
    # The caller says nothing more: its end of the line closes only when Snakemake stops it.
    threading.Thread(target=lambda: (connection.recv(1), os._exit(1)), daemon=True).start()
    code = run_module(request["arguments"])
    sys.stdout.flush()
    sys.stderr.flush()
    connection.sendall(code.to_bytes(EXIT_CODE_BYTES, "big"))
    os._exit(code)


def serve(address: str) -> None:
    """Import the heavy packages, then fork for every caller until our own parent is gone."""
    parent = os.getppid()
    sys.path.pop(0)  # this file's own folder, whose names must not hide packages
    for name in PRELOADED:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # keeps the shared pages shared
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen(64)
        listener.settimeout(1.0)
        while os.getppid() == parent:
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            if os.fork() == 0:
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                listener.close()
                connection.setblocking(True)
                answer(connection)
            connection.close()
    shutil.rmtree(Path(address).parent, ignore_errors=True)  # made for this socket alone


def choose_kernels() -> None:
    """Have OpenBLAS add in the same order on every x86-64 processor since 2013: same bytes.

    It would choose by processor: probes differed in their last digits where there is AVX-512.
    """
    with contextlib.suppress(OSError):  # only Linux tells so
        if " avx2 " in Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace"):
            os.environ.setdefault("OPENBLAS_CORETYPE", "Haswell")


def main() -> None:
    """Serve, or run one step warm if a server answers and cold if none does."""
    # Idle OpenMP threads sleep: spinning ones slow torch tenfold when other jobs want the cores.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    choose_kernels()
    if sys.argv[1] == "--serve":
        serve(sys.argv[2])
        return
    try:
        code = call(sys.argv[1:])
    except (KeyError, OSError):
        os.execv(sys.executable, [sys.executable, "-m", *sys.argv[1:]])
    sys.exit(code)


if __name__ == "__main__":
    main()
