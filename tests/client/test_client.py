"""InterpClient against a scripted server."""

from __future__ import annotations

import gc
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import cloche
import grpc
import numpy as np
import pytest
from cloche import (
    Accepted,
    AsyncInterpClient,
    CallCancelledError,
    Done,
    InterpClient,
    InvalidRequestError,
    Output,
    Progress,
    ServerBusyError,
    ServerError,
    ServerUnavailableError,
    SourceError,
    Technique,
    TechniqueError,
    WireError,
    wire,
)
from cloche.contract.status import Reason
from cloche.v1 import execution_pb2 as pb

from tests.client.support.fake_server import (
    FakeService,
    aborting,
    accepted,
    failing,
    printed,
    refusing,
    returning,
    running_it,
    serving,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SOURCE = "def f(model, tokenizer, x=1):\n    return x\n"


class TestConstruction:
    def test_neither_address_nor_model(self) -> None:
        with pytest.raises(InvalidRequestError, match=r"model_name=.* or address=.*neither"):
            InterpClient()

    def test_a_model_at_an_address_is_one_of_its_models(
        self, service: FakeService, address: str
    ) -> None:
        service.handler = returning(1)
        with InterpClient(address=address, model_name="small") as client:
            client.run(SOURCE)
            client.with_options(model="").run(SOURCE)
            client.with_options(model="large").run(SOURCE)
        assert [call.model for call in service.calls] == ["small", "", "large"]

    def test_a_bad_name_of_a_model(self) -> None:
        with pytest.raises(InvalidRequestError, match="model is 3; it must be the name of a"):
            InterpClient(address="localhost:1").with_options(model=3)  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        "address", ["localhost", "http://x:1", "x:0", "x:70000", "", "unix:", "a b:1", 7]
    )
    def test_bad_address(self, address: Any) -> None:
        with pytest.raises(InvalidRequestError, match="'host:port', 'unix:/path"):
            InterpClient(address=address)

    def test_embedded_options_do_not_go_with_an_address(self) -> None:
        with pytest.raises(InvalidRequestError, match="dtype: the server at address decides this"):
            InterpClient(address="localhost:1", dtype="bfloat16")

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("model_name", ""), ("model_name", 3), ("dtype", "float12"), ("threads", 0),
            ("threads", True), ("attn_implementation", "flash"), ("revision", 1), ("limits", 5),
            ("trust_remote_code", "yes"),
            ("dequantize", "fp8"),
            ("offline", 1), ("cache_dir", 5), ("is_peft", "yes"), ("adapters", 5),
            ("adapters", {"a": 1}), ("merge_adapter", 3), ("also", 3),
        ],
    )  # fmt: skip
    def test_bad_setting_of_an_embedded_server(self, name: str, value: Any) -> None:
        with pytest.raises(InvalidRequestError, match=f"{name} is {value!r}; it must be") as caught:
            InterpClient(**{"model_name": "tiny", name: value})
        assert caught.value.field == name

    def test_bad_limits_and_devices_are_named(self) -> None:
        with pytest.raises(InvalidRequestError, match="timeout_max_s is 'long'; it must be a num"):
            InterpClient(model_name="tiny", limits={"timeout_max_s": "long"})  # type: ignore[dict-item]
        with pytest.raises(InvalidRequestError, match="seconds: no such setting; choose from"):
            InterpClient(model_name="tiny", limits={"seconds": 1})
        with pytest.raises(
            InvalidRequestError, match="device is 'mps'; it must be one of cpu, cuda"
        ):
            InterpClient(model_name="tiny", device="mps")  # type: ignore[arg-type]

    def test_a_setting_that_there_is_not(self) -> None:
        with pytest.raises(TypeError, match="argument 'atn_implementation'; did you mean attn_im"):
            InterpClient(model_name="tiny", atn_implementation="sdpa")  # type: ignore[call-arg]

    def test_an_adapter_needs_its_base_model_and_says_what_it_is(self) -> None:
        with pytest.raises(InvalidRequestError, match="is_peft=True needs base_model"):
            InterpClient(model_name="adapter", is_peft=True)
        with pytest.raises(InvalidRequestError, match="give is_peft=True with it"):
            InterpClient(model_name="adapter", base_model="base")

    def test_embedded_options_do_not_go_with_an_app(self) -> None:
        with pytest.raises(InvalidRequestError, match="offline: of this machine, and not for an"):
            InterpClient(app_name="x", deploy=True, model_name="org/name", offline=True)

    def test_repr(self) -> None:
        client = InterpClient(address="localhost:1")
        assert repr(client) == "<InterpClient address='localhost:1'>"
        client.close()
        assert repr(client) == "<InterpClient address='localhost:1', closed>"

    @pytest.mark.parametrize("value", [0, -1, "5", True])
    def test_bad_connect_timeout(self, value: Any) -> None:
        with pytest.raises(InvalidRequestError, match=r"connect_timeout is .* above 0"):
            InterpClient(address="localhost:1", connect_timeout=value)


