"""What every call finds: made once, in the zygote, so that a fork has it without making it.

Each sandbox has a copy of its own, as it has of everything else; what a call does to it ends with
the sandbox.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cloche import wire

from cloche_server.sandbox import logs
from cloche_server.sandbox.channel import Channel
from cloche_server.sandbox.language import FILENAME, Language
from cloche_server.sandbox.output import Output
from cloche_server.walls.kernel.lockdown import CHANNEL


@dataclass(frozen=True, kw_only=True)
class ServedModel:
    """What a technique is given: the model exactly as it was loaded."""

    model: Any
    tokenizer: Any
    threads: int
    #: What no result may show; None: it may show all.
    mask: wire.Mask | None


@dataclass(frozen=True, kw_only=True)
class ExecutionContext:
    """What a technique runs in: fresh globals among it, for one call or one session."""

    served: ServedModel
    language: Language
    #: At the number that the lockdown gives the sandbox's end.
    channel: Channel
    output: Output
    logs: logs.LogSender
    namespace: dict[str, Any]


def build(served: ServedModel, language: Language) -> ExecutionContext:
    """Makes the context, and takes over what libraries log and warn of from here on."""
    channel = Channel(CHANNEL)
    output = Output(channel, FILENAME)
    sender = logs.LogSender(channel)
    logs.take_over(sender.send)
    return ExecutionContext(
        served=served,
        language=language,
        channel=channel,
        output=output,
        logs=sender,
        namespace=language.namespace(output, sender),
    )
