"""Sandbox. Holds: the model, one channel. Never: a file, a secret, a second call.

Trusts: nothing that came over the channel. Ends: after one job, or when the front closes the
channel, or by SIGKILL.
"""

from __future__ import annotations

import gc
import sys
import time
from types import GeneratorType
from typing import Any, Final

import torch
from cloche import wire
from cloche.contract import entry
from cloche.contract.errors import WireError
from cloche.contract.reason import Reason

from cloche_server.ipc import job
from cloche_server.sandbox import determinism, imports, randomness, returns, tracebacks
from cloche_server.sandbox.channel import Channel
from cloche_server.sandbox.context import ExecutionContext
from cloche_server.sandbox.language import FILENAME
from cloche_server.sandbox.outcome import Refusal, cpu_seconds, is_out_of_memory
from cloche_server.sandbox.output import TextStream
from cloche_server.sandbox.sampler import Sampler
from cloche_server.walls.kernel import limits
from cloche_server.walls.kernel.lockdown import Materials
from cloche_server.walls.language import Diagnostic, PolicyViolation

# A frame holds them all at their longest.
_MOST_DIAGNOSTICS: Final = 100

_TYPICAL: Final = """
import torch

def typical(model, tokenizer):
    inputs = tokenizer("The capital of France is", return_tensors="pt")
    with torch.no_grad():
        output = model(**inputs, output_hidden_states=True)
    return {"top": output.logits[0, -1].topk(5).indices.tolist()}
"""


def run(context: ExecutionContext, materials: Materials, pid: int, *, ahead: bool) -> None:
    """Serves one job on a locked-down process, then returns; the process must end at once.

    Args:
        pid: this process's number as the front sees it, read before the lockdown.
        ahead: nobody waits for it yet.
    """
    sampler = Sampler(context.channel, FILENAME)
    prepare(context)
    if ahead:
        warm_up(context)
    context.channel.send(job.Ready(pid=pid))
    task = context.channel.receive()
    match task:
        case job.Run():
            _run(context, sampler, materials, task)
        case job.Check():
            _check(context, task)
        case None:
            return


def run_typical(context: ExecutionContext) -> None:
    """Runs a typical call, from source to encoded result, to see in a fork what a call touches."""
    torch.set_num_threads(context.served.threads)
    program = context.language.compile(_TYPICAL)
    exec(program.code, context.namespace)  # noqa: S102  # our own source
    function = context.namespace[program.functions[0]]
    wire.encode(function(context.served.model, context.served.tokenizer))


def prepare(context: ExecutionContext) -> None:
    """Does what is to be done in each fork, and for each thread that runs a technique."""
    torch.set_num_threads(context.served.threads)
    randomness.seed_freshly()
    gc.enable()


def warm_up(context: ExecutionContext) -> None:
    """Does what a call would do otherwise: the compiler's first run, and threads that start."""
    context.language.compile(_TYPICAL)
    wire.decode(wire.encode([1.5, {"a": (1, "b")}]))
    _ = torch.ones(1 << 16).add_(1)  # large enough to be split


def _check(context: ExecutionContext, task: job.Check) -> None:
    found = context.language.check(task.source)
    diagnostics = list(found.diagnostics)
    if found.functions or not diagnostics:
        try:
            name = _entry_point(found.functions, task)
        except Refusal as refusal:
            context.channel.send(refusal.as_message())
            return
        diagnostics += returns.untravelling(task.source, name)
        diagnostics += imports.not_allowed(task.source, task.modules)
    diagnostics.sort(key=lambda each: (each.line, each.column))
    facts, more = _facts(tuple(diagnostics))
    context.channel.send(job.Checked(functions=found.functions, diagnostics=facts, more=more))


