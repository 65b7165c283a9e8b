"""Fetch. Holds: a hub token, if any. Never: model in memory, caller code. Ends: one JSON line.

    python -m cloche_server.models.fetch NAME [--revision R] [--cache-dir DIR]
        [--with-code | --adapter]

prints one line to stdout, `{"path": ..., "name": ..., "revision": ...}` with exit code 0 or
`{"error": ...}` with exit code 1; progress goes to stderr. It is a process of its own so that the
token (HF_TOKEN, or the file that `hf auth login` writes) is never in the memory of the process
that runs techniques, nor in that of its parent.
"""

import argparse
import contextlib
import json
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from cloche_server.models.adapters import ADAPTER_FILES, check_adapter
from cloche_server.models.errors import ModelError
from cloche_server.models.local import LocalModel, check_directory

# What loading reads, and nothing that could carry code: no .py, and no pickle (.bin, .pt, .pth).
ALLOW_PATTERNS = ("*.safetensors", "*.json", "*.txt", "*.model", "*.jinja")
# Beside those, where the operator trusts the model's own code. Never a pickle.
CODE_PATTERNS = ("*.py",)

# Second copies of the weights (consolidated, subfolders such as onnx/ or original/), and adapters,
# which transformers would apply without being asked.
IGNORE_PATTERNS = ("*/*", "consolidated*", "adapter_*")

_COMMIT_HASH = re.compile(r"[0-9a-f]{40}")
_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(/[\w.-]+)?", re.ASCII)


def fetch(
    model_name: str,
    revision: str | None = None,
    cache_dir: Path | None = None,
    *,
    with_code: bool = False,
    adapter: bool = False,
) -> LocalModel:
    """Finds a model on disk, downloading it first when it is a hub name that is not there yet.

    A directory is used as it is. A hub name goes through the hub's own cache: complete files are
    not downloaded again, and without a network the cached revision is used.

    Args:
        model_name: a directory, or a hub name such as "org/name".
        revision: branch, tag or commit hash; None means the default branch. Only for hub names.
        cache_dir: the hub cache; None means where HF_HOME and HF_HUB_CACHE say.
        with_code: download the model's own Python files too; nothing here runs them.
        adapter: it is a LoRA adapter, not a model.

    Raises:
        ModelError: missing, private or gated model, unknown revision, offline and not cached, no
            safetensors weights, no space on the disk.
    """
    check = check_adapter if adapter else check_directory
    directory = Path(model_name).expanduser()
    if model_name and directory.is_dir():  # Path("") is the current directory
        if revision is not None:
            raise ModelError(
                f"{model_name}: a directory has no revisions; leave the revision out "
                f"(it was {revision!r})"
            )
        path = directory.resolve()
        check(path)
        return LocalModel(path=path, name=model_name)
    if directory.is_file():
        raise ModelError(f"{model_name}: a file; name the directory that holds the model")
    if not _HUB_NAME.fullmatch(model_name):
        raise ModelError(
            f"{model_name!r}: neither a directory here nor a hub name such as 'org/name'"
        )
    wanted: Sequence[str]
    unwanted: Sequence[str]
    if adapter:
        wanted, unwanted = ADAPTER_FILES, IGNORE_PATTERNS[:1]
    else:
        wanted, unwanted = ALLOW_PATTERNS + (CODE_PATTERNS if with_code else ()), IGNORE_PATTERNS
    path = Path(_download(model_name, revision, cache_dir, wanted, unwanted))
    try:
        check(path)
    except ModelError as error:
        raise ModelError(
            f"{model_name}: not usable as downloaded (pickled weights are never downloaded, and "
            f"code only where trust_remote_code is set): {error}"
        ) from error
    commit = path.name if _COMMIT_HASH.fullmatch(path.name) else None
    return LocalModel(path=path, name=model_name, revision=commit)


def _download(
    model_name: str,
    revision: str | None,
    cache_dir: Path | None,
    wanted: Sequence[str],
    unwanted: Sequence[str],
) -> str:
    # Imported here: a local directory needs none of it, and the import takes half a second.
    from huggingface_hub import errors, snapshot_download

    where = model_name if revision is None else f"{model_name} at {revision!r}"
    try:
        return str(
            snapshot_download(
                repo_id=model_name,
                revision=revision,
                cache_dir=cache_dir,
                allow_patterns=list(wanted),
                ignore_patterns=list(unwanted),
            )
        )
    # Order matters: a gated repository is a kind of missing one to the hub's library.
    except errors.GatedRepoError as error:
        raise ModelError(
            f"{where}: gated; accept its terms on the model's page, then set HF_TOKEN to a token "
            "of that account"
        ) from error
    except errors.RepositoryNotFoundError as error:
        raise ModelError(
            f"{where}: no such model on the hub, or a private one; check the name, and set "
            "HF_TOKEN if it is private"
        ) from error
    except errors.RevisionNotFoundError as error:
        raise ModelError(
            f"{where}: no such revision; name a branch, a tag or a commit hash"
        ) from error
    except (errors.LocalEntryNotFoundError, errors.OfflineModeIsEnabled) as error:
        reason = "HF_HUB_OFFLINE is set" if _offline() else "the hub cannot be reached"
        raise ModelError(
            f"{where}: not, or not wholly, in the local cache, and {reason}; run it once with a "
            "network, or name a local directory"
        ) from error
    except errors.HFValidationError as error:
        raise ModelError(f"{model_name!r}: not a hub name: {error}") from error
    except errors.HfHubHTTPError as error:
        status = error.response.status_code
        raise ModelError(f"{where}: the hub answered with HTTP status {status}") from error
    except OSError as error:
        raise ModelError(f"{where}: download failed: {error.strerror or error}") from error
    except Exception as error:  # the HTTP library's own, which differs between releases
        reason = f"{type(error).__name__}: {error}"
        raise ModelError(f"{where}: download failed: {reason}") from error


def _offline() -> bool:
    return os.environ.get("HF_HUB_OFFLINE", "").upper() in {"1", "ON", "YES", "TRUE"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints one JSON line and returns the exit code: 0 found, 1 not."""
    parser = argparse.ArgumentParser(prog="python -m cloche_server.models.fetch")
    parser.add_argument("name", help="a directory or a hub name")
    parser.add_argument("--revision", help="branch, tag or commit hash")
    parser.add_argument("--cache-dir", type=Path, help="the hub cache")
    parser.add_argument("--with-code", action="store_true", help="the model's Python files too")
    parser.add_argument("--adapter", action="store_true", help="it is a LoRA adapter")
    options = parser.parse_args(arguments)
    answer: dict[str, str | None]
    try:
        # Stdout carries the answer alone, whatever a library may print.
        with contextlib.redirect_stdout(sys.stderr):
            local = fetch(
                options.name,
                options.revision,
                options.cache_dir,
                with_code=options.with_code,
                adapter=options.adapter,
            )
        answer = {"path": str(local.path), "name": local.name, "revision": local.revision}
        code = 0
    except ModelError as error:
        answer = {"error": str(error)}
        code = 1
    except Exception as error:  # noqa: BLE001 - the reader waits for one line, always
        answer = {"error": f"{options.name}: {type(error).__name__}: {error}"}
        code = 1
    sys.stdout.write(json.dumps(answer) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
