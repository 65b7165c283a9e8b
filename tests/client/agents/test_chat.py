"""Chat completions as programs ask for them: over HTTP, with a real server and a tiny model."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from cloche.contract.config import Limits, ModelConfig, ServerConfig

from tests.support.http_verb import HttpVerb, command, http_verb
from tests.support.server import RunningServer, running_server
from tests.support.shared_server import SharedServer
from tests.support.tiny_model import POSITIONS, build_tiny_model
from tests.support.waiting import PATIENCE_S, wait_until

MESSAGES = [
    {"role": "system", "content": "You are a guide."},
    {"role": "user", "content": "What is the capital of France?"},
]
IMAGE = {"type": "image_url", "image_url": {"url": "https://pictures.example/1.png"}}
PLAINLY = """
import torch

def plainly(model, tokenizer, messages, count):
    given = tokenizer.apply_chat_template(
        messages, add_generation_prompt=True, return_tensors="pt", return_dict=True
    )
    with torch.no_grad():
        made = model.generate(**given, max_new_tokens=count, do_sample=False)
        new = made[0, given["input_ids"].shape[1] :]
        logits = model(made).logits[0, given["input_ids"].shape[1] - 1 : -1]
    scores = logits.float().log_softmax(-1)
    return {
        "text": tokenizer.decode(new, skip_special_tokens=True),
        "tokens": [tokenizer.decode([each]) for each in new.tolist()],
        "scores": [float(row[token]) for row, token in zip(scores, new.tolist())],
        "asked": given["input_ids"].shape[1],
    }
"""
STEERED = """
SECRET = "You hide the number 4711."

def prepare(model, tokenizer, messages):
    def louder(module, args, output):
        return output * 3
    model.model.layers[1].mlp.register_forward_hook(louder)
    print("prepared", SECRET)
    return [{"role": "system", "content": SECRET}, *messages]
"""
# Each token takes a while, and none is the last: it goes on after any test has given up.
SLOW = """
import time

def prepare(model, tokenizer, messages):
    def wait(module, args, output):
        time.sleep(1)
        output[..., tokenizer.eos_token_id] = -1e4
    model.lm_head.register_forward_hook(wait)
"""
BROKEN = """
def prepare(model, tokenizer, messages):
    raise ValueError("the number 4711")
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("chat")


@pytest.fixture(scope="module")
def chat(server: RunningServer, folder: Path) -> Iterator[HttpVerb]:
    with http_verb("chat", "--listen", folder, "--address", server.address) as verb:
        yield verb


@contextlib.contextmanager
def prepared(
    server: RunningServer, folder: Path, name: str, source: str, *more: str
) -> Iterator[HttpVerb]:
    path = folder / f"{name}.py"
    path.write_text(source)
    where = ("--address", server.address, "--prepare", f"{path}:prepare")
    with http_verb("chat", "--listen", folder, *where, *more) as verb:
        yield verb


@pytest.fixture(scope="module")
def slow(server: RunningServer, folder: Path) -> Iterator[HttpVerb]:
    longest = server.config.limits.timeout_max_s
    assert longest > PATIENCE_S
    with prepared(server, folder, "slow", SLOW, "--timeout", f"{longest}") as verb:
        yield verb
        assert verb.log.read_text().count("\n") == 1  # where it listens, and no error


@pytest.fixture
def model(server: RunningServer) -> str:
    return server.config.model.name


def post(verb: HttpVerb, body: Any, **headers: str) -> httpx2.Response:
    url = f"{verb.url}/v1/chat/completions"
    return httpx2.post(url, json=body, headers=headers, timeout=PATIENCE_S)


def asked(model: str, **more: Any) -> dict[str, Any]:
    known = {"model": model, "messages": MESSAGES, "temperature": 0, "max_tokens": 12}
    return {name: value for name, value in (known | more).items() if value is not None}


