"""The client: techniques in, results out."""

from __future__ import annotations

import copy
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Never, Self, Unpack

import grpc

from cloche.client import failures, options
from cloche.client.call import Kwargs, events_of, to_message, to_request
from cloche.client.cancellation import Cancellation
from cloche.client.connection import Connection, Remote, check_address
from cloche.client.credentials import Credentials
from cloche.client.display import CallDisplay, write_log, write_output
from cloche.client.embedded import EmbeddedServer
from cloche.client.events import Done, Event, Log, Output, Progress, Queued
from cloche.client.map import as_completed, check_concurrency, in_order
from cloche.client.options import Options
from cloche.client.session import Session
from cloche.client.where import check_where, given_settings
from cloche.contract.address import names_tls
from cloche.contract.config import ModelSettings, ServerConfig
from cloche.contract.errors import (
    Diagnostic,
    InvalidRequestError,
    PolicyError,
    ServerError,
    SourceError,
)
from cloche.contract.settings import config_errors
from cloche.contract.text import visible
from cloche.source.directory import TechniqueDirectory, load_techniques_from_dir
from cloche.source.technique import Technique, TechniqueLike
from cloche.v1 import execution_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable
    from types import TracebackType

    from cloche_server.hosting.deployment import Resources, Scaling
    from cloche_server.hosting.image import Image

    from cloche.client.info import ServerInfo
    from cloche.client.map import MapItem
    from cloche.tls import Tls

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
        *unnamed: Never,
        model_name: str | Path | None = None,
        address: str | None = None,
        app_name: str | None = None,
        is_peft: bool = False,
        also: Mapping[str, str | Path] | None = None,
        limits: Mapping[str, float] | None = None,
        progress: bool = True,
        connect_timeout: float | None = None,
        ready_timeout: float = 1800.0,
        deploy: bool = False,
        gpu: str | Sequence[str] | None = None,
        resources: Resources | None = None,
        scaling: Scaling | None = None,
        image: Image | None = None,
        secrets: Sequence[str] = (),
        keep_warm: int | None = None,
        container_idle_timeout: int | None = None,
        proxy_token: tuple[str, str] | None = None,
        environment: str | None = None,
        token: str | Literal[False] | None = None,
        tls: bool | str | Path | Tls | None = None,
        **settings: Unpack[ModelSettings],
    ) -> None:
        """Starts an embedded server and waits until its model is loaded, or names a remote one.

        Args:
            model_name: a directory or a Hugging Face causal language model, served by a child
                process, or with `deploy` on Modal. With `address`, or `app_name` alone, the name
                of one of the server's models.
            address: "host:port" or "unix:/path" of a running server, or "https://host" of one
                behind a proxy that ends TLS; nothing is sent before the first call.
            app_name: an app on Modal that `cloche deploy` or `deploy` made (docs/modal.md); what
                follows `ready_timeout` is for it.
            is_peft: `model_name` is a LoRA adapter, made for `base_model`; techniques get a
                PeftModel with the adapter on, under the name "default".
            also: more models to serve, by the names to ask for them with (`with_options`).
            limits: what one call may use, by the names that `cloche serve --help` lists, such as
                {"timeout_max_s": 60}.
            progress: show progress while a model loads and a technique reports it; only on a
                terminal or in a notebook.
            connect_timeout: seconds until somebody must answer at `address`; None: 10, and 2 where
                nobody listens.
            ready_timeout: seconds until the model must be loaded.
            deploy: deploy the app with `model_name` first, or update it, if it differs.
            gpu: "L4", "A100", "H100", "any", ..., or several to choose from; None: CPU only with
                `deploy`. Without it, this and all else about the app is what the caller expects: it
                must agree.
            resources: a `cloche.modal.Resources`, for more than `gpu`.
            scaling: a `cloche.modal.Scaling`, for more than `keep_warm` and
                `container_idle_timeout`; changed without deploying, as they are.
            image: `cloche.modal.hf_image` with more steps.
            secrets: names of Modal Secrets, such as one with HF_TOKEN.
            keep_warm: containers that run also without calls; changed without deploying.
            container_idle_timeout: seconds, 2 to 3600, that an idle container stays; changed
                without deploying.
            proxy_token: (id, secret) that the proxy before the server wants; None takes
                MODAL_PROXY_TOKEN_ID and MODAL_PROXY_TOKEN_SECRET where the host is Modal's.
            environment: Modal's, in which the app is; None: MODAL_ENVIRONMENT, or Modal's default.
            token: for the server at `address`; None takes CLOCHE_TOKEN, or what `cloche login` has
                stored for the address, and False none at all. It goes over TLS only, or stays on
                this machine.
            tls: how to know the server at `address`: True, a PEM file with who signs its
                certificate, or `cloche.Tls`; None takes CLOCHE_TLS, and with a token for another
                machine True.
            **settings: how `model_name` is held, embedded or deployed with `deploy`: the fields of
                `cloche.contract.config.ModelSettings` (docs/models.md); None takes the default.

        Raises:
            InvalidRequestError: not exactly one place to find the server, or a wrong value.
            ServerStartError: the embedded server did not come up.
            HostingError: Modal refuses, or has no such app; the message says what to do.
        """
        if unnamed:
            raise TypeError(
                "InterpClient takes its arguments by name: address='host:port' for a running "
                "server, model_name='path/or/hub-name' for one of its own, app_name='name' for an "
                "app on Modal"
            )
        for name, value in (("connect_timeout", connect_timeout), ("ready_timeout", ready_timeout)):
            if value is None and name == "connect_timeout":
                continue
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not value > 0:
                raise InvalidRequestError(
                    f"{name} is {value!r}; it must be seconds, a number above 0", field=name
                )
        given = given_settings(settings, is_peft=is_peft)
        embedded: EmbeddedServer | None = None
        remote: Remote | None = None
        credentials: Credentials | None = None
        check_where(
            model_name=model_name,
            address=address,
            app_name=app_name,
            for_model={**given, "also": also or None, "limits": limits},
            for_app={
                "deploy": deploy or None,
                "gpu": gpu,
                "resources": resources,
                "scaling": scaling,
                "image": image,
                "secrets": secrets or None,
                "keep_warm": keep_warm,
                "container_idle_timeout": container_idle_timeout,
                "environment": environment,
                **({"proxy_token": proxy_token} if address is None else {}),
            },
            for_address={"token": token, "tls": tls},
        )
        if app_name is not None:
            # Here, and nowhere else: modal is imported only by those who ask for it.
            from cloche.modal._open import open_app

            remote = open_app(
                app_name,
                deploy_first=deploy,
                model_name=model_name,
                model=given,
                also=also or {},
                limits=limits,
                gpu=gpu,
                resources=resources,
                scaling=scaling,
                image=image,
                secrets=secrets,
                keep_warm=keep_warm,
                container_idle_timeout=container_idle_timeout,
                proxy_token=proxy_token,
                environment=environment,
                show=progress,
            )
            target = remote.address
        elif address is not None and (proxy_token is not None or names_tls(address)):
            if token is not None or tls is not None:
                raise InvalidRequestError(
                    "token, tls: the proxy in front of this server ends TLS and has a token of its "
                    "own; leave them out, and give proxy_token=",
                    field="token" if token is not None else "tls",
                )
            from cloche.modal._edge import edge_at

            remote = edge_at(address, proxy_token=proxy_token)
            target = remote.address
        elif address is not None:
            target = check_address(address)
            credentials = Credentials.of(target, token, tls)
        else:
            with config_errors():
                config = ServerConfig.of(model_name, given, also=also or {}, limits=limits or {})
            embedded = EmbeddedServer(config)
            target = embedded.address
        self._model_name = None if model_name is None else str(model_name)
        # A server that runs has its models, and this says which one calls are for.
        chosen = model_name is not None and embedded is None and not deploy
        self._options = Options(model=str(model_name) if chosen else "")
        self._is_view = False
        self._connection = Connection(
            target,
            embedded=embedded,
            remote=remote,
            credentials=credentials,
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
        other control sequences, which a model may have written, as escapes. What libraries warn of
        appears on stderr, as "warning: ...". Tensors come back as
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
        encoded = Kwargs.of(kwargs, borrow=True)
        return self._shown(self._start(Cancellation(), technique, args, encoded, borrow=True))

    def stream(
        self, technique: TechniqueLike, /, *args: Any, **kwargs: Any
    ) -> Generator[Event, None, None]:
        """Runs a technique and yields what happens: Queued while it waits; Accepted; Output, Log
        and Progress; then Done.

        Text comes exactly as it was printed: take care what you show on a terminal. The call starts
        with the first event asked for. Closing the iterator, or dropping it, ends the call on the
        server. Raises what `run` raises, at the call or from the iterator.
        """
        return self._start(Cancellation(), technique, args, Kwargs.of(kwargs))

    def digest(self, technique: TechniqueLike, /, *args: Any, **kwargs: Any) -> str:
        """Runs a technique as `run` does, and returns the SHA-256 of its result, in hexadecimal.

        The result stays on the server: two runs are compared without sending them. It says
        something of runs that are `deterministic` (see `with_options`).

        Raises what `run` raises, and ServerError where the server knows no digests.
        """
        view = self.with_options()
        view._options = replace(self._options, digest_only=True)
        for event in view.stream(technique, *args, **kwargs):
            if isinstance(event, Done) and event.usage.result_sha256:
                return event.usage.result_sha256
        raise ServerError("the server gave no digest: it is older than this client")

    def map(
        self,
        technique: TechniqueLike,
        inputs: Iterable[Any],
        /,
        *,
        kwargs: Mapping[str, Any] | None = None,
        concurrency: int | None = None,
    ) -> list[Any]:
        """Runs a technique once for each input, several at a time; the results in their order.

        Every call meets the model as it was loaded. What a call prints appears when it ends.

        Args:
            technique: as for `run`; each input is its third argument.
            inputs: one value for each call.
            kwargs: arguments by name, the same for each call.
            concurrency: the most calls at once. None: as many as the server runs at once.

        Raises:
            MapError: some inputs failed, after all others have run; it has their results.
            ClocheError: as `run`, where no input could fare better: no server, refused source.
        """
        with closing(
            self.as_completed(technique, inputs, kwargs=kwargs, concurrency=concurrency)
        ) as items:
            return in_order(items)

    def as_completed(
        self,
        technique: TechniqueLike,
        inputs: Iterable[Any],
        /,
        *,
        kwargs: Mapping[str, Any] | None = None,
        concurrency: int | None = None,
    ) -> Generator[MapItem, None, None]:
        """`map`, yielding each outcome as it comes, failures too; the inputs may have no end.

        Closing the iterator, or dropping it, ends the calls that run. Raises what `map` raises but
        MapError.
        """
        return self._mapped(Cancellation(), technique, inputs, kwargs, concurrency)

    def check(self, technique: TechniqueLike, /) -> tuple[Diagnostic, ...]:
        """What the language wall has to say about a technique, without running it; empty: nothing.

        A function that cannot be sent as source gives one diagnostic with the code "source". Raises
        ServerError where no server can answer.
        """
        try:
            prepared = Technique.of(technique, entry_point=self._options.entry_point)
            request = pb.CheckRequest(technique=to_message(prepared), model=self._options.model)
        except SourceError as error:
            return (Diagnostic(code="source", message=str(error), hint="", line=0, column=0),)
        self._connection.ensure_ready()
        try:
            answer = self._connection.check(request, timeout_s=_CHECK_TIMEOUT_S)
        except grpc.RpcError as error:
            failure = self._connection.failure(error, prepared)
            if isinstance(failure, PolicyError):
                return failure.diagnostics
            if isinstance(failure, InvalidRequestError):
                return (
                    Diagnostic(code="request", message=str(failure), hint="", line=0, column=0),
                )
            raise failure from None
        return failures.from_diagnostics(answer.diagnostics, prepared)

    def session(
        self,
        *,
        memory: int | str | None = None,
        idle_timeout: float | None = None,
        lifetime: float | None = None,
        checkpoints: int = 0,
    ) -> Session:
        """Opens a session: calls in it find what its earlier calls left, and nobody else does.

        ```
        with client.session() as session:
            session.run(edit_weights)
            branch = session.fork()
        ```

        Its calls have the options of this client or view.

        Args:
            memory: bytes, or a text such as "2GB", that the session may add to the loaded model.
            idle_timeout: seconds after which it ends if it runs no call.
            lifetime: seconds after which it ends.
            checkpoints: how many states before its last calls are kept for `rollback`; each costs
                a copy of the process before each call.

        Raises:
            InvalidRequestError: a value is out of its range.
            ServerBusyError: as many sessions are open as may be, or the memory is taken.
            ServerError: as `run`.
        """
        wish = options.session_options(memory, idle_timeout, lifetime, checkpoints)
        return Session.open(self, wish)

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
        model: str = _UNSET,
        quiet: bool = _UNSET,
        deterministic: bool = _UNSET,
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
            model: one of those that the server has, by its name in `info().models`; "" is the
                first.
            quiet: print nothing of what the technique prints, nor of what libraries warn of.
            deterministic: run on one thread, with deterministic algorithms and a seed of 0 where
                none is given; an operation that has no such algorithm raises. `Usage` then has the
                result's digest.

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
            "model": model,
            "quiet": quiet,
            "deterministic": deterministic,
        }
        changes = options.checked({k: v for k, v in given.items() if v is not _UNSET})
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
        """Where the server is: "host:port" or "unix:/path"."""
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

    def _shown(self, events: Generator[Event, None, None]) -> Any:
        """The call's result, after what it prints and reports has been shown."""
        # Closed at once, also when writing the output fails: then the call ends on the server too.
        with closing(events), CallDisplay(self._connection.screen) as display:
            for event in events:
                if isinstance(event, Output) and not self._options.quiet:
                    write_output(event.stream, event.text)
                elif isinstance(event, Log) and not self._options.quiet:
                    write_log(event.level, event.text)
                elif isinstance(event, Progress) and not self._options.quiet:
                    display.update(event.done, event.total, event.note)
                elif isinstance(event, Queued) and not self._options.quiet:
                    display.waiting(event.ahead, event.expected_s)
                elif isinstance(event, Done):
                    return event.result
        raise ServerError("the stream ended without a result")

    def _mapped(
        self,
        cancellation: Cancellation,
        technique: TechniqueLike,
        inputs: Iterable[Any],
        kwargs: Mapping[str, Any] | None,
        concurrency: int | None,
    ) -> Generator[MapItem, None, None]:
        # Once for all calls: they share what a function refers to as it is now.
        prepared = Technique.of(technique, entry_point=self._options.entry_point)
        shared = Kwargs.of(kwargs or {})
        if concurrency is None:
            self._connection.ensure_ready()
            concurrency = self._connection.info().limits.concurrent_calls or 1
        return as_completed(
            lambda value: self._start(cancellation, prepared, (value,), shared),
            inputs,
            concurrency=check_concurrency(concurrency),
            quiet=self._options.quiet,
            screen=self._connection.screen,
            cancellation=cancellation,
        )

    def _start(
        self,
        cancellation: Cancellation,
        technique: TechniqueLike,
        args: tuple[Any, ...],
        kwargs: Kwargs,
        *,
        borrow: bool = False,
    ) -> Generator[Event, None, None]:
        self._connection.check_open()
        prepared = Technique.of(technique, entry_point=self._options.entry_point)
        request = to_request(prepared, args, kwargs, self._options, borrow=borrow)
        return events_of(request, prepared, self._options, self._connection, cancellation)
