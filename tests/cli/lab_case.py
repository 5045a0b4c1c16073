"""What the suites of `dolab lab` share: a server with a small page, and its client."""

import gzip
import http.client
import json
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest
from pathlib import Path

from cli_case import DOLAB, SCHOOLS, SCHOOLS_DATA, strict_json


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    def json(self):
        return strict_json(self.body)


class Lab:
    """One server with the token of its start."""

    def __init__(self, *arguments, program=DOLAB):
        port = [] if "--port" in arguments else ["--port", "0"]
        self.process = subprocess.Popen([str(program), "lab", *port, "--json", *map(str, arguments)],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.info = strict_json(self.process.stdout.readline())
        self.port = self.info["port"]
        self.token = self.info["token"]

    def end(self, how=signal.SIGINT):
        self.process.send_signal(how)
        _, self.err = self.process.communicate(timeout=60)
        return self.process.returncode

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def ask(self, method, path, body=None, headers=None, token=True):
        connection = self.connect(method, path, body, headers, token)
        answer = Answer(connection.getresponse())
        connection.close()
        return answer

    def connect(self, method, path, body=None, headers=None, token=True):
        """Sends the request; a header that is None is left out."""
        every = {"Host": f"127.0.0.1:{self.port}"}
        if token:
            every["Authorization"] = f"Bearer {self.token}"
        if isinstance(body, dict):
            body = json.dumps(body)
            every["Content-Type"] = "application/json"
        every.update(headers or {})
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        data = body.encode() if isinstance(body, str) else body or b""
        if (data or method == "POST") and "Content-Length" not in every:
            every["Content-Length"] = str(len(data))
        for name, value in every.items():
            if value is not None:
                connection.putheader(name, value)
        connection.endheaders(data)
        return connection

    def raw(self, data):
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            connection.sendall(data)
            received = b""
            while piece := connection.recv(65536):
                received += piece
        return received

    def start(self, experiment, files=None):
        answer = self.ask("POST", "/api/v1/runs", {"experiment": experiment, "files": files or {}})
        assert answer.status == 202, answer.body
        return answer.json()["id"]

    def events(self, run, until=None):
        """(name, data) of each event, to the end of the stream or the first that `until` accepts."""
        connection = self.connect("GET", f"/api/v1/runs/{run}/events")
        response = connection.getresponse()
        assert response.status == 200, response.read()
        assert response.headers["Content-Type"] == "text/event-stream"
        events, name = [], None
        for line in response:
            text = line.decode().rstrip("\n")
            if text.startswith("event: "):
                name = text[7:]
            elif text.startswith("data: "):
                events.append((name, strict_json(text[6:])))
                if until is not None and until(*events[-1]):
                    break
        connection.close()
        return events


def write_lab(folder):
    (folder / "assets").mkdir(parents=True)
    (folder / ".hidden").write_text("secret")
    for name, text in {"index.html": "<!doctype html><title>lab</title>", "sw.js": "self;", "empty.txt": "",
                       "assets/app-Dk3jx0aB.js": "export const plain = 1;", "assets/plain.js": "1;",
                       "assets/dolab-A_b-c1D2.wasm": "\0asm"}.items():
        (folder / name).write_text(text)
    (folder / "assets/app-Dk3jx0aB.js.br").write_bytes(b"packed by brotli")
    (folder / "assets/app-Dk3jx0aB.js.gz").write_bytes(gzip.compress(b"export const plain = 1;"))


def schools(**inference):
    return {"dolab": 1, "title": "Schools", "model": {"source": SCHOOLS}, "data": {"train": SCHOOLS_DATA},
            "inference": {"method": "nuts", "chains": 2, "warmup": 100, "draws": 100, **inference}, "seed": 1}


class LabTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = Path(tempfile.mkdtemp(prefix="dolab-lab-"))
        cls.addClassCleanup(shutil.rmtree, cls.dir, ignore_errors=True)
        (cls.dir / "secret.txt").write_text("secret")
        write_lab(cls.dir / "lab")
        cls.lab = Lab("--dir", cls.dir / "lab")
        cls.addClassCleanup(cls.lab.close)

    def refused(self, answer, status, code):
        self.assertEqual(answer.status, status, answer.body)
        error = answer.json()["error"]
        self.assertEqual(set(error), {"code", "message", "file", "line", "column", "hint"})
        self.assertEqual(error["code"], code, error)
        return error
