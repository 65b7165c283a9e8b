"""Everything that a sandbox will need, brought into the zygote's memory before the first fork."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import torch
from cloche import wire

from cloche_server.gpu import readiness
from cloche_server.ipc import control
from cloche_server.models import adapters, prompt, shown
from cloche_server.models.adapters import Adapter
from cloche_server.models.errors import ModelError
from cloche_server.models.load import Loaded
from cloche_server.models.load import load as load_model
from cloche_server.models.local import LocalModel
from cloche_server.sandbox import context, logs
from cloche_server.sandbox import resident as resident  # a sandbox could not import it
from cloche_server.sandbox.context import ExecutionContext, ServedModel
from cloche_server.sandbox.language import Language, PlainPython, RestrictedPython
from cloche_server.sandbox.session import run_typical
from cloche_server.walls.language import LanguageWall, audited
from cloche_server.walls.language.catalogue import TableError
from cloche_server.walls.language.digest import policy_digest
from cloche_server.walls.language.tables.admitted import PACKAGES
from cloche_server.zygote import footprint, heap
from cloche_server.zygote.rehearsal import rehearse, rehearse_admitted, rehearse_apart
from cloche_server.zygote.weights import cpu_fork, handles
from cloche_server.zygote.weights.interface import HeldWeights

_LIBRARIES: Final = ("torch", "transformers", "tokenizers", "numpy", "einops", "RestrictedPython")
_SHOWN_SKIPPED: Final = 20


@dataclass(frozen=True, kw_only=True)
class Held:
    """What the zygote holds from now on."""

    context: ExecutionContext
    weights: HeldWeights
    footprint: footprint.Footprint
    facts: control.Loaded
    # Scenes of the rehearsal that this model cannot play.
    notes: tuple[str, ...]


def load(boot: control.Boot, fork: Callable[[], int], report: Callable[[str, float], None]) -> Held:
    """Loads model, tokenizer and language wall, single-threaded.

    Args:
        fork: how this zygote forks its sandboxes.

    Raises:
        ModelError: the model cannot be loaded or held; the message says what to do.
    """
    heap.begin()
    torch.set_num_threads(1)
    # oneDNN compiles kernels at run time, and memory is never executable in a sandbox.
    torch.backends.mkldnn.set_flags(False)  # type: ignore[no-untyped-call]
    config = boot.model
    brought: handles.Brought | None = None
    if config.device == "cuda":
        missing = readiness.why_not(fork)
        raise ModelError(
            f"{config.name} cannot be served on device='cuda': {missing}. Serve it with "
            "device='cpu'"
        )
    if config.hands_over:
        brought = handles.bring(fork, lambda: _model(boot, report).model)
        loaded = _model(boot, report, without_weights=brought.manifest.dtype)
        handles.shaped(loaded.model, brought)
    else:
        loaded = _model(boot, report)
    model: Any = loaded.model
    paths = (boot.model_path, *(each.path for each in boot.adapters))
    shown.show_as(shown.name_of(config.name), model, loaded.tokenizer, paths)
    mask = None
    if config.hidden_system_prompt:
        redact = config.redact_hidden_prompt
        ids = prompt.hide(loaded.tokenizer, config.hidden_system_prompt, redact=redact)
        mask = wire.Mask(ids) if redact else None
    switched = () if config.merge_adapter else tuple(each.name for each in boot.adapters)
    report("sealing the weights", 0.55)
    if brought is None:
        try:
            held_weights = cpu_fork.hold(model).held()
        except (ValueError, OSError) as error:
            raise ModelError(f"{config.name} cannot be held: {error}") from error
    else:
        held_weights = brought.held(model, config.threads)
    report("raising the language wall", 0.65)
    try:
        wall = LanguageWall.build(
            adapters=bool(switched), strict=False, libraries=config.allow_libraries
        )
    except TableError as error:
        raise ModelError(str(error)) from error
    language: Language = PlainPython() if "language" in boot.walls_off else RestrictedPython(wall)
    report("rehearsing", 0.75)
    if held_weights.prepare is None:
        notes = rehearse(model, loaded.tokenizer)
    else:
        notes = rehearse_apart(model, loaded.tokenizer, fork, held_weights.prepare_here)
    notes = (*notes, *rehearse_admitted(config.allow_libraries))
    if wall.catalogue.skipped:
        some = "; ".join(wall.catalogue.skipped[:_SHOWN_SKIPPED])
        count = len(wall.catalogue.skipped)
        print(f"cloche: {count} rows of the policy name nothing here: {some}", file=sys.stderr)
    if config.hidden_system_prompt:
        # What a library says of its input may quote it.
        notes = tuple(note.partition(":")[0] for note in notes)
    logs.forget_warnings()
    served = ServedModel(model=model, tokenizer=loaded.tokenizer, threads=config.threads, mask=mask)
    made = context.build(served, language)
    report("settling memory", 0.9)
    heap.settle()

    def typical() -> None:
        held_weights.prepare_here()
        run_typical(made)

    return Held(
        footprint=footprint.measure(typical, fork),
        context=made,
        weights=held_weights,
        facts=_facts(boot, model, loaded.dequantized_from, switched, held_weights, wall),
        notes=notes,
    )


def _model(
    boot: control.Boot, report: Callable[[str, float], None], *, without_weights: str | None = None
) -> Loaded:
    """The model with its adapters, and its tokenizer.

    Args:
        without_weights: as `models.load.load` has it.
    """
    config = boot.model
    report(f"loading {config.name}", 0.3)
    local = LocalModel(path=Path(boot.model_path), name=config.name, revision=boot.revision or None)
    loaded = load_model(local, config, without_weights=without_weights)
    if not boot.adapters:
        return loaded
    report("loading adapters", 0.5)
    files = [Adapter(name=each.name, path=Path(each.path)) for each in boot.adapters]
    if without_weights is None:
        model = adapters.put_on(loaded.model, files, merge=config.merge_adapter)
    elif config.merge_adapter:
        model = loaded.model  # in whose weights they are
    else:
        with torch.device("meta"):
            model = adapters.put_on(loaded.model, files, merge=False, weights=False)
    return replace(loaded, model=model)


def _facts(
    boot: control.Boot,
    model: Any,
    dequantized_from: str,
    switched: tuple[str, ...],
    held: HeldWeights,
    wall: LanguageWall,
) -> control.Loaded:
    parameters = list(model.parameters())
    admitted = [PACKAGES[each] for each in boot.model.allow_libraries]
    libraries = (*_LIBRARIES, *(["peft"] if boot.adapters else []), *admitted)
    versions = {name: metadata.version(name) for name in libraries}
    processor = f"{platform.machine()} {torch.backends.cpu.get_cpu_capability()}"
    versions |= {
        "python": platform.python_version(),
        "policy": policy_digest(),
        # Kernels are chosen by it, and so the last bits of what they compute.
        "processor": processor,
    }
    return control.Loaded(
        architecture=type(model.get_base_model() if switched else model).__name__,
        dtype=str(parameters[0].dtype).removeprefix("torch."),
        dequantized_from=dequantized_from,
        device="cpu",
        parameters=sum(parameter.numel() for parameter in parameters),
        weight_bytes=held.size_bytes,
        weights=held.name,
        attn_implementation=boot.model.attn_implementation,
        adapters=switched,
        threads=boot.model.threads,
        importable_modules=wall.importable_modules,
        layers=(),
        forks=False,
        versions=versions,
        skipped_names=len(wall.catalogue.skipped),
        not_audited=audited.not_audited(versions),
    )