def _run(context: ExecutionContext, sampler: Sampler, materials: Materials, task: job.Run) -> None:
    # Processor time is the second line behind the front's wall clock, so it may be generous.
    cpu_s = cpu_seconds() + task.timeout_s * (context.served.threads + 1) + 5
    ceiling = limits.Ceiling(memory_bytes=task.memory_bytes, cpu_s=cpu_s)
    limits.lower_to(ceiling, address_space_bytes=materials.address_space_bytes)
    context.channel.send(answer(context, sampler, task))
    # The front reads what the call has taken before it ends this process: a short call is over
    # before the watch has looked.
    context.channel.wait_for_end()


def answer(context: ExecutionContext, sampler: Sampler, task: job.Run) -> job.Message:
    """Runs a technique within the process's limits, and returns what to say of it last."""
    output = context.output
    output.open(task.output_max_bytes)
    sys.stdout, sys.stderr = TextStream(output, "stdout"), TextStream(output, "stderr")
    context.logs.open()
    if task.seed is not None:
        randomness.seed_with(task.seed)
    try:
        with determinism.enforced(task.deterministic):
            result, compile_s = _call(context, sampler, task)
    except PolicyViolation as violation:
        last: job.Message = _policy(violation.diagnostics)
    except Refusal as refusal:
        last = refusal.as_message()
    except BaseException as error:  # noqa: BLE001  # whatever a technique raises is its outcome
        last = _raised(error, context, task)
    else:
        last = _send_result(context, result, task, compile_s)
    sampler.end()
    if output.exceeded:
        line = output.exceeded_line
        text = (
            f"the technique printed more than {output.max_bytes} bytes{_at(line)}; "
            "print less, return the text, or raise the output limit"
        )
        last = Refusal(Reason.OUTPUT_LIMIT, text, line=line).as_message()
    return last


def _call(context: ExecutionContext, sampler: Sampler, task: job.Run) -> tuple[object, float]:
    """What the technique returns, and the seconds that compiling it took."""
    # Before the technique exists, and under the call's limits: its arguments are its memory.
    incoming = [_incoming(context.channel, size) for size in (task.args_bytes, task.kwargs_bytes)]
    context.channel.wait_for_go()
    sampler.begin(task.timeout_s)
    args = _arguments(incoming[0], list, "args")
    kwargs = _arguments(incoming[1], dict, "kwargs")
    started = time.perf_counter()
    program = context.language.compile(task.source, context.output.filename)
    compile_s = time.perf_counter() - started
    if found := imports.not_allowed(task.source, task.modules):
        raise PolicyViolation(found)
    name = _entry_point(program.functions, task)
    _refuse_what_cannot_travel(task.source, name)
    exec(program.code, context.namespace)  # noqa: S102  # the job
    function: Any = context.namespace.get(name)
    result = function(context.served.model, context.served.tokenizer, *args, **kwargs)
    # What a technique yields is what it returns, together: it runs no further than its call.
    value = list(result) if type(result) is GeneratorType else result
    return value, compile_s


def _incoming(channel: Channel, size: int) -> wire.Incoming:
    incoming = wire.Incoming()
    for part in channel.receive_bytes(size):
        incoming.add(part)
    return incoming


def _arguments(
    incoming: wire.Incoming, kind: type[list[Any]] | type[dict[str, Any]], field: str
) -> Any:
    if not len(incoming):
        return kind()
    try:
        value: Any = incoming.value()
    except WireError as error:
        raise Refusal(Reason.REQUEST, f"{field} cannot be read: {error}", field) from None
    except MemoryError:
        raise Refusal(Reason.REQUEST, f"{field} claims more than it holds", field) from None
    if type(value) is not kind:
        wanted = "a msgpack array" if kind is list else "a msgpack map"
        text = f"{field} holds a {type(value).__name__}; it must be {wanted}"
        raise Refusal(Reason.REQUEST, text, field)
    if kind is dict:
        for key in value:
            if type(key) is not str:
                text = f"kwargs has the key {key!r:.80}; keys must be strings"
                raise Refusal(Reason.REQUEST, text, field)
    return value


