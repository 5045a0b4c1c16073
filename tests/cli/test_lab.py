"""`dolab lab`: what it serves, and to whom."""

import gzip
import http.client
import json
import os
import re

from cli_case import ROOT, main, strict_json
from lab_case import Answer, LabTest, schools

# What every answer says has one home; a policy is written there as a list.
HEADERS = re.sub(r"\[([^]]*)\]\.join", lambda found: '"' + "; ".join(re.findall('"(.*)"', found[1])) + '"',
                 (ROOT / "web/headers.mjs").read_text())
EVERYWHERE = dict(re.findall(r'"([\w-]+)": "(.*?)"', HEADERS))


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


if __name__ == "__main__":
    main()
