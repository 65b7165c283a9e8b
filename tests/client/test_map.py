"""Many inputs at once: order, failures, how many run together, and how it ends."""

from __future__ import annotations

import itertools
import threading
from typing import TYPE_CHECKING, Any

import pytest
from cloche import (
    ClocheError,
    InterpClient,
    InvalidRequestError,
    MapError,
    PolicyError,
    TechniqueError,
    WireError,
    wire,
)
from cloche.contract.status import Reason
from cloche.v1 import execution_pb2 as pb

from tests.client.support.fake_server import (
    FakeService,
    accepted,
    printed,
    refusing,
    returning,
    running_it,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    import grpc

DOUBLE = "def double(model, tokenizer, x, add=0):\n    return 2 * x + add\n"


def input_of(call: pb.Call) -> Any:
    return wire.decode(call.args)[0]


class Slow:
    """Answers a call when it is told to; knows how many it holds."""

    def __init__(self) -> None:
        self.arrived = threading.Semaphore(0)
        self.go = threading.Semaphore(0)
        self.ended = threading.Semaphore(0)
        self.holding = self.most = 0
        self._lock = threading.Lock()

    def __call__(
        self, call: pb.Call, context: grpc.ServicerContext
    ) -> Iterator[pb.ExecuteStreamResponse]:
        with self._lock:
            self.holding += 1
            self.most = max(self.most, self.holding)
        context.add_callback(self.ended.release)
        self.arrived.release()
        while context.is_active() and not self.go.acquire(timeout=0.01):
            pass
        with self._lock:
            self.holding -= 1
        yield from returning(input_of(call))(call, context)


def fails_on(*bad: int) -> Any:
    def handler(call: pb.Call, context: grpc.ServicerContext) -> Iterator[pb.ExecuteStreamResponse]:
        value = input_of(call)
        if value in bad:
            yield accepted(call)
            failure = pb.TechniqueFailure(type="ValueError", message=f"no {value}")
            yield pb.ExecuteStreamResponse(done=pb.Done(failure=failure))
        else:
            yield from returning(value, printed(f"saw {value}\n"))(call, context)

    return handler


def test_results_in_the_order_of_inputs(client: InterpClient, service: FakeService) -> None:
    service.handler = running_it
    assert client.map(DOUBLE, range(20), kwargs={"add": 1}) == [2 * x + 1 for x in range(20)]


def test_arguments_by_name_that_cannot_travel_are_said_before_any_call(
    client: InterpClient, service: FakeService
) -> None:
    service.handler = running_it
    with pytest.raises(WireError, match=r"kwargs\['add'\]"):
        client.as_completed(DOUBLE, itertools.count(), kwargs={"add": object()})
    assert service.calls == []


def test_arguments_by_name_are_encoded_once(
    client: InterpClient, service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.handler = running_it
    encoded: list[str] = []
    encode_parts = wire.encode_parts

    def counting(value: object, *, root: str = "value") -> Any:
        encoded.append(root)
        return encode_parts(value, root=root)

    monkeypatch.setattr(wire, "encode_parts", counting)
    assert client.map(DOUBLE, range(5), kwargs={"add": 1}) == [2 * x + 1 for x in range(5)]
    assert sorted(encoded) == ["args"] * 5 + ["kwargs"]


def test_no_inputs(client: InterpClient) -> None:
    assert client.map(DOUBLE, []) == []


def test_a_failure_is_kept_and_the_rest_runs(client: InterpClient, service: FakeService) -> None:
    service.handler = fails_on(1, 3)
    with pytest.raises(MapError, match=r"2 of 5 inputs failed.*input 1: ValueError: no 1") as found:
        client.map(DOUBLE, range(5))
    assert found.value.results == [0, None, 2, None, 4]
    assert list(found.value.failures) == [1, 3]
    assert isinstance(found.value.failures[3], TechniqueError)


def test_an_input_that_cannot_be_sent_fails_alone(
    client: InterpClient, service: FakeService
) -> None:
    service.handler = returning("ok")
    with pytest.raises(MapError, match="input 1: args") as found:
        client.map(DOUBLE, [1, object(), 3])
    assert found.value.results == ["ok", None, "ok"]


def test_what_no_input_could_change_ends_it_at_once(
    client: InterpClient, service: FakeService
) -> None:
    service.handler = refusing(Reason.POLICY, diagnostics=pb.Diagnostics())
    with pytest.raises(PolicyError):
        client.map(DOUBLE, itertools.count(), concurrency=2)
    assert len(service.calls) <= 4


def test_as_completed_gives_each_as_it_comes(client: InterpClient, service: FakeService) -> None:
    service.handler = fails_on(2)
    items = {item.index: item for item in client.as_completed(DOUBLE, [5, 2, 7])}
    assert [(items[n].input, items[n].result) for n in range(3)] == [(5, 5), (2, None), (7, 7)]
    assert isinstance(items[1].error, TechniqueError)
    assert items[0].usage is not None
    assert items[0].usage.wall_clock_s == 0.25


def test_at_most_so_many_at_once_and_inputs_are_taken_when_there_is_room(
    client: InterpClient, service: FakeService
) -> None:
    service.handler = slow = Slow()
    taken = []

    def inputs() -> Iterator[int]:
        for number in itertools.count():
            taken.append(number)
            yield number

    items = client.as_completed(DOUBLE, inputs(), concurrency=3)
    first: list[Any] = []
    reader = threading.Thread(target=lambda: first.append(next(items)))
    reader.start()
    for _ in range(3):
        assert slow.arrived.acquire(timeout=5)
    assert not slow.arrived.acquire(timeout=0.1)
    slow.go.release()
    reader.join(5)
    assert first[0].error is None
    assert taken == [0, 1, 2]
    items.close()
    for _ in range(3):
        assert slow.ended.acquire(timeout=5), "closing the iterator ends what runs"
    assert slow.most == 3


def test_as_many_at_once_as_the_server_runs(client: InterpClient, service: FakeService) -> None:
    service.handler = slow = Slow()
    items = client.as_completed(DOUBLE, itertools.count())
    reader = threading.Thread(target=lambda: next(items))
    reader.start()
    for _ in range(client.info().limits.concurrent_calls):
        assert slow.arrived.acquire(timeout=5)
    slow.go.release()
    reader.join(5)
    items.close()


def test_what_a_call_prints_comes_in_one_piece(
    client: InterpClient, service: FakeService, capsys: pytest.CaptureFixture[str]
) -> None:
    service.handler = fails_on()
    client.map(DOUBLE, range(3))
    assert sorted(capsys.readouterr().out.splitlines()) == ["saw 0", "saw 1", "saw 2"]
    client.with_options(quiet=True).map(DOUBLE, range(3))
    assert capsys.readouterr().out == ""


def test_inputs_that_fail_themselves_raise_their_own(
    client: InterpClient, service: FakeService
) -> None:
    def inputs() -> Iterator[int]:
        yield 1
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        client.map(DOUBLE, inputs(), concurrency=1)


@pytest.mark.parametrize("value", [0, -1, True, 1.5, "2", 10**6])
def test_wrong_concurrency(client: InterpClient, value: Any) -> None:
    with pytest.raises(InvalidRequestError, match="a whole number from 1 to 1024"):
        client.map(DOUBLE, [1], concurrency=value)


def test_a_closed_client(client: InterpClient) -> None:
    client.close()
    with pytest.raises(ClocheError, match="closed"):
        client.map(DOUBLE, [1])