class TestRun:
    def test_result_comes_back_from_its_chunks(
        self, service: FakeService, client: InterpClient
    ) -> None:
        service.handler = returning({"a": (1, np.arange(100))})
        result = client.run(SOURCE)
        assert result["a"][0] == 1
        assert np.array_equal(result["a"][1], np.arange(100))

    def test_large_result(self, service: FakeService, client: InterpClient) -> None:
        value = np.zeros(3_000_000)
        service.handler = returning(value, chunk=1 << 18)
        assert client.run(SOURCE).nbytes == value.nbytes

    def test_what_is_sent(self, service: FakeService, client: InterpClient) -> None:
        view = client.with_options(timeout=2.5, seed=0, memory="2GiB", entry_point="f")
        view.run(SOURCE, 1, (2,), x={"k": 3})
        (call,) = service.calls
        assert call.technique == pb.Technique(source=SOURCE, entry_point="f")
        assert wire.decode(call.args) == [1, (2,)]
        assert wire.decode(call.kwargs) == {"x": {"k": 3}}
        assert (call.options.timeout.seconds, call.options.timeout.nanos) == (2, 500_000_000)
        assert call.options.HasField("seed")
        assert call.options.seed == 0
        assert call.options.memory_bytes == 2 << 30

    def test_no_arguments_are_empty_bytes(self, service: FakeService, client: InterpClient) -> None:
        client.run(SOURCE)
        assert service.calls[0].args == service.calls[0].kwargs == b""

    def test_arguments_named_like_our_own(self, service: FakeService, client: InterpClient) -> None:
        client.run(SOURCE, technique=1, self=2, timeout=3)
        assert wire.decode(service.calls[0].kwargs) == {"technique": 1, "self": 2, "timeout": 3}

    def test_output_appears_where_it_belongs(
        self, service: FakeService, client: InterpClient, capsys: pytest.CaptureFixture[str]
    ) -> None:
        service.handler = returning(1, printed("out\n"), printed("err\n", pb.STREAM_STDERR))
        assert client.run(SOURCE) == 1
        assert capsys.readouterr() == ("out\n", "err\n")

    def test_quiet(
        self, service: FakeService, client: InterpClient, capsys: pytest.CaptureFixture[str]
    ) -> None:
        service.handler = returning(1, printed("out\n"))
        client.with_options(quiet=True).run(SOURCE)
        assert capsys.readouterr() == ("", "")

    def test_function_with_bound_tensor(self, service: FakeService, client: InterpClient) -> None:
        weights = np.arange(3)

        def f(model: Any, tokenizer: Any, k: int) -> Any:
            return int(weights.sum()) * k

        service.handler = running_it
        assert client.run(f, 2) == 6
        assert client.run(f, k=3) == 9

    def test_file(self, service: FakeService, client: InterpClient, tmp_path: Path) -> None:
        path = tmp_path / "probe.py"
        path.write_text(
            "def _h(x):\n    return x\n\ndef probe(model, tokenizer):\n    return _h(5)\n"
        )
        service.handler = running_it
        assert client.run(path) == 5
        assert service.calls[0].technique.entry_point == "probe"

    def test_technique_value(self, service: FakeService, client: InterpClient) -> None:
        client.run(Technique(SOURCE, "f"))
        assert service.calls[0].technique.entry_point == "f"

    def test_text_that_is_no_source(self, client: InterpClient) -> None:
        with pytest.raises(SourceError, match=r"'probe.py' is not Python source.*pathlib.Path"):
            client.run("probe.py")

    def test_argument_that_does_not_travel(self, client: InterpClient) -> None:
        with pytest.raises(WireError, match=r"args\[1\]"):
            client.run(SOURCE, 1, object())

    def test_technique_error(
        self, service: FakeService, client: InterpClient, tmp_path: Path
    ) -> None:
        path = tmp_path / "bad.py"
        path.write_text("def bad(model, tokenizer):\n    return 1 / 0\n")
        service.handler = failing(
            pb.TechniqueFailure(
                type="ZeroDivisionError",
                message="division by zero",
                frames=[pb.TracebackFrame(function="bad", line=2, column=12, text="return 1 / 0")],
                traceback="Traceback (most recent call last):\n"
                '  File "<technique>", line 2, in bad\n'
                "    return 1 / 0\nZeroDivisionError: division by zero\n",
            )
        )
        with pytest.raises(TechniqueError) as caught:
            client.run(path)
        assert caught.value.type == "ZeroDivisionError"
        assert f'File "{path}", line 2, in bad' in str(caught.value)
        assert caught.value.frames[0].line == 2

    def test_stream_without_done(self, service: FakeService, client: InterpClient) -> None:
        service.handler = lambda call, context: iter([accepted(call)])
        with pytest.raises(ServerError, match="without saying that the call is done"):
            client.run(SOURCE)

    def test_connection_cut_during_a_call(self, service: FakeService) -> None:
        entered = threading.Event()

        def hang(call: pb.Call, context: grpc.ServicerContext) -> Iterator[Any]:
            yield accepted(call)
            entered.set()
            time.sleep(2)

        service.handler = hang
        with serving(service) as address, InterpClient(address=address, progress=False) as client:
            with ThreadPoolExecutor(1) as pool:
                running = pool.submit(client.run, SOURCE)
                entered.wait(5)
                client.close()
                with pytest.raises(Exception, match=r"cancel|Cancel|closed") as caught:
                    running.result(10)
            assert type(caught.value).__module__.startswith("cloche")

    def test_closed_client(self, client: InterpClient) -> None:
        client.close()
        client.close()
        with pytest.raises(InvalidRequestError, match="this client is closed"):
            client.run(SOURCE)

    def test_closed_during_a_call(self, service: FakeService, address: str) -> None:
        running = threading.Event()

        def handler(call: pb.Call, context: grpc.ServicerContext) -> Iterator[Any]:
            yield accepted(call)
            running.set()
            service.cancelled.wait(10)

        service.handler = handler
        client = InterpClient(address=address)
        with ThreadPoolExecutor(1) as pool:
            call = pool.submit(client.run, SOURCE)
            assert running.wait(10)
            client.close()
            with pytest.raises(CallCancelledError, match="closed during the call"):
                call.result(10)

    def test_closed_between_calls_of_another_thread(self, address: str) -> None:
        def call_until_closed(client: InterpClient) -> Exception:
            while True:
                try:
                    client.run(SOURCE)
                except Exception as error:
                    return error

        for _ in range(10):
            client = InterpClient(address=address)
            with ThreadPoolExecutor(3) as pool:
                calls = [pool.submit(call_until_closed, client) for _ in range(3)]
                time.sleep(0.01)
                client.close()
            kinds = {type(call.result()) for call in calls}
            assert kinds <= {InvalidRequestError, CallCancelledError}

    def test_a_fork_may_not_use_its_parents_client(self, client: InterpClient) -> None:
        assert client.run(SOURCE) is None
        child = os.fork()
        if child == 0:
            code = 1
            try:
                client.run(SOURCE)
            except InvalidRequestError as error:
                client.close()
                code = 0 if "before this process was forked" in str(error) else 2
            os._exit(code)
        assert os.waitpid(child, 0)[1] == 0
        assert client.run(SOURCE) is None

    @pytest.mark.parametrize("call", ["run", "check"])
    def test_source_that_is_no_text(self, client: InterpClient, call: str) -> None:
        source = SOURCE + "# \udc80"
        if call == "check":
            (found,) = client.check(source)
            assert "line 3 holds half a character" in str(found)
        else:
            with pytest.raises(SourceError, match="line 3 holds half a character"):
                client.run(source)

    def test_threads_share_a_client(self, service: FakeService, client: InterpClient) -> None:
        service.handler = running_it
        with ThreadPoolExecutor(6) as pool:
            view = client.with_options(entry_point="f")
            results = list(pool.map(lambda i: view.run(SOURCE, x=i), range(30)))
        assert results == list(range(30))


