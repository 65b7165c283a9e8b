"""A session's process. Holds: the model, one channel, what its calls left. Never: a file, a secret.

Trusts: nothing that came over the channel. Ends: when the front closes the channel, or by SIGKILL.

Each call runs in a thread of its own, which ends with it: libraries keep their pools of threads
with the thread that started them, and a pool that went through a fork would never answer. What is
set for a thread (no_grad, inference_mode) so ends with its call, as in a call without a session.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable

import torch

from cloche_server.ipc import job
from cloche_server.sandbox import session
from cloche_server.sandbox.channel import Channel
from cloche_server.sandbox.context import ExecutionContext
from cloche_server.sandbox.sampler import Sampler
from cloche_server.sandbox.tracebacks import EARLIER
from cloche_server.walls.kernel import forking, limits
from cloche_server.walls.kernel.lockdown import Materials


def serve(context: ExecutionContext, materials: Materials, pid: int) -> None:
    """Serves calls one after the other on a locked-down process, and forks where it is asked to.

    Args:
        pid: as for `session.run`.
    """
    channel = context.channel
    reopen = context.language.reopening(context.namespace)
    _in_thread(lambda: session.prepare(context))
    channel.send(job.Ready(pid=pid))
    number = 0
    while (task := channel.receive_in_session()) is not None:
        match task:
            case job.Open(memory_bytes, cpu_s):
                ceiling = limits.Ceiling(memory_bytes=memory_bytes, cpu_s=cpu_s)
                limits.lower_to(ceiling, address_space_bytes=materials.address_space_bytes)
            case job.Fork():
                channel.send(_fork(channel))
            case job.Run() as run:
                number += 1
                context.output.filename = f"{EARLIER}{number}>"
                if number > 1:
                    reopen()

                def play(run: job.Run = run) -> None:
                    sampler = Sampler(channel, context.output.filename)
                    torch.set_num_threads(context.served.threads)  # kept for each thread
                    channel.send(session.answer(context, sampler, run))

                _in_thread(play)


def _fork(channel: Channel) -> job.Forked:
    """In the session, and again in its copy."""
    # Python gives a copy random numbers of its own; it is to go on as its parent would.
    state = random.getstate()
    try:
        with channel.quiet():
            copied = forking.fork()
    except OSError as error:
        return job.Forked(error.strerror or "the kernel refuses it")
    if copied:
        random.setstate(state)
    return job.Forked()


def _in_thread(work: Callable[[], None]) -> None:
    """Returns when it is done; what is raised there ends the process, as it would here."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001  # raised again below
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
