"""The client: techniques in, results out."""

from __future__ import annotations

import copy
import random
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import grpc

from cloche import _failures, _options, wire
from cloche._connection import Connection, check_address
from cloche._directory import TechniqueDirectory, load_techniques_from_dir
from cloche._display import CallDisplay, write_output
from cloche._embedded import Attention, DType, EmbeddedServer, check_settings
from cloche._events import Done, Event, Output, Progress
from cloche._options import Options
from cloche._reader import read
from cloche._technique import Technique, TechniqueLike
from cloche._text import visible
from cloche._where import check_where
from cloche.errors import (
    Diagnostic,
    InvalidRequestError,
    PolicyError,
    ServerBusyError,
    ServerError,
    SourceError,
)
from cloche.status import STATUS, Reason
from cloche.v1 import execution_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import Generator
    from types import TracebackType

    from cloche_server.hosting.image import Image

    from cloche._info import ServerInfo

# A full queue drains call by call; past this the caller should know.
_BUSY_PATIENCE_S = 30.0
_CHECK_TIMEOUT_S = 60.0
_UNSET: Any = object()


class InterpClient:
    """Runs techniques on a model: on a server at `address`, or on one that it starts itself.

    ```
    with InterpClient(model_name="gpt2") as client:
        print(client.run(logit_lens, "The capital of France is"))
    ```

    Safe to use from several threads. `with_options` gives a light view that shares the connection.
    """

    def __init__(
        self,
        *,
        model_name: str | Path | None = None,
        address: str | None = None,
        app_name: str | None = None,
        revision: str | None = None,
        dtype: DType | None = None,
        attn_implementation: Attention | None = None,
        threads: int | None = None,
        limits: Mapping[str, float] | None = None,
        progress: bool = True,
        connect_timeout: float = 10.0,
        ready_timeout: float = 1800.0,
        deploy: bool = False,
        gpu: str | None = None,
        image: Image | None = None,
        secrets: Sequence[str] = (),
        keep_warm: int | None = None,
        container_idle_timeout: int | None = None,
        proxy_token: tuple[str, str] | None = None,
    ) -> None:
        """Starts an embedded server and waits until its model is loaded, or names a remote one.

        Args:
            model_name: a directory or a Hugging Face causal language model, served by a child
                process. Give this or `address` or `app_name`.
            address: "host:port" or "unix:/path" of a running server; nothing is sent before the
                first call.
            app_name: an app on Modal that `cloche deploy` or `deploy` made (docs/modal.md); what
                follows `ready_timeout` is for it.
            revision: the model's commit or branch. This and the next four are for `model_name`;
                None takes the server's default.
            dtype: how the weights are held.
            attn_implementation: "eager" also gives attention maps.
            threads: of a forward pass.
            limits: what one call may use, by the names that `cloche serve --help` lists, such as
                {"timeout_max_s": 60}.
            progress: show progress while a model loads and a technique reports it; only on a
                terminal or in a notebook.
            connect_timeout: seconds until somebody must answer at `address`.
            ready_timeout: seconds until the model must be loaded.
            deploy: deploy the app with `model_name` first, or update it, if it differs.
            gpu: "L4", "A10G", "A100", "H100", "any", ...; None: CPU only. With `deploy`.
            image: `cloche.modal.hf_image` with more steps. With `deploy`.
            secrets: names of Modal Secrets, such as one with HF_TOKEN. With `deploy`.
            keep_warm: containers that run also without calls; changed without deploying.
            container_idle_timeout: seconds, 2 to 3600, that an idle container stays; changed
                without deploying.
            proxy_token: (id, secret) that the endpoint wants; None takes MODAL_PROXY_TOKEN_ID and
                MODAL_PROXY_TOKEN_SECRET.

        Raises:
            InvalidRequestError: not exactly one place to find the server, or a wrong value.
            ServerStartError: the embedded server did not come up.
            HostingError: Modal refuses, or has no such app; the message says what to do.
        """
        for name, value in (("connect_timeout", connect_timeout), ("ready_timeout", ready_timeout)):
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not value > 0:
                raise InvalidRequestError(
                    f"{name} is {value!r}; it must be seconds, a number above 0", field=name
                )
        model = {
            "revision": revision,
            "dtype": dtype,
            "attn_implementation": attn_implementation,
            "threads": threads,
        }
        embedded, remote = None, None
        check_where(
            model_name=model_name,
            address=address,
            app_name=app_name,
            for_model={**model, "limits": limits},
            for_app={
                "deploy": deploy or None,
                "gpu": gpu,
                "image": image,
                "secrets": secrets or None,
                "keep_warm": keep_warm,
                "container_idle_timeout": container_idle_timeout,
                "proxy_token": proxy_token,
            },
        )
        if app_name is not None:
            # Here, and nowhere else: modal is imported only by those who ask for it.
            from cloche.modal._open import open_app

            remote = open_app(
                app_name,
                deploy_first=deploy,
                model_name=model_name,
                model=model,
                limits=limits,
                gpu=gpu,
                image=image,
                secrets=secrets,
                keep_warm=keep_warm,
                container_idle_timeout=container_idle_timeout,
                proxy_token=proxy_token,
                show=progress,
            )
            target = remote.address
        elif address is not None:
            target = check_address(address)
        else:
            check_settings(model_name, revision, dtype, attn_implementation, threads, limits)
            chosen = {name: value for name, value in model.items() if value is not None}
            config = {"model": {"name": str(model_name), **chosen}, "limits": dict(limits or {})}
            embedded = EmbeddedServer(config)
            target = embedded.address
        self._model_name = None if model_name is None else str(model_name)
        self._options = Options()
        self._is_view = False
        self._connection = Connection(
            target,
            embedded=embedded,
            remote=remote,
            connect_timeout_s=connect_timeout,
            ready_timeout_s=ready_timeout,
            show_progress=progress,
        )
        if embedded is not None:
            try:
                self._connection.ensure_ready()
            except BaseException:
                self._connection.close()
                raise

    def run(self, technique: TechniqueLike, /, *args: Any, **kwargs: Any) -> Any:
        """Runs a technique and returns what it returned.

        What it prints appears on stdout and stderr as it comes; a terminal gets its colours, and
        other control sequences, which a model may have written, as escapes. Tensors come back as
        torch tensors on the CPU where torch is installed, as numpy arrays otherwise.

        Args:
            technique: a function taking (model, tokenizer, ...), source as str, a file as
                pathlib.Path, or a Technique.
            *args: what follows model and tokenizer; numbers, text, containers, arrays, tensors.
            **kwargs: the same by name.

        Raises:
            TechniqueError: the technique raised.
            PolicyError: the language wall refused it.
            InvalidRequestError: entry point, arguments or options are wrong.
            LimitError: time, memory, output or result size ran out; one subclass for each.
            SandboxError: native code crashed, or did what the kernel wall forbids.
            ServerError: no server, no room, or it did not start.
            SourceError: the function uses something that cannot be sent.
            WireError: an argument or the result cannot be encoded.
        """
        shown = self._connection.show_progress and not self._options.quiet
        # Closed at once, also when writing the output fails: then the call ends on the server too.
        with (
            closing(self.stream(technique, *args, **kwargs)) as events,
            CallDisplay(enabled=shown) as display,
        ):
            for event in events:
                if isinstance(event, Output):
                    if not self._options.quiet:
                        write_output(event.stream, event.text)
                elif isinstance(event, Progress):
                    display.update(event.done, event.total, event.note)
                elif isinstance(event, Done):
                    return event.result
        raise ServerError("the stream ended without a result")

    def stream(
        self, technique: TechniqueLike, /, *args: Any, **kwargs: Any
    ) -> Generator[Event, None, None]:
        """Runs a technique and yields what happens: Accepted, Output and Progress, then Done.

        Text comes exactly as it was printed: take care what you show on a terminal. The call starts
        with the first event asked for. Closing the iterator, or dropping it, ends the call on the
        server. Raises what `run` raises, at the call or from the iterator.
        """
        self._connection.check_open()
        prepared = Technique.of(technique, entry_point=self._options.entry_point)
        bound = [dict(prepared._bound)] if prepared._bound else []
        call = pb.Call(
            technique=_message(prepared),
            args=wire.encode([*bound, *args], root="args") if bound or args else b"",
            kwargs=wire.encode(kwargs, root="kwargs") if kwargs else b"",
            options=self._options.to_proto(),
        )
        return self._events(pb.ExecuteStreamRequest(call=call), prepared)

    def check(self, technique: TechniqueLike, /) -> tuple[Diagnostic, ...]:
        """What the language wall has to say about a technique, without running it; empty: nothing.

        A function that cannot be sent as source gives one diagnostic with the code "source". Raises
        ServerError where no server can answer.
        """
        try:
            prepared = Technique.of(technique, entry_point=self._options.entry_point)
            request = pb.CheckRequest(technique=_message(prepared))
        except SourceError as error:
            return (Diagnostic(code="source", message=str(error), hint="", line=0, column=0),)
        self._connection.ensure_ready()
        try:
            answer = self._connection.check(request, timeout_s=_CHECK_TIMEOUT_S)
        except grpc.RpcError as error:
            failure = self._failure(error, prepared)
            if isinstance(failure, PolicyError):
                return failure.diagnostics
            if isinstance(failure, InvalidRequestError):
                return (
                    Diagnostic(code="request", message=str(failure), hint="", line=0, column=0),
                )
            raise failure from None
        return _failures.from_diagnostics(answer.diagnostics, prepared)

    def load_techniques_from_dir(
        self, path: Path | str, *, strict: bool = False
    ) -> TechniqueDirectory:
        """Reads every `NAME.py` in a directory as the technique NAME, ready for `run`.

        The same as `cloche.load_techniques_from_dir`: it reads files and asks no server. Files that
        hold no technique are said on stderr, once, and are in the result's `broken`; with `strict`
        they raise TechniqueFilesError. Raises SourceError where `path` is no directory.
        """
        loaded = load_techniques_from_dir(path, strict=strict)
        for error in loaded.broken.values():
            print(f"not loaded: {visible(str(error))}", file=sys.stderr)
        return loaded

    def info(self) -> ServerInfo:
        """What is served, under which limits and behind which walls; also while the model loads.

        Raises ServerUnavailableError where nobody answers.
        """
        return self._connection.info()

    def with_options(
        self,
        *,
        timeout: float | None = _UNSET,
        seed: int | None = _UNSET,
        memory: int | str | None = _UNSET,
        result_limit: int | str | None = _UNSET,
        output_limit: int | str | None = _UNSET,
        entry_point: str = _UNSET,
        quiet: bool = _UNSET,
    ) -> InterpClient:
        """Returns a view of this client whose calls have these options; others stay as they are.

        The view shares the connection, and closing the view leaves that open.

        Args:
            timeout: wall-clock seconds, from the moment a sandbox has the technique.
            seed: of torch, numpy and random, 0 to 2**64 - 1.
            memory: bytes that the call may add to the loaded model, or a text such as "2GB".
            result_limit: the encoded result's bytes, or a text.
            output_limit: bytes of everything printed, or a text.
            entry_point: the function to call, where a source has several.
            quiet: print nothing of what the technique prints.

        Raises:
            InvalidRequestError: a value is out of its range.
        """
        given = {
            "timeout": timeout,
            "seed": seed,
            "memory": memory,
            "result_limit": result_limit,
            "output_limit": output_limit,
            "entry_point": entry_point,
            "quiet": quiet,
        }
        changes = _options.checked({k: v for k, v in given.items() if v is not _UNSET})
        view = copy.copy(self)
        view._options = replace(self._options, **changes)
        view._is_view = True
        return view

    @property
    def options(self) -> Options:
        """The options that this client's or view's calls have."""
        return self._options

    @property
    def address(self) -> str:
        """Where the server listens: "host:port" or "unix:/path"."""
        return self._connection.address

    def close(self) -> None:
        """Ends this client's calls and its embedded server. A view closes nothing."""
        if not self._is_view:
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        served = f"model_name={self._model_name!r}, " if self._model_name else ""
        state = ", closed" if self._connection.closed else ""
        return f"<InterpClient {served}address={self.address!r}{state}>"

    def _events(
        self, request: pb.ExecuteStreamRequest, technique: Technique
    ) -> Generator[Event, None, None]:
        give_up = time.monotonic() + _BUSY_PATIENCE_S
        not_ready_by = time.monotonic() + self._connection.ready_timeout_s
        attempt = 0
        while True:
            self._connection.ensure_ready()
            call = self._connection.execute(request)
            started = False
            try:
                for event in read(call, technique, self._options):
                    started = True
                    yield event
            except grpc.RpcError as error:
                failure = self._failure(error, technique)
                reason = _failures.reason_of(error)
                if self._connection.turned_away(error):
                    reason = Reason.NOT_READY
                # Only what the server says it has not begun may be sent again.
                if started or reason is None or not STATUS[reason].retry:
                    raise failure from None
                now = time.monotonic()
                if now > (not_ready_by if reason is Reason.NOT_READY else give_up):
                    raise failure from None
                attempt += 1
                time.sleep(_pause(failure, attempt))
                if reason is Reason.NOT_READY:
                    self._connection.not_ready()
            else:
                return
            finally:
                # Also on KeyboardInterrupt and when the iterator is closed: the server stops too.
                call.cancel()

    def _failure(self, error: grpc.RpcError, technique: Technique) -> Exception:
        failure = _failures.from_rpc(error, address=self.address, technique=technique)
        return self._connection.explain(failure)


def _message(technique: Technique) -> pb.Technique:
    try:
        technique.source.encode()
    except UnicodeEncodeError as error:
        line = technique.source.count("\n", 0, error.start) + 1
        raise SourceError(
            f"the source cannot be sent as UTF-8: line {line} holds half a character "
            f"({technique.source[error.start]!a}); write it as an escape"
        ) from None
    return pb.Technique(source=technique.source, entry_point=technique.entry_point)


def _pause(failure: Exception, attempt: int) -> float:
    """Seconds before the next try: the server's advice, doubled each time, spread by chance."""
    advice = failure.retry_after_s if isinstance(failure, ServerBusyError) else 0.1
    spread = random.uniform(0.75, 1.25)  # noqa: S311  # no secret
    return float(min(5.0, advice * 2 ** min(attempt - 1, 4)) * spread)
