"""A model hub on a local port: what a snapshot download asks for, and the hub's refusals."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"
TOKEN = "hf_" + "a" * 34

_REFUSALS = {
    "org/gated": (403, "GatedRepo"),
    "org/missing": (401, "RepoNotFound"),
    "org/broken": (500, None),
}


class FakeHub:
    """Serves one model, "org/model", on the branch "main"; records what it was asked for."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.requested: list[str] = []
        self.tokens: set[str] = set()
        self.endpoint = ""

    @contextmanager
    def serve(self) -> Iterator["FakeHub"]:
        hub = self

        class Handler(_Handler):
            files = hub.files
            requested = hub.requested
            tokens = hub.tokens

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        self.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield self
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


def files_of(path: Path) -> dict[str, bytes]:
    return {entry.name: entry.read_bytes() for entry in path.iterdir()}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    files: dict[str, bytes]
    requested: list[str]
    tokens: set[str]

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        pass

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        self.tokens.add(self.headers.get("Authorization", ""))
        path = urlsplit(self.path).path
        for name, (status, code) in _REFUSALS.items():
            if f"/{name}/" in path + "/":
                self._send(status, b"", {"X-Error-Code": code} if code else {})
                return
        resolve = f"/org/model/resolve/{COMMIT}/"
        if path.startswith("/api/models/org/model/revision/"):
            if path.rsplit("/", 1)[1] not in ("main", COMMIT):
                self._send(404, b"", {"X-Error-Code": "RevisionNotFound"})
                return
            self._send_json({"id": "org/model", "sha": COMMIT, "siblings": []})
        elif path.startswith(f"/api/models/org/model/tree/{COMMIT}"):
            self._send_json(
                [
                    {"type": "file", "path": name, "size": len(body), "oid": _etag(body)}
                    for name, body in self.files.items()
                ]
            )
        elif path.startswith(resolve) and path.removeprefix(resolve) in self.files:
            name = path.removeprefix(resolve)
            self.requested.append(name)
            body = self.files[name]
            self._send(200, body, {"ETag": f'"{_etag(body)}"', "X-Repo-Commit": COMMIT})
        else:
            self._send(404, b"", {"X-Error-Code": "EntryNotFound"})

    def _send_json(self, content: object) -> None:
        self._send(200, json.dumps(content).encode(), {"Content-Type": "application/json"})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _etag(body: bytes) -> str:
    return hashlib.sha1(body, usedforsecurity=False).hexdigest()