class TestStream:
    def test_events_in_order(self, service: FakeService, client: InterpClient) -> None:
        moved = pb.ExecuteStreamResponse(progress=pb.Progress(done=1, total=4, note="layer 1"))
        endless = pb.ExecuteStreamResponse(progress=pb.Progress(done=2))
        service.handler = returning("r", printed("x"), moved, endless)
        events = list(client.with_options(timeout=3).stream(SOURCE))
        assert isinstance(events[0], Accepted)
        assert (events[0].call_id, events[0].timeout_s) == ("call-1", 3.0)
        assert events[1:4] == [
            Output(stream="stdout", text="x"),
            Progress(done=1, total=4, note="layer 1"),
            Progress(done=2, total=None, note=""),
        ]
        assert isinstance(events[4], Done)
        assert events[4].result == "r"
        assert events[4].usage.wall_clock_s == 0.25
        assert events[4].usage.memory_peak_bytes == 4096

    @pytest.mark.parametrize("how", ["close", "drop"])
    def test_leaving_the_iterator_cancels_the_call(
        self, service: FakeService, client: InterpClient, how: str
    ) -> None:
        def endless(call: pb.Call, context: grpc.ServicerContext) -> Iterator[Any]:
            yield accepted(call)
            while context.is_active():
                yield printed("x")
                time.sleep(0.01)

        service.handler = endless
        stream = client.stream(SOURCE)
        next(stream)
        assert not service.cancelled.is_set()
        if how == "close":
            stream.close()
        else:
            del stream
            gc.collect()
        assert service.cancelled.wait(5)

    def test_interrupt_cancels_the_call(
        self, service: FakeService, client: InterpClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def endless(call: pb.Call, context: grpc.ServicerContext) -> Iterator[Any]:
            yield accepted(call)
            yield printed("x")
            while context.is_active():
                time.sleep(0.01)

        def interrupt(stream: str, text: str) -> None:
            raise KeyboardInterrupt

        service.handler = endless
        monkeypatch.setattr("cloche.client.interp_client.write_output", interrupt)
        with pytest.raises(KeyboardInterrupt):
            client.run(SOURCE)
        assert service.cancelled.wait(5)


class TestRetry:
    def test_busy_is_tried_again(self, service: FakeService, client: InterpClient) -> None:
        answers = [refusing(Reason.BUSY, retry_after_s=0.01)] * 2 + [returning("done")]
        service.handler = lambda call, context: answers.pop(0)(call, context)
        assert client.run(SOURCE) == "done"
        assert len(service.calls) == 3

    def test_busy_for_too_long(
        self, service: FakeService, client: InterpClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("cloche.client.call._BUSY_PATIENCE_S", 0.2)
        service.handler = refusing(Reason.BUSY, "64 calls wait", retry_after_s=0.05)
        with pytest.raises(ServerBusyError, match="64 calls wait") as caught:
            client.run(SOURCE)
        assert caught.value.retry_after_s == pytest.approx(0.05)

    def test_not_ready_waits_for_ready(self, service: FakeService, client: InterpClient) -> None:
        answers = [refusing(Reason.NOT_READY), returning("done")]
        service.handler = lambda call, context: answers.pop(0)(call, context)
        assert client.run(SOURCE) == "done"

    @pytest.mark.parametrize(
        "reason", [Reason.MODEL_PROCESS_DIED, Reason.SANDBOX_DIED, Reason.TIMEOUT]
    )
    def test_what_may_have_run_is_not_sent_again(
        self, service: FakeService, client: InterpClient, reason: Reason
    ) -> None:
        service.handler = refusing(reason)
        with pytest.raises(Exception, match="no"):
            client.run(SOURCE)
        assert len(service.calls) == 1

    def test_plain_unavailable_is_not_sent_again(
        self, service: FakeService, client: InterpClient
    ) -> None:
        service.handler = aborting(grpc.StatusCode.UNAVAILABLE, "proxy says no")
        with pytest.raises(ServerUnavailableError, match="proxy says no"):
            client.run(SOURCE)
        assert len(service.calls) == 1


class TestViews:
    def test_view_shares_the_connection_and_closes_nothing(
        self, service: FakeService, client: InterpClient
    ) -> None:
        with client.with_options(timeout=1) as view:
            view.run(SOURCE)
        assert client.run(SOURCE) is None
        assert client.options.timeout_s is None

    def test_options_add_up_and_none_resets(self, client: InterpClient) -> None:
        view = client.with_options(timeout=1, seed=3).with_options(timeout=None, memory=10)
        assert view.options.timeout_s is None
        assert (view.options.seed, view.options.memory_bytes) == (3, 10)

    def test_bad_option_is_refused_at_once(self, client: InterpClient) -> None:
        with pytest.raises(InvalidRequestError, match="timeout is -1; it must be seconds"):
            client.with_options(timeout=-1)


class TestCheck:
    def test_nothing_found(self, client: InterpClient) -> None:
        assert client.check(SOURCE) == ()

    def test_findings_with_place(
        self, service: FakeService, client: InterpClient, tmp_path: Path
    ) -> None:
        path = tmp_path / "bad.py"
        path.write_text("import os\n")
        item = pb.Diagnostic(
            code="import-refused", message="import of 'os' refused", hint="pass bytes",
            line=1, column=8, end_line=1, end_column=10,
        )  # fmt: skip
        service.checked = pb.CheckResponse(diagnostics=pb.Diagnostics(items=[item]))
        (found,) = client.check(path)
        assert (found.line, found.column, found.code) == (1, 8, "import-refused")
        assert str(found) == (
            f"{path}:1:8: import of 'os' refused; pass bytes\n    import os\n           ^^"
        )

    def test_function_that_cannot_be_sent(self, client: InterpClient) -> None:
        lock = threading.Lock()

        def f(model: Any, tokenizer: Any) -> None:
            lock.acquire()

        (found,) = client.check(f)
        assert found.code == "source"
        assert "'lock'" in found.message

    def test_refused_request(self, service: FakeService, client: InterpClient) -> None:
        service.check_refusal = (Reason.REQUEST, "the source is empty")
        (found,) = client.check(SOURCE)
        assert found.message == "the source is empty"


def test_info(client: InterpClient) -> None:
    info = client.info()
    assert (info.state, info.model.name, info.limits.timeout_max_s) == ("ready", "tiny", 600.5)
    assert [layer.active for layer in info.layers] == [True, False]
    assert "TinyForCausalLM" in str(info)


def test_an_address_without_its_name() -> None:
    with pytest.raises(TypeError, match=r"by name: address='host:port'"):
        InterpClient("localhost:1")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"by name: address='host:port'"):
        AsyncInterpClient("localhost:1")  # type: ignore[arg-type]


def test_the_version() -> None:
    assert cloche.__version__ == version("cloche")