def answered(verb: HttpVerb, model: str, **more: Any) -> dict[str, Any]:
    answer = post(verb, asked(model, **more))
    assert answer.status_code == 200, answer.text
    value: dict[str, Any] = answer.json()
    return value


def texts(value: dict[str, Any]) -> list[str]:
    return [each["message"]["content"] for each in value["choices"]]


def pieces(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    """What comes as events; the last must be the one that ends them."""
    for line in filter(None, lines):
        name, _, data = line.partition(": ")
        assert name == "data"
        if data == "[DONE]":
            assert not any(lines)
            return
        yield json.loads(data)
    raise AssertionError("the stream has no end")


def streamed(verb: HttpVerb, model: str, **more: Any) -> list[dict[str, Any]]:
    url = f"{verb.url}/v1/chat/completions"
    body = asked(model, stream=True, **more)
    with httpx2.stream("POST", url, json=body, timeout=PATIENCE_S) as answer:
        assert answer.status_code == 200, answer.read()
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        return list(pieces(answer.iter_lines()))


def written(found: list[dict[str, Any]], index: int = 0) -> str:
    return "".join(
        choice["delta"].get("content", "")
        for each in found
        for choice in each["choices"]
        if choice["index"] == index
    )


def error_of(answer: httpx2.Response) -> dict[str, Any]:
    body = answer.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"message", "type", "param", "code"}
    error: dict[str, Any] = body["error"]
    return error


def test_a_greedy_answer_is_what_generate_gives(
    server: RunningServer, chat: HttpVerb, model: str
) -> None:
    plain = server.value(PLAINLY, MESSAGES, 12)
    value = answered(chat, model)
    assert value["object"] == "chat.completion"
    assert value["model"] == model
    (choice,) = value["choices"]
    assert choice["message"] == {"role": "assistant", "content": plain["text"], "refusal": None}
    assert choice["finish_reason"] == "length"
    usage = {"prompt_tokens": plain["asked"], "completion_tokens": 12}
    assert value["usage"] == usage | {"total_tokens": plain["asked"] + 12}
    assert texts(answered(chat, model, max_tokens=None, max_completion_tokens=12)) == [
        plain["text"]
    ]


