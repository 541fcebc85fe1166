"""The yaml-language-server of editors, as a process that tests talk to as an editor does."""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# What editors bring along now; a later one may need a later Node.
VERSION = "1.25.0"


def server() -> Path:
    """Return the server's script. What has to be installed is kept for the next time.

    FLASHGEN_NODE_PACKAGES names the folder that keeps it; else it is the user's cache, and safe to delete.
    """
    given = os.environ.get("FLASHGEN_NODE_PACKAGES")
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(given) if given else Path(cache) / "flashgen"
    home = folder / f"yaml-language-server-{VERSION}"
    if not _script(home).is_file():
        folder.mkdir(parents=True, exist_ok=True)
        # Made aside and then renamed, so that one which was left half-way is never taken for whole.
        made = Path(tempfile.mkdtemp(prefix=f"{home.name}-", dir=folder))
        quiet = ["--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--loglevel=error"]
        wanted = f"yaml-language-server@{VERSION}"
        subprocess.run(["npm", "install", "--prefix", made, *quiet, wanted], check=True, capture_output=True)
        if home.exists():
            shutil.rmtree(home)
        made.rename(home)
    return _script(home)


def _script(home: Path) -> Path:
    return home / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"


class Editor:
    """An editor with files of one folder open. Lines and columns count from 0, as the protocol has them."""

    def __init__(self, process: subprocess.Popen[bytes], root: Path) -> None:
        self._process, self._root = process, root
        self._sent = 0
        self._left = b""
        self._faults: dict[str, list[dict[str, Any]]] = {}
        folders = [{"uri": root.as_uri(), "name": "project"}]
        # Nothing is fetched: no catalogue of schemas, nor any schema by the web.
        yaml = {"validate": True, "hover": True, "completion": True, "schemaStore": {"enable": False}}
        self._settings: dict[str, Any] = {"yaml": yaml, "http": {"proxy": "", "proxyStrictSSL": False}}
        able = {"workspace": {"configuration": True}, "textDocument": {"hover": {"contentFormat": ["markdown"]}}}
        asked = {"processId": os.getpid(), "rootUri": root.as_uri(), "workspaceFolders": folders, "capabilities": able}
        self._ask("initialize", asked)
        self._tell("initialized", {})
        self._tell("workspace/didChangeConfiguration", {"settings": self._settings})

    def faults(self, name: str, text: str | None = None) -> list[dict[str, Any]]:
        """Return what is underlined in a file, as it is on the disk or as it would be with another text."""
        said = (self._root / name).read_text(encoding="utf-8") if text is None else text
        return self._faults[self._open(name, said)]

    def completions(self, name: str, text: str) -> dict[str, dict[str, Any]]:
        """Return what is offered where `¦` stands in a text, by label."""
        answer = self._ask("textDocument/completion", self._point(name, text))
        return {item["label"]: item for item in (answer or {}).get("items", [])}

    def hover(self, name: str, text: str) -> str:
        """Return what is shown of what stands where `¦` stands in a text."""
        answer = self._ask("textDocument/hover", self._point(name, text))
        return str(answer["contents"]["value"]) if answer else ""

    def _point(self, name: str, text: str) -> dict[str, Any]:
        before, _, after = text.partition("¦")
        uri = self._open(name, before + after)
        place = {"line": before.count("\n"), "character": len(before.rpartition("\n")[2])}
        return {"textDocument": {"uri": uri}, "position": place}

    def _open(self, name: str, text: str) -> str:
        """Open a file that nothing was said of yet, beside the one that is meant, and wait until it is judged."""
        file = self._root / name
        uri = file.with_name(f"{self._sent}-{file.name}").as_uri()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self._tell("textDocument/didOpen", {"textDocument": document})
        while uri not in self._faults:
            self._receive()
        return uri

    def _tell(self, method: str, params: dict[str, Any], **more: object) -> None:
        self._sent += 1
        data = json.dumps({"jsonrpc": "2.0", "method": method, "params": params, **more}).encode()
        self._write(data)

    def _write(self, data: bytes) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(data), data))
        self._process.stdin.flush()

    def _ask(self, method: str, params: dict[str, Any]) -> Any:
        number = self._sent + 1
        self._tell(method, params, id=number)
        while True:
            message = self._receive()
            if message.get("id") == number and "method" not in message:
                assert "error" not in message, message
                return message["result"]

    def _receive(self) -> dict[str, Any]:
        """Return the next message, having answered the server's own questions."""
        while b"\r\n\r\n" not in self._left:
            self._read()
        head, _, self._left = self._left.partition(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split()[0])
        while len(self._left) < length:
            self._read()
        data, self._left = self._left[:length], self._left[length:]
        message: dict[str, Any] = json.loads(data)
        method = message.get("method")
        if method == "textDocument/publishDiagnostics":
            self._faults[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif method is not None and "id" in message:
            result: Any = None
            if method == "workspace/configuration":
                result = [self._settings.get(item["section"], {}) for item in message["params"]["items"]]
            self._write(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}).encode())
        return message

    def _read(self) -> None:
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], 60)
        assert ready, "the server said nothing for a minute"
        data = os.read(self._process.stdout.fileno(), 65536)
        assert data, "the server ended"
        self._left += data


@contextmanager
def editor(root: Path) -> Iterator[Editor]:
    """Start a server for the project in a folder, and end it at last."""
    process = subprocess.Popen(
        ["node", server(), "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        yield Editor(process, root)
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            assert stream is not None
            stream.close()
