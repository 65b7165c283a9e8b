"""The public names, and what importing them costs."""

from __future__ import annotations

import json
import subprocess
import sys

import cloche
from cloche.contract import errors


def printed(program: str) -> object:
    """The JSON that a program prints in an interpreter of its own."""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def test_all_names_exist_and_are_sorted() -> None:
    assert cloche.__all__ == sorted(cloche.__all__)
    assert all(hasattr(cloche, name) for name in cloche.__all__)


def test_every_error_is_exported() -> None:
    kinds = {
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, errors.ClocheError)
    }
    assert kinds <= set(cloche.__all__)


def test_nothing_private_is_exported() -> None:
    public = {
        name
        for name, value in vars(cloche).items()
        if not name.startswith("_") and getattr(value, "__module__", "").startswith("cloche")
    }
    assert public <= set(cloche.__all__)


def test_import_loads_neither_torch_nor_a_server() -> None:
    program = (
        "import cloche, cloche.cli, cloche.modal, json, sys;"
        "cloche.InterpClient, cloche.convert_technique_to_standalone;"
        "print(json.dumps([m for m in ('torch','modal','cloche_server','transformers','IPython')"
        " if m in sys.modules]))"
    )
    assert printed(program) == []


def test_import_alone_loads_nothing_that_takes_time() -> None:
    """`bench/import_time.py` measures it; this holds on machines of any speed."""
    program = (
        "import cloche, json, sys;"
        "heavy = ('grpc','numpy','google.protobuf','rich','msgpack','torch','modal','asyncio');"
        "print(json.dumps([m for m in heavy if m in sys.modules]))"
    )
    assert printed(program) == []


def test_describing_a_deployment_loads_neither_torch_nor_modal() -> None:
    program = (
        "from cloche.modal import deployment_for, hf_image, plan; import json, sys;"
        "plan(deployment_for('probe', 'org/tiny', image=hf_image.pip_install('scipy')));"
        "print(json.dumps([m for m in ('torch','modal','transformers') if m in sys.modules]))"
    )
    assert printed(program) == []


def test_the_codec_loads_no_grpc_and_no_terminal() -> None:
    program = (
        "import cloche.wire, json, sys;"
        "print(json.dumps([m for m in ('grpc','rich','typer') if m in sys.modules]))"
    )
    assert printed(program) == []