def test_streaming_gives_the_same(chat: HttpVerb, model: str) -> None:
    whole = answered(chat, model, n=2)
    found = streamed(chat, model, n=2, stream_options={"include_usage": True})
    assert {each["object"] for each in found} == {"chat.completion.chunk"}
    assert len({each["id"] for each in found}) == 1
    assert [written(found, index) for index in (0, 1)] == texts(whole)
    assert found[0]["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    ends = [c["finish_reason"] for each in found for c in each["choices"] if c["finish_reason"]]
    assert ends == ["length", "length"]
    assert found[-1]["choices"] == []
    assert found[-1]["usage"] == whole["usage"]
    assert all(each["usage"] is None for each in found[:-1])
    assert not any("usage" in each for each in streamed(chat, model))


def test_log_probabilities(server: RunningServer, chat: HttpVerb, model: str) -> None:
    plain = server.value(PLAINLY, MESSAGES, 12)
    (choice,) = answered(chat, model, logprobs=True, top_logprobs=3)["choices"]
    tokens = choice["logprobs"]["content"]
    assert [each["token"] for each in tokens] == plain["tokens"]
    assert [each["logprob"] for each in tokens] == pytest.approx(plain["scores"], abs=1e-3)
    for each in tokens:
        best = [other["logprob"] for other in each["top_logprobs"]]
        assert len(best) == 3
        assert best == sorted(best, reverse=True)
        # It is greedy, so the first is what was taken.
        assert each["top_logprobs"][0]["token"] == each["token"]
        if "\ufffd" not in each["token"]:
            assert bytes(each["bytes"]).decode() == each["token"]
    found = streamed(chat, model, logprobs=True, top_logprobs=3)
    told = [
        t
        for each in found
        for c in each["choices"]
        for t in (c["logprobs"] or {}).get("content", ())
    ]
    assert [each["token"] for each in told] == plain["tokens"]
    # They are the model's own: before temperature and top_p.
    warm = answered(chat, model, logprobs=True, temperature=0.01, top_p=0.1, seed=1)
    assert warm["choices"][0]["logprobs"]["content"][0]["logprob"] == pytest.approx(
        plain["scores"][0], abs=1e-3
    )


def test_a_stop_ends_the_answer_and_is_not_in_it(chat: HttpVerb, model: str) -> None:
    (text,) = texts(answered(chat, model))
    middle = len(text) // 2
    stop = text[middle : middle + 3]
    before = text[: text.index(stop)]
    value = answered(chat, model, stop=["never written", stop])
    assert texts(value) == [before]
    assert value["choices"][0]["finish_reason"] == "stop"
    assert value["usage"]["completion_tokens"] < 12
    found = streamed(chat, model, stop=stop)
    assert written(found) == before
    # What only looks like one is held back, and comes in the end.
    almost = text[-2:] + "\u2620"
    assert written(streamed(chat, model, stop=almost)) == text
    assert texts(answered(chat, model, stop=almost)) == [text]


def test_seeds_and_several_answers(chat: HttpVerb, model: str) -> None:
    one, again, other = (
        texts(answered(chat, model, temperature=1.2, seed=seed, n=2)) for seed in (1, 1, -2)
    )
    assert one == again != other
    assert one[0] != one[1]


def test_parts_of_text_and_developers(chat: HttpVerb, model: str) -> None:
    parts = [
        {"type": "text", "text": "What is the capital"},
        {"type": "text", "text": " of France?"},
    ]
    messages = [
        {"role": "developer", "content": MESSAGES[0]["content"]},
        {"role": "user", "content": parts},
    ]
    assert texts(answered(chat, model, messages=messages)) == texts(answered(chat, model))


def test_a_prepared_model_answers_otherwise(
    server: RunningServer, chat: HttpVerb, model: str, folder: Path
) -> None:
    before = answered(chat, model)
    with prepared(server, folder, "steered", STEERED) as verb:
        value = answered(verb, model)
        assert texts(value) != texts(before)
        assert value["usage"]["prompt_tokens"] > before["usage"]["prompt_tokens"]
        found = streamed(verb, model)
        assert written(found) == texts(value)[0]
        assert "4711" not in json.dumps(found)
        refused = post(verb, asked(model, messages=[{"role": "user", "content": "x " * 600}]))
        assert refused.status_code == 400
        assert "4711" not in refused.text
    # Each answer's sandbox is its own.
    assert texts(answered(chat, model)) == texts(before)


def test_a_technique_that_fails_is_not_shown(
    server: RunningServer, model: str, folder: Path
) -> None:
    with prepared(server, folder, "broken", BROKEN) as verb:
        for stream in (False, True):
            answer = post(verb, asked(model, stream=stream))
            assert answer.status_code == 500
            assert error_of(answer)["code"] == "technique_failed"
            assert "4711" not in answer.text
        assert "the number 4711" in verb.log.read_text()


ENDLESS = """
def prepare(model, tokenizer, messages):
    while "the number 4711": pass
"""
GREEDY = """
def prepare(model, tokenizer, messages):
    kept = ["the number 4711" * 1000 for _ in range(1 << 40)]
"""
OWN = """
class Number4711(Exception): pass

def prepare(model, tokenizer, messages):
    raise Number4711(messages[-1]["content"])
"""


@pytest.mark.parametrize("source", [ENDLESS, GREEDY, OWN], ids=["time", "memory", "class"])
def test_however_a_technique_ends_nothing_of_it_is_shown(
    server: RunningServer, model: str, folder: Path, source: str
) -> None:
    """The server names the line that ran, for whose technique it is: that is the operator's."""
    said = [{"role": "user", "content": "one\r\n2026 forged"}]
    with prepared(server, folder, "ending", source, "--timeout", "3") as verb:
        for stream in (False, True):
            answer = post(verb, asked(model, messages=said, stream=stream))
            assert answer.status_code in (400, 500)
            assert "4711" not in answer.text
            assert "ending.py" not in answer.text
        log = verb.log.read_text()
        assert "4711" in log
        assert not any(line.startswith("2026 forged") for line in log.splitlines())


@pytest.mark.parametrize("returned", ["5", "[]", "[{'role': 'user', 'content': 3}]", "['text']"])
def test_what_prepares_returns_messages_or_nothing(
    server: RunningServer, model: str, folder: Path, returned: str
) -> None:
    source = f"def prepare(model, tokenizer, messages):\n    return {returned}\n"
    with prepared(server, folder, "returning", source) as verb:
        assert post(verb, asked(model)).status_code == 500
        assert "returned no messages" in verb.log.read_text()


def test_messages_that_are_changed_and_not_returned_stay(
    server: RunningServer, chat: HttpVerb, model: str, folder: Path
) -> None:
    source = """
def prepare(model, tokenizer, messages):
    messages[0]["content"] = "other"
    messages.append({"role": "user", "content": "more"})
"""
    with prepared(server, folder, "changing", source) as verb:
        assert texts(answered(verb, model)) == texts(answered(chat, model))


def test_the_coldest_is_the_likeliest(chat: HttpVerb, model: str) -> None:
    assert texts(answered(chat, model, temperature=1e-320)) == texts(
        answered(chat, model, temperature=0)
    )


def test_who_hangs_up_within_the_body_is_no_failure(chat: HttpVerb, model: str) -> None:
    for _ in range(5):
        with socket.create_connection(("127.0.0.1", chat.port)) as caller:
            caller.sendall(
                b"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                b"Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
            )
    answered(chat, model)
    assert "Traceback" not in chat.log.read_text()


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("def one(model, tokenizer): ...\ndef two(model, tokenizer): ...\n", "which function"),
        ("def prepare(model, tokenizer, messages):\n    chat_ids = 1\n", "has a name of ours"),
        ("x = 1\n", "which function"),
    ],
    ids=["two", "name", "none"],
)  # fmt: skip
def test_what_cannot_prepare_is_said_at_the_start(tmp_path: Path, source: str, said: str) -> None:
    path = tmp_path / "wrong.py"
    path.write_text(source)
    arguments = ("--address", "unix:/nowhere", "--prepare", str(path))
    done = subprocess.run(
        command("chat", *arguments), capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode != 0
    assert said in " ".join(done.stderr.split())


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"messages": None}, "messages"),
        ({"messages": []}, "messages"),
        ({"messages": ["hello"]}, "messages[0]"),
        ({"messages": [{"role": "tool", "content": "x"}]}, "messages[0].role"),
        ({"messages": [{"role": "user"}]}, "messages[0].content"),
        ({"messages": [{"role": "user", "content": "x", "name": "y"}]}, "messages[0].name"),
        ({"messages": [{"role": "user", "content": [IMAGE]}]}, "messages[0].content[0].type"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"max_tokens": True}, "max_tokens"),
        ({"max_completion_tokens": 11}, "max_tokens"),
        ({"max_tokens": POSITIONS}, "max_tokens"),
        ({"temperature": 2.1}, "temperature"),
        ({"temperature": "warm"}, "temperature"),
        ({"top_p": -0.1}, "top_p"),
        ({"stop": ["a", "b", "c", "d", "e"]}, "stop"),
        ({"stop": [""]}, "stop"),
        ({"seed": 0.5}, "seed"),
        ({"n": 129}, "n"),
        ({"stream": "yes"}, "stream"),
        ({"stream_options": {"include_usage": True}}, "stream_options"),
        ({"stream": True, "stream_options": {"more": True}}, "stream_options.more"),
        ({"top_logprobs": 2}, "top_logprobs"),
        ({"logprobs": True, "top_logprobs": 21}, "top_logprobs"),
        ({"tools": [{"type": "function"}]}, "tools"),
        ({"response_format": {"type": "json_object"}}, "response_format"),
        ({"frequency_penalty": 0.5}, "frequency_penalty"),
        ({"logit_bias": {"5": 1}}, "logit_bias"),
        ({"top_k": 5}, "top_k"),
    ],
    ids=lambda value: "" if isinstance(value, dict) else value,
)  # fmt: skip
def test_a_wrong_field_is_named(
    chat: HttpVerb, model: str, more: dict[str, Any], param: str
) -> None:
    answer = post(chat, asked(model) | more)
    assert answer.status_code == 400, answer.text
    error = error_of(answer)
    assert error["type"] == "invalid_request_error"
    assert error["param"] == param
    assert error["message"]