def _entry_point(functions: tuple[str, ...], task: job.Run | job.Check) -> str:
    name, problem = entry.chosen(functions, task.source, task.entry_point)
    if problem:
        raise Refusal(Reason.REQUEST, problem, "entry_point")
    return name


def _refuse_what_cannot_travel(source: str, name: str) -> None:
    """Raises PolicyViolation where the source shows a result that no wire carries."""
    found = returns.untravelling(source, name)
    if found:
        raise PolicyViolation(found)


def _raised(error: BaseException, context: ExecutionContext, task: job.Run) -> job.Message:
    line, column = tracebacks.position(error, task.source, context.output.filename)
    refusal = context.language.refusal(error, line, column)
    if refusal is not None:
        return _policy((refusal,))
    if is_out_of_memory(error):
        text = (
            f"out of memory{_at(line)}: the call may add {task.memory_bytes} bytes to the loaded "
            "model; use less, or raise the memory limit"
        )
        return Refusal(Reason.MEMORY_LIMIT, text, line=line).as_message()
    return tracebacks.describe(error, task.source, context.output.filename, cpu_s=cpu_seconds())


def _send_result(
    context: ExecutionContext, result: object, task: job.Run, compile_s: float
) -> job.Message:
    started = time.perf_counter()
    try:
        parts = wire.encode_parts(result, root="result", mask=context.served.mask)
    except WireError as error:
        line = _return_line(task)
        text = f"the result{_returned_at(line)} does not travel: {error}"
        return Refusal(Reason.REQUEST, text, "result", line).as_message()
    except MemoryError:
        line = _return_line(task)
        text = (
            f"out of memory for the result{_returned_at(line)}; the call may add "
            f"{task.memory_bytes} bytes"
        )
        return Refusal(Reason.MEMORY_LIMIT, text, line=line).as_message()
    encode_s = time.perf_counter() - started
    size = sum(map(len, parts))
    if size > task.result_max_bytes:
        line = _return_line(task)
        text = (
            f"the result{_returned_at(line)} takes {size} bytes, the call allows "
            f"{task.result_max_bytes}; return less, or raise the result limit"
        )
        return Refusal(Reason.RESULT_LIMIT, text, line=line).as_message()
    sha256 = determinism.digest(parts) if task.deterministic or task.digest_only else b""
    context.channel.send_result(wire.encode_parts(None) if task.digest_only else parts)
    phases = job.Phases(compile_s=compile_s, encode_s=encode_s)
    return job.Returned(cpu_s=cpu_seconds(), sha256=sha256, phases=phases)


def _return_line(task: job.Run) -> int:
    """Where the technique's result was returned; 0 where that is not plain."""
    try:
        return returns.only_line(task.source, task.entry_point)
    except (MemoryError, RecursionError):
        return 0  # a technique that has used up its memory


def _at(line: int) -> str:
    return f" at line {line}" if line else ""


def _returned_at(line: int) -> str:
    return f" returned at line {line}" if line else ""


def _policy(diagnostics: tuple[Diagnostic, ...]) -> job.Refused:
    text = f"the language wall refused the technique in {len(diagnostics)} place(s)"
    facts, more = _facts(diagnostics)
    return job.Refused(reason="POLICY", message=text, field="source", diagnostics=facts, more=more)


def _facts(diagnostics: tuple[Diagnostic, ...]) -> tuple[tuple[job.DiagnosticFact, ...], int]:
    """As many as fit a frame, and how many are left out; a caller fixes the first ones first."""
    facts = tuple(
        job.DiagnosticFact(
            code=item.code[:100],
            message=item.message[:1000],
            hint=item.hint[:1000],
            line=item.line,
            column=item.column,
            end_line=item.end_line,
            end_column=item.end_column,
        )
        for item in diagnostics[:_MOST_DIAGNOSTICS]
    )
    return facts, len(diagnostics) - len(facts)
