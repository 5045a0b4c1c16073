"""`dolab lab`: what it serves, to whom, and the runs behind its API."""

import base64
import gzip
import http.client
import json
import os
import queue
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path

from cli_case import DOLAB, LINE, ROOT, SCHOOLS, SCHOOLS_DATA, CliTest, main, run, strict_json

# What every answer says has one home; a policy is written there as a list.
HEADERS = re.sub(r"\[([^]]*)\]\.join", lambda found: '"' + "; ".join(re.findall('"(.*)"', found[1])) + '"',
                 (ROOT / "web/headers.mjs").read_text())
EVERYWHERE = dict(re.findall(r'"([\w-]+)": "(.*?)"', HEADERS))
CONFOUNDER = ROOT / "examples" / "confounder"


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    def json(self):
        return strict_json(self.body)


class Lab:
    """One server with the token of its start."""

    def __init__(self, folder, *arguments):
        port = [] if "--port" in arguments else ["--port", "0"]
        self.process = subprocess.Popen([DOLAB, "lab", *port, "--json", "--dir", str(folder), *arguments],
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
        cls.lab = Lab(cls.dir / "lab")
        cls.addClassCleanup(cls.lab.close)

    def refused(self, answer, status, code):
        self.assertEqual(answer.status, status, answer.body)
        error = answer.json()["error"]
        self.assertEqual(set(error), {"code", "message", "file", "line", "column", "hint"})
        self.assertEqual(error["code"], code, error)
        return error


class FilesTest(LabTest):
    def test_headers_are_on_every_answer(self):
        self.assertEqual(len(EVERYWHERE), 6)
        self.assertIn("; connect-src 'self'; ", EVERYWHERE["Content-Security-Policy"])
        ask, lab = self.lab.ask, self.lab
        answers = {
            "page": (200, ask("GET", "/")), "head": (200, ask("HEAD", "/")), "no file": (404, ask("GET", "/nothing")),
            "write": (405, ask("PUT", "/index.html", b"x")), "info": (200, ask("GET", "/api/v1/info")),
            "token": (401, ask("GET", "/api/v1/info", token=False)), "host": (421, ask("GET", "/", headers={"Host": "a.b"})),
            "origin": (403, ask("GET", "/", headers={"Origin": "http://a.b"})), "no path": (404, ask("GET", "/api/v2")),
            "no run": (404, ask("GET", "/api/v1/runs/1")), "preflight": (405, ask("OPTIONS", "/api/v1/runs")),
            "type": (415, ask("POST", "/api/v1/runs", b"{}", {"Content-Type": "text/plain"})),
            "length": (411, ask("POST", "/api/v1/runs", b"", {"Content-Length": None})),
            "body": (400, ask("POST", "/api/v1/runs", {})), "large": (413, self.oversized()),
        }
        for name, (status, answer) in answers.items():
            with self.subTest(name):
                self.assertEqual(answer.status, status)
                for header, value in EVERYWHERE.items():
                    self.assertEqual(answer.headers.get_all(header), [value])
                self.assertEqual(len(answer.headers.get_all("Cache-Control")), 1)
                self.assertFalse([h for h in answer.headers if h.lower().startswith("access-control")])
        for request in [b"nonsense\r\n\r\n", b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n\r\n"]:
            received = lab.raw(request).decode()
            self.assertRegex(received, r"HTTP/1.1 4(00|14) ")
            for header, value in EVERYWHERE.items():
                self.assertIn(f"{header}: {value}\r\n", received)
            self.assertEqual(strict_json(received.split("\r\n\r\n", 1)[1])["error"]["code"], "E1304")
        run = lab.start(schools())
        connection = lab.connect("GET", f"/api/v1/runs/{run}/events")
        stream = Answer(connection.getresponse())
        connection.close()
        for header, value in EVERYWHERE.items():
            self.assertEqual(stream.headers.get_all(header), [value])

    def oversized(self):
        """Larger than the limit, and sent whole: the answer comes after it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.lab.port, timeout=60)
        connection.putrequest("POST", "/api/v1/runs")
        size, piece = (256 << 20) + 1, b" " * (1 << 20)
        for name, value in {"Authorization": f"Bearer {self.lab.token}", "Content-Type": "application/json",
                            "Content-Length": str(size)}.items():
            connection.putheader(name, value)
        connection.endheaders()
        for start in range(0, size, len(piece)):
            connection.send(piece[:size - start])
        answer = Answer(connection.getresponse())
        connection.close()
        return answer

    def test_an_oversized_body_is_named_so(self):
        error = self.refused(self.oversized(), 413, "E1304")
        self.assertIn("256 MiB", error["message"])
        self.assertIn("dolab run", error["hint"])

    def test_types_and_caching(self):
        immutable = "public, max-age=31536000, immutable"
        for path, kind, caching in [("/", "text/html; charset=utf-8", "no-cache"),
                                    ("/index.html", "text/html; charset=utf-8", "no-cache"),
                                    ("/sw.js", "text/javascript; charset=utf-8", "no-cache"),
                                    ("/empty.txt", "text/plain; charset=utf-8", "no-cache"),
                                    ("/assets/plain.js", "text/javascript; charset=utf-8", "no-cache"),
                                    ("/assets/app-Dk3jx0aB.js", "text/javascript; charset=utf-8", immutable),
                                    ("/assets/dolab-A_b-c1D2.wasm", "application/wasm", immutable)]:
            answer = self.lab.ask("GET", path + "?v=1", token=False)
            self.assertEqual((answer.status, answer.headers["Content-Type"], answer.headers["Cache-Control"]),
                             (200, kind, caching), path)
            file = self.dir / "lab" / (path[1:] or "index.html")
            self.assertEqual(answer.body, file.read_bytes())
        self.assertEqual(self.lab.ask("GET", "/api/v1/info").headers["Cache-Control"], "no-store")
        head = self.lab.ask("HEAD", "/sw.js")
        self.assertEqual((head.body, head.headers["Content-Length"]), (b"", "5"))

    def test_precompressed_files(self):
        path = "/assets/app-Dk3jx0aB.js"
        packed = {"br": b"packed by brotli", None: b"export const plain = 1;",
                  "gzip": (self.dir / "lab" / (path[1:] + ".gz")).read_bytes()}
        for accepted, coding in [("gzip, deflate, br, zstd", "br"), ("br;q=0.5", "br"), ("gzip", "gzip"),
                                 ("br;q=0, gzip;q=1.0", "gzip"), ("br; q=0.000", None), ("identity", None), ("brr", None),
                                 ("", None), (None, None)]:
            answer = self.lab.ask("GET", path, headers={"Accept-Encoding": accepted})
            self.assertEqual(answer.headers.get_all("Content-Encoding"), coding and [coding], accepted)
            self.assertEqual(answer.body, packed[coding], accepted)
            self.assertEqual(answer.headers["Vary"], "Accept-Encoding")
            self.assertEqual(answer.headers["Content-Type"], "text/javascript; charset=utf-8")
        plain = self.lab.ask("GET", "/index.html", headers={"Accept-Encoding": "br, gzip"})
        self.assertIsNone(plain.headers["Content-Encoding"])
        self.assertIsNone(plain.headers["Vary"])

    def test_parts_are_not_served(self):
        for ranges in ["bytes=0-3", "bytes=0-1,2-3", "bytes=900-", "bytes=-5"]:
            answer = self.lab.ask("GET", "/sw.js", headers={"Range": ranges})
            self.assertEqual((answer.status, answer.body), (200, b"self;"), ranges)

    def test_nothing_outside_the_folder(self):
        os.symlink(self.dir / "secret.txt", self.dir / "lab" / "link.txt")
        os.symlink(self.dir, self.dir / "lab" / "up")
        os.symlink("sw.js", self.dir / "lab" / "inner.js")
        os.symlink(self.dir / "secret.txt", self.dir / "lab" / "sw.js.br")
        for path in ["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/assets/../../secret.txt", "//secret.txt",
                     "/assets/..%2f..%2fsecret.txt", "/.%2e/secret.txt", "/..\\secret.txt", "/..%5csecret.txt", "/link.txt",
                     "/up/secret.txt", f"/{self.dir}/secret.txt", f"/%2f{self.dir}/secret.txt", "/.hidden", "/assets",
                     "/assets/", "/sw.js/", "/sw.js%00", "/sw.js%00.html", "/%00", "/%0a", "/assets/./plain.js", "/%",
                     "/%zz", "/" + "%41" * 2000, "/%c0%ae%c0%ae/secret.txt", "/%252e%252e/secret.txt"]:
            for token in [True, False]:
                answer = self.lab.ask("GET", path, token=token)
                self.assertEqual(answer.status, 404, path)
                self.assertNotIn(b"secret.txt", answer.body)
        self.assertEqual(self.lab.ask("GET", "/inner.js").body, b"self;")
        linked = self.lab.ask("GET", "/sw.js", headers={"Accept-Encoding": "br"})
        self.assertEqual(linked.body, b"self;")


class GuardTest(LabTest):
    def test_other_hosts(self):
        port = self.lab.port
        for host in ["127.0.0.1", "example.com", f"example.com:{port}", f"127.0.0.1:{port + 1}", "", None, f"0.0.0.0:{port}",
                     f"127.0.0.1.example.com:{port}", f"127.0.0.1:{port}.example.com", f"a@127.0.0.1:{port}"]:
            for path in ["/", "/api/v1/info"]:
                self.refused(self.lab.ask("GET", path, headers={"Host": host}), 421, "E1303")
        twice = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nHost: example.com\r\n\r\n"
        self.assertIn(b" 421 ", self.lab.raw(twice.encode()))
        for host in [f"127.0.0.1:{port}", f"localhost:{port}", f"[::1]:{port}"]:
            answer = self.lab.ask("GET", "/api/v1/info", headers={"Host": host, "Origin": f"http://{host}"})
            self.assertEqual(answer.status, 200, host)

    def test_other_origins(self):
        port = self.lab.port
        for origin in ["http://example.com", "null", f"https://127.0.0.1:{port}", f"http://127.0.0.1:{port + 1}",
                       "http://127.0.0.1", f"http://127.0.0.1:{port}.example.com", f"http://localhost:{port}",
                       f"http://127.0.0.1:{port}/"]:
            for method, path in [("GET", "/"), ("GET", "/api/v1/info"), ("POST", "/api/v1/runs"), ("OPTIONS", "/api/v1/runs")]:
                self.refused(self.lab.ask(method, path, headers={"Origin": origin}), 403, "E1303")

    def test_other_sites(self):
        link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
        for site in ["cross-site", "same-site"]:
            for path in ["/", "/api/v1/info"]:
                self.refused(self.lab.ask("GET", path, headers={"Sec-Fetch-Site": site}), 403, "E1303")
        self.refused(self.lab.ask("GET", "/", headers={**link, "Sec-Fetch-Dest": "iframe"}), 403, "E1303")
        self.refused(self.lab.ask("GET", "/api/v1/info", headers=link), 403, "E1303")
        self.assertEqual(self.lab.ask("GET", "/", headers=link).status, 200)
        for site in ["same-origin", "none"]:
            self.assertEqual(self.lab.ask("GET", "/api/v1/info", headers={"Sec-Fetch-Site": site}).status, 200)

    def test_the_token(self):
        token = self.lab.token
        self.assertRegex(token, "^[0-9a-f]{64}$")
        self.assertEqual(self.lab.info["url"], f"http://127.0.0.1:{self.lab.port}/#token={token}")
        changed = token[:-1] + ("0" if token[-1] != "0" else "1")
        for given in ["", "Bearer", "Bearer ", f"Bearer {changed}", f"Bearer {token}x", f"Bearer {token[:-1]}", token,
                      f"Basic {token}", f"bearer{token}", None]:
            for method, path in [("GET", "/api/v1/info"), ("GET", "/api/v1/runs"), ("POST", "/api/v1/runs"), ("GET", "/api"),
                                 ("DELETE", "/api/v1/runs/1"), ("GET", "/api/v1/runs/1/events"), ("GET", "/%61pi/v1/info")]:
                answer = self.lab.ask(method, path, headers={"Authorization": given}, token=False)
                error = self.refused(answer, 401, "E1303")
                self.assertNotIn(token, json.dumps(error))
        for place in [f"/api/v1/info?token={token}", f"/api/v1/info?Authorization=Bearer+{token}"]:
            self.assertEqual(self.lab.ask("GET", place, token=False).status, 401)

    def test_methods(self):
        for method, path, allow in [("DELETE", "/api/v1/info", "GET"), ("DELETE", "/api/v1/runs", "GET, POST"),
                                    ("PUT", "/api/v1/runs", "GET, POST, DELETE"), ("POST", "/", "GET, HEAD"),
                                    ("DELETE", "/index.html", "GET, HEAD"), ("TRACE", "/api/v1/info", "GET, POST, DELETE")]:
            answer = self.lab.ask(method, path)
            self.refused(answer, 405, "E1304")
            self.assertEqual(answer.headers["Allow"], allow)

    def test_bodies(self):
        runs = "/api/v1/runs"
        for kind in ["text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "", None,
                     "text/plain; application/json", "application/jsonp"]:
            self.refused(self.lab.ask("POST", runs, b"{}", {"Content-Type": kind}), 415, "E1304")
        packed = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        self.refused(self.lab.ask("POST", runs, gzip.compress(b"{}"), packed), 415, "E1304")
        head = f"POST {runs} HTTP/1.1\r\nHost: 127.0.0.1:{self.lab.port}\r\nAuthorization: Bearer {self.lab.token}\r\n"
        chunked = head + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
        self.assertIn(b" 411 ", self.lab.raw(chunked.encode()))
        self.assertEqual(self.lab.ask("GET", "/api/v1/info", b"{}").status, 400)
        self.assertEqual(self.lab.ask("DELETE", "/api/v1/runs/1", headers={"Content-Length": "0"}).status, 404)
        # What follows a refused request is not taken for another one.
        hidden = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{self.lab.port}\r\n\r\n"
        twice = head.replace("Authorization", "X") + f"Content-Length: {len(hidden)}\r\n\r\n" + hidden
        self.assertEqual(self.lab.raw(twice.encode()).count(b"HTTP/1.1 "), 1)
        for body in ["", "[]", "{", "null", "1", '{"experiment": 1, "experiment": 2}', '{"files": {}}', "[" * 100, "\xff",
                     '{"experiment": {}, "more": 1}']:
            answer = self.lab.ask("POST", runs, body.encode("latin-1"), {"Content-Type": "Application/JSON; charset=utf-8"})
            self.assertEqual(answer.status, 400, body)


class RunsTest(LabTest):
    def test_info(self):
        info = self.lab.ask("GET", "/api/v1/info").json()
        self.assertEqual(f"dolab {info['version']}\n", run("--version").stdout)
        self.assertGreater(info["threads"], 0)
        self.assertGreater(info["memory_bytes"], 2**26)
        self.assertEqual(info["limits"], {"body_bytes": 2**28, "kept_runs": 8, "kept_bytes": 2**30, "queued_runs": 8})

    def test_the_report_is_that_of_the_command_line(self):
        text = (CONFOUNDER / "confounder.dolab.json").read_text()
        files = {"model.py": (CONFOUNDER / "model.py").read_text(),
                 "./train.csv": {"base64": base64.b64encode((CONFOUNDER / "train.csv").read_bytes()).decode()}}
        ids = [self.lab.start(text, files), self.lab.start(json.loads(text), files)]
        events = self.lab.events(ids[0])
        self.assertEqual(events[-1][0], "done")
        progress = [data for name, data in events if name == "progress"]
        self.assertGreater(len(progress), 0)
        for data in progress:
            self.assertEqual(list(data), ["phase", "done", "total", "seconds", "rate", "eta_seconds", "note"])
        self.assertEqual(self.lab.events(ids[1])[-1][0], "done")
        done = run("run", CONFOUNDER / "confounder.dolab.json", "--json", "--strict", "--out", self.dir / "c.zarr")
        expected = strict_json(done.stdout)
        self.assertIn(done.code, [0, 3])
        self.assertEqual(events[-1][1], {"complete": True, "healthy": done.code == 0})
        for name in ids:
            report = self.lab.ask("GET", f"/api/v1/runs/{name}/report").json()
            self.assertEqual(list(report), list(expected))
            for key in set(expected) - {"store", "seconds"}:
                self.assertEqual(report[key], expected[key], key)
            store = self.lab.ask("GET", f"/api/v1/runs/{name}/store")
            self.assertEqual(store.headers["Content-Type"], "application/zip")
            (self.dir / f"{name}.zarr.zip").write_bytes(store.body)
            summaries = [strict_json(run("summary", self.dir / s, "--json").stdout) for s in [f"{name}.zarr.zip", "c.zarr"]]
            self.assertEqual(summaries[0], summaries[1])
        view = self.lab.ask("GET", f"/api/v1/runs/{ids[0]}").json()
        self.assertEqual((view["state"], view["complete"], view["error"]), ("done", True, None))
        self.assertEqual(view["title"], "Causal network with a confounder")

    def test_stop_keeps_what_there_is(self):
        run_id = self.lab.start(schools(draws=5000000, thinning=100, warmup=200))
        self.lab.events(run_id, until=lambda name, data: name == "progress" and data["phase"] == "sample" and data["done"] > 400)
        self.refused(self.lab.ask("GET", f"/api/v1/runs/{run_id}/report"), 409, "E1304")
        self.refused(self.lab.ask("GET", f"/api/v1/runs/{run_id}/store"), 409, "E1304")
        self.assertEqual(self.lab.ask("POST", f"/api/v1/runs/{run_id}/stop").status, 202)
        self.assertEqual(self.lab.events(run_id)[-1][1]["complete"], False)
        report = self.lab.ask("GET", f"/api/v1/runs/{run_id}/report").json()
        self.assertIs(report["complete"], False)
        self.assertGreater(report["diagnostics"]["draws"], 0)
        (self.dir / "partial.zarr.zip").write_bytes(self.lab.ask("GET", f"/api/v1/runs/{run_id}/store").body)
        summary = strict_json(run("summary", self.dir / "partial.zarr.zip", "--json").stdout)
        self.assertIn("mu", summary["sites"])

    def test_two_clients_and_one_queue(self):
        first = self.lab.start(schools(draws=5000000, thinning=100))
        second, third = self.lab.start(schools()), self.lab.start(schools())
        told = queue.Queue()
        watchers = [threading.Thread(target=lambda run_id=run_id: told.put((run_id, self.lab.events(run_id))))
                    for run_id in [first, first, second, third]]
        for watcher in watchers:
            watcher.start()
        self.lab.events(second, until=lambda name, data: name == "queued" and data["ahead"] == 1)
        # A client that goes away leaves its run alone.
        self.lab.events(first, until=lambda name, data: name == "progress")
        states = {r["id"]: r["state"] for r in self.lab.ask("GET", "/api/v1/runs").json()["runs"]}
        self.assertEqual([states[i] for i in [first, second, third]], ["running", "queued", "queued"])
        self.lab.ask("POST", f"/api/v1/runs/{third}/stop")
        self.lab.ask("DELETE", f"/api/v1/runs/{first}")
        for watcher in watchers:
            watcher.join(60)
        ends = {}
        while not told.empty():
            run_id, events = told.get()
            ends.setdefault(run_id, []).append(events[-1][0])
        self.assertEqual(ends, {first: ["cancelled"] * 2, second: ["done"], third: ["cancelled"]})
        self.refused(self.lab.ask("GET", f"/api/v1/runs/{first}"), 404, "E1305")
        self.refused(self.lab.ask("DELETE", f"/api/v1/runs/{first}"), 404, "E1305")
        self.refused(self.lab.ask("GET", f"/api/v1/runs/{third}/report"), 409, "E1304")

    def test_wrong_experiments(self):
        post = lambda experiment, files={}: self.lab.ask("POST", "/api/v1/runs", {"experiment": experiment, "files": files})
        broken = self.refused(post('{"dolab": 1,\n "model" }'), 422, "E1005")
        self.assertEqual((broken["file"], broken["line"]), ("experiment", 2))
        self.refused(post({**schools(), "sed": 1}), 422, "E1102")
        self.refused(post({"dolab": 1}), 422, "E1101")
        table = {"dolab": 1, "model": {"file": "line.py"}, "data": {"train": "line.csv", "bind": {"X": ["a"]}}}
        self.refused(post(table, {"line.py": LINE, "line.csv": {"base64": "?"}}), 400, "E1304")
        self.refused(post(table, {"line.py": LINE, "line.csv": {"base64": "YQ=", "x": 1}}), 400, "E1304")
        error = self.refused(post(table, {"line.py": LINE, "line.csv": "a,y\n1,2\n3\n"}), 422, "E1002")
        self.assertEqual(error["file"], "line.csv")
        model = LINE.replace("dist.Exponential(1)", "dist.Exponentia(1)")
        run_id = self.lab.start(table, {"line.py": model, "line.csv": "a,y\n1,2\n3,4\n"})
        name, error = self.lab.events(run_id)[-1]
        self.assertEqual((name, error["code"], error["file"], error["line"]), ("failed", "E204", "line.py", 7))
        self.assertEqual(self.lab.ask("GET", f"/api/v1/runs/{run_id}").json()["error"], error)

    def test_no_path_reaches_the_disk(self):
        model, data = str(self.dir / "line.py"), str(self.dir / "line.csv")
        Path(model).write_text(LINE)
        Path(data).write_text("a,y\n1,2\n3,4\n")
        post = lambda experiment, files: self.lab.ask("POST", "/api/v1/runs", {"experiment": experiment, "files": files})
        for file, train, files in [(model, data, {}), (model, data, {model: LINE}), ("line.py", data, {"line.py": LINE}),
                                   ("../line.py", "line.csv", {"line.py": LINE}), ("/dev/stdin", data, {})]:
            experiment = {"dolab": 1, "model": {"file": file}, "data": {"train": train, "bind": {"X": ["a"]}}}
            self.assertIn("was not sent", self.refused(post(experiment, files), 422, "E1001")["message"])
        # An empty text is a text.
        empty = self.lab.start({"dolab": 1, "model": {"file": model}}, {model: ""})
        self.assertEqual(self.lab.events(empty)[-1][0], "failed")

    def test_the_newest_are_kept(self):
        ids = [self.lab.start(schools(warmup=20, draws=10)) for _ in range(3)]
        while len(ids) < 10:
            self.lab.events(ids[-1])
            ids.append(self.lab.start(schools(warmup=20, draws=10)))
        self.lab.events(ids[-1])
        kept = [r["id"] for r in self.lab.ask("GET", "/api/v1/runs").json()["runs"]]
        self.assertEqual(kept, ids[-8:])
        self.refused(self.lab.ask("GET", f"/api/v1/runs/{ids[0]}/report"), 404, "E1305")

    def test_the_queue_has_an_end(self):
        ids = [self.lab.start(schools(draws=5000000, thinning=100))]
        self.lab.events(ids[0], until=lambda name, data: name == "progress")
        ids += [self.lab.start(schools()) for _ in range(8)]
        answer = self.lab.ask("POST", "/api/v1/runs", {"experiment": schools()})
        self.refused(answer, 503, "E1304")
        for run_id in reversed(ids):
            self.assertEqual(self.lab.ask("DELETE", f"/api/v1/runs/{run_id}").status, 200)


class StartTest(CliTest):
    def setUp(self):
        super().setUp()
        write_lab(self.dir / "lab")

    def lab(self, *arguments):
        lab = Lab(self.dir / "lab", *arguments)
        self.addCleanup(lab.close)
        return lab

    def test_help_and_wrong_use(self):
        self.assertIn("dolab lab --open", self.dolab("lab", "--help").stdout)
        error = self.fails("lab", "--dir", self.dir / "nothing", code="E1302")
        self.assertIn("npm run build --prefix web", error["hint"])
        self.fails("lab", "--dir", self.dir, code="E1302")
        self.fails("lab", "--port", 70000, code="E1103")
        self.fails("lab", "--host", "0.0.0.0", code="E1102")

    def test_a_taken_port(self):
        port = self.lab().port
        error = self.fails("lab", "--dir", "lab", "--port", port, code="E1301")
        self.assertIn(str(port), error["message"])
        self.assertIn("--port 0", error["hint"])

    @unittest.skipIf(not os.path.exists("/proc/net/tcp"), "no list of sockets")
    def test_only_the_loopback_listens(self):
        port = f"{self.lab().port:04X}"
        sockets = [line.split() for name in ["tcp", "tcp6"] if os.path.exists(f"/proc/net/{name}")
                   for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]]
        listening = [fields[1] for fields in sockets if fields[3] == "0A" and fields[1].endswith(":" + port)]
        self.assertEqual(listening, ["0100007F:" + port])

    def test_each_start_has_its_token(self):
        self.assertNotEqual(self.lab().token, self.lab().token)

    def test_the_end(self):
        for how in [signal.SIGINT, signal.SIGTERM]:
            lab = self.lab()
            lab.connect("GET", "/").close()  # leaves the port in a state that forbids it to the careless
            self.assertEqual(lab.ask("GET", "/").status, 200)
            self.assertEqual(lab.end(how), 0)
            self.assertEqual(lab.err, "")
            self.assertEqual(self.lab("--port", str(lab.port)).port, lab.port)

    def test_the_end_of_a_run(self):
        lab = self.lab()
        run_id = lab.start(schools(draws=5000000, thinning=100))
        told = []
        watcher = threading.Thread(target=lambda: told.extend(lab.events(run_id)))
        watcher.start()
        lab.events(run_id, until=lambda name, data: name == "progress" and data["done"] > 0)
        self.assertEqual(lab.end(), 130)
        watcher.join(30)
        self.assertEqual(told[-1][0], "cancelled")

    def test_many_streams(self):
        lab = self.lab()
        run_id = lab.start(schools(draws=5000000, thinning=100))
        streams = [lab.connect("GET", f"/api/v1/runs/{run_id}/events").getresponse() for _ in range(48)]
        self.assertEqual({stream.status for stream in streams}, {200})
        self.assertEqual(lab.ask("GET", f"/api/v1/runs/{run_id}/events").status, 503)
        self.assertEqual(lab.ask("GET", "/").status, 200)
        for stream in streams:
            stream.close()
        # The server sees that they are gone.
        end, status = time.monotonic() + 30, 503
        while status == 503 and time.monotonic() < end:
            with lab.connect("GET", f"/api/v1/runs/{run_id}/events").getresponse() as stream:
                status = stream.status
        self.assertEqual(status, 200)

    def test_the_browser_gets_a_private_file(self):
        opener = self.dir / "bin" / "xdg-open"
        opener.parent.mkdir()
        opener.write_text(f'#!/bin/sh\nstat -c %a "$(dirname "$1")" > "{self.dir}/mode"\ncp "$1" "{self.dir}/opened.tmp"\n'
                          f'mv "{self.dir}/opened.tmp" "{self.dir}/opened.html"\n')
        opener.chmod(0o755)
        env = {**os.environ, "PATH": f"{opener.parent}:{os.environ['PATH']}", "XDG_RUNTIME_DIR": str(self.dir / "lab")}
        process = subprocess.Popen([DOLAB, "lab", "--port", "0", "--open", "--quiet", "--dir", "lab"], cwd=self.dir, env=env,
                                   stdout=subprocess.PIPE, text=True)
        address = process.stdout.readline().strip()
        end = time.monotonic() + 30
        while not (self.dir / "opened.html").exists() and time.monotonic() < end:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
        self.assertEqual(process.returncode, 0)
        self.assertIn(f"url={address}\"", (self.dir / "opened.html").read_text())
        self.assertEqual((self.dir / "mode").read_text(), "700\n")
        self.assertEqual(list((self.dir / "lab").glob("dolab-lab-*")), [])


if __name__ == "__main__":
    main()