def test_fields_that_ask_for_nothing_are_taken(chat: HttpVerb, model: str) -> None:
    more = {"tools": [], "tool_choice": "auto", "presence_penalty": 0, "user": "me", "metadata": {}}
    assert texts(answered(chat, model, **more, response_format={"type": "text"}))


@pytest.mark.parametrize("stream", [False, True])
def test_more_than_the_model_takes(chat: HttpVerb, model: str, stream: bool) -> None:
    messages = [{"role": "user", "content": "one, two, three " * 200}]
    answer = post(chat, asked(model, messages=messages, stream=stream))
    assert answer.status_code == 400
    assert error_of(answer)["code"] == "context_length_exceeded"
    assert error_of(answer)["param"] == "messages"


def test_bodies_that_are_none(chat: HttpVerb, model: str) -> None:
    url = f"{chat.url}/v1/chat/completions"
    typed = {"Content-Type": "application/json"}

    def told(content: bytes, headers: dict[str, str]) -> httpx2.Response:
        answer = httpx2.post(url, content=content, headers=headers, timeout=PATIENCE_S)
        assert error_of(answer)["message"]
        return answer

    assert told(b"{", typed).status_code == 400
    assert told(b"[" * 100_000, typed).status_code == 400
    assert told(b"[1]", typed).status_code == 400
    assert told(b"\xff\xfe", typed).status_code == 400
    assert (
        told(json.dumps(asked(model)).encode(), {"Content-Type": "text/plain"}).status_code == 415
    )
    huge = json.dumps(asked(model, user="x" * (9 << 20))).encode()
    assert told(huge, typed).status_code == 413
    assert texts(answered(chat, model))


