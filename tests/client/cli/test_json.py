"""What programs read of the command line: stdout is one JSON document, errors too."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from cloche.v1 import execution_pb2 as pb

from tests.client.cli.test_app import run
from tests.client.support.fake_server import FakeService, printed, returning, running_it

if TYPE_CHECKING:
    from pathlib import Path

PRINTS = "def probe(model, tokenizer, k=1):\n    print('noise')\n    return {'k': k}\n"
RAISES = "def probe(model, tokenizer):\n    raise ValueError('no')\n"
REFUSED = "def probe(model, tokenizer):\n    return __import__('os')\n"


@pytest.fixture(autouse=True)
def really(service: FakeService) -> None:
    service.handler = running_it


def document(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def give(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


class TestRun:
    def test_printed_text_leaves_stdout(
        self, service: FakeService, address: str, technique: str,
        capsys: pytest.CaptureFixture[str],
    ) -> None:  # fmt: skip
        service.handler = returning({"a": 1}, printed("noise\n"))
        assert run("run", technique, "--json", "-a", address) == 0
        out, err = capsys.readouterr()
        assert json.loads(out) == {"a": 1}
        assert "noise" in err
        assert run("run", technique, "--json", "--quiet", "-a", address) == 0
        out, err = capsys.readouterr()
        assert (json.loads(out), "noise" in err) == ({"a": 1}, False)

    def test_quiet_without_json(
        self, service: FakeService, address: str, technique: str,
        capsys: pytest.CaptureFixture[str],
    ) -> None:  # fmt: skip
        service.handler = returning("result", printed("noise\n"))
        assert run("run", technique, "-q", "-a", address) == 0
        assert capsys.readouterr().out == "result\n"

    def test_usage(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("run", "x.py", "--json") == 2
        error = document(capsys)["error"]
        assert (error["type"], error["exit_code"]) == ("UsageError", 2)
        assert "--address" in error["message"]
        assert run("run", "--json", "--explode") == 2
        assert "--explode" in document(capsys)["error"]["message"]

    def test_what_is_wrong_with_the_call(
        self, address: str, technique: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run("run", "/no/such.py", "--json", "-a", address) == 2
        assert document(capsys)["error"]["type"] == "SourceError"
        assert run("run", technique, "k=1", "k=2", "--json", "-a", address) == 2
        assert document(capsys)["error"]["field"] == "k"
        assert run("run", technique, "--json", "-a", "localhost:1") == 5
        assert document(capsys)["error"]["type"] == "ServerUnavailableError"

    def test_stdin(
        self, address: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        give(monkeypatch, "def one(model, tokenizer, x):\n    return x\n")
        assert run("run", "-", "5", "--json", "-a", address) == 0
        assert document(capsys) == 5
        two = "def one(model, tokenizer):\n    return 1\ndef two(model, tokenizer):\n    return 2\n"
        give(monkeypatch, two)
        assert run("run", "-", "--function", "two", "--json", "-a", address) == 0
        assert document(capsys) == 2


class TestCheck:
    def test_without_a_server(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        good, bad = tmp_path / "good.py", tmp_path / "bad.py"
        good.write_text(PRINTS)
        bad.write_text(REFUSED)
        assert run("check", str(good)) == 0
        assert capsys.readouterr().err == "1 file checked, nothing refused\n"
        assert run("check", str(good), str(bad), "--json") == 1
        found = document(capsys)
        assert found["ok"] is False
        assert [each["file"] for each in found["files"]] == [str(good), str(bad)]
        (item,) = found["files"][1]["findings"]
        assert (item["line"], item["column"], item["file"]) == (2, 12, str(bad))
        assert item["hint"]

    def test_without_a_server_what_names_alone_decide_is_told(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = tmp_path / "unsure.py"
        path.write_text(
            "import numpy as np\n\n\ndef f(model, tokenizer):\n"
            "    np.save('x', tokeniser)\n    return model\n"
        )
        assert run("check", str(path), "--json") == 1
        (file,) = document(capsys)["files"]
        assert [(each["line"], each["column"], each["code"]) for each in file["findings"]] == [
            (5, 5, "attribute-refused"),
            (5, 18, "name-undefined"),
            (6, 12, "result-does-not-travel"),
        ]
        assert file["findings"][1]["hint"] == "did you mean 'tokenizer'?"

    def test_a_directory(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "one.py").write_text(PRINTS)
        (tmp_path / "two.py").write_text("from _helper import K\n" + PRINTS)
        (tmp_path / "_helper.py").write_text("K = 1\n")
        (tmp_path / "notes.txt").write_text("no")
        assert run("check", str(tmp_path), "--json") == 0
        found = document(capsys)
        assert found["ok"] is True
        assert [each["file"] for each in found["files"]] == [
            str(tmp_path / "one.py"), str(tmp_path / "two.py"),
        ]  # fmt: skip
        empty = tmp_path / "empty"
        empty.mkdir()
        assert run("check", str(empty), "--json") == 2
        assert "no technique in it" in document(capsys)["error"]["message"]

    def test_stdin_and_quiet(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        give(monkeypatch, REFUSED)
        assert run("check", "-", "--quiet") == 1
        out, err = capsys.readouterr()
        assert "line 2, col 12" in out
        assert err == ""

    @pytest.mark.parametrize(
        ("source", "said"),
        [
            ("def a(m, t): ...\ndef b(m, t): ...\n", "which function is the technique"),
            ("x = 1\n", "no public function"),
            ("def f(:\n", "invalid syntax"),
        ],
    )
    def test_what_keeps_a_source_from_running(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], source: str, said: str
    ) -> None:
        path = tmp_path / "probe.py"
        path.write_text(source)
        assert run("check", str(path), "--json") == 1
        (item,) = document(capsys)["files"][0]["findings"]
        assert said in item["message"]

    def test_with_a_server_it_asks_that(
        self, service: FakeService, address: str, technique: str,
        capsys: pytest.CaptureFixture[str],
    ) -> None:  # fmt: skip
        item = pb.Diagnostic(code="c", message="no", hint="do not", line=2, column=1)
        service.checked = pb.CheckResponse(diagnostics=pb.Diagnostics(items=[item]))
        assert run("check", technique, "--json", "-a", address) == 1
        (found,) = document(capsys)["files"][0]["findings"]
        assert (found["code"], found["line"]) == ("c", 2)