def test_other_places(chat: HttpVerb, model: str) -> None:
    listed = httpx2.get(f"{chat.url}/v1/models").json()
    assert [each["id"] for each in listed["data"]] == [model]
    # The first slash of a path's name is one of the address's, too.
    one = httpx2.get(f"{chat.url}/v1/models/{model}")
    assert one.json()["id"] == model
    for path, status in (("/v1/models/none", 404), ("/v1/embeddings", 404)):
        answer = httpx2.get(f"{chat.url}{path}")
        assert answer.status_code == status
        assert error_of(answer)["message"]
    assert httpx2.get(f"{chat.url}/v1/chat/completions").status_code == 405
    answer = post(chat, asked("other"))
    assert answer.status_code == 404
    assert error_of(answer)["code"] == "model_not_found"


def opened(stack: contextlib.ExitStack, verb: HttpVerb, model: str) -> Iterator[dict[str, Any]]:
    url = f"{verb.url}/v1/chat/completions"
    body = asked(model, stream=True, max_tokens=200)
    answer = stack.enter_context(httpx2.stream("POST", url, json=body, timeout=PATIENCE_S))
    return pieces(answer.iter_lines())


def next_text(found: Iterator[dict[str, Any]]) -> str:
    return next(text for each in found if (text := written([each])))


def test_tokens_leave_as_they_are_made_and_end_with_who_reads(
    server: RunningServer, slow: HttpVerb, model: str
) -> None:
    """Two at once: one hangs up, and the other goes on."""
    with contextlib.ExitStack() as one, contextlib.ExitStack() as other:
        first = opened(one, slow, model)
        assert next_text(first)
        (early,) = wait_until(server.sleeping_calls)
        second = opened(other, slow, model)
        assert next_text(second)
        (late,) = wait_until(lambda: server.sleeping_calls() - {early})
        assert next_text(first)
        # Both have said something, and both are still at it.
        one.close()
        early.wait(PATIENCE_S)
        assert next_text(second)
        assert late.is_running()
    late.wait(PATIENCE_S)
    server.idle_sandboxes()


def test_hanging_up_without_streaming(server: RunningServer, slow: HttpVerb, model: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", slow.port, timeout=PATIENCE_S)
    with contextlib.closing(connection):
        body = json.dumps(asked(model, max_tokens=200))
        typed = {"Content-Type": "application/json"}
        connection.request("POST", "/v1/chat/completions", body, typed)
        (call,) = wait_until(server.sleeping_calls)
    call.wait(PATIENCE_S)
    server.idle_sandboxes()


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    where = f"unix:{tmp_path}/nothing"
    with http_verb("chat", "--listen", tmp_path, "--address", where) as verb:
        answer = post(verb, asked("any"))
        assert answer.status_code == 503
        assert error_of(answer)["type"] == "server_error"


def test_without_a_chat_template(tmp_path: Path) -> None:
    path = build_tiny_model(tmp_path / "plain", architecture="gpt2")
    (path / "chat_template.jinja").unlink()
    config = ServerConfig(
        model=ModelConfig(name=str(path), threads=2), limits=Limits(concurrent_calls=2), pool_size=1
    )
    with running_server(config) as server:
        where = ("--address", server.address)
        with http_verb("chat", "--listen", tmp_path, *where) as verb:
            for stream in (False, True):
                answer = post(verb, asked(str(path), stream=stream))
                assert answer.status_code == 400
                assert error_of(answer)["param"] == "messages"
                assert "no chat template" in error_of(answer)["message"]
        with http_verb("chat", "--listen", tmp_path, *where, "--plain") as verb:
            assert texts(answered(verb, str(path)))


def test_callers_bring_their_tokens(shared: SharedServer, folder: Path) -> None:
    alice = shared.draw("alice").text
    reader = shared.draw("bob", scopes=("info",)).text
    model = shared.running.config.model.name
    own = {"CLOCHE_TLS": str(shared.authority.ca), "CLOCHE_TOKEN": shared.draw("operator").text}
    with http_verb("chat", "--listen", folder, "--address", shared.address, env=own) as verb:
        for headers in ({}, {"Authorization": "Bearer wrong-token-5512"}):
            for answer in (
                post(verb, asked(model), **headers),
                post(verb, asked(model, stream=True), **headers),
                post(verb, "no body of anybody's", **headers),
                httpx2.get(f"{verb.url}/v1/models", headers=headers),
            ):
                assert answer.status_code == 401
                assert answer.headers["WWW-Authenticate"] == "Bearer"
                assert error_of(answer)["type"] == "authentication_error"
        known = {"Authorization": f"Bearer {alice}"}
        assert texts(post(verb, asked(model), **known).json())
        assert httpx2.get(f"{verb.url}/v1/models", headers=known).status_code == 200
        answer = post(verb, asked(model), Authorization=f"Bearer {reader}")
        assert answer.status_code == 403
        assert error_of(answer)["code"] == "permission_denied"
        said = verb.log.read_text()
        assert not any(token in said for token in (alice, reader, "wrong-token-5512"))
    used = "".join(each.read_text() for each in shared.record.iterdir() if each.is_file())
    assert '"alice"' in used
    assert '"operator"' not in used
