"""`dolab lab`: the runs behind its API, its start and its end."""

import base64
import json
import os
import queue
import shutil
import signal
import subprocess
import threading
import time
import unittest
from pathlib import Path

from cli_case import DOLAB, LINE, ROOT, CliTest, main, run, strict_json
from lab_case import Lab, LabTest, schools, write_lab

CONFOUNDER = ROOT / "examples" / "confounder"


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
        self.assertEqual(view["title"], "The pills or the illness?")

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
        lab = Lab("--dir", self.dir / "lab", *arguments)
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

    def test_where_the_lab_is_found(self):
        build = self.dir / "tree" / "build"
        build.mkdir(parents=True)
        (build / "CMakeCache.txt").write_text("")
        for prefix, folder in [(self.dir / "installed", "share/dolab/lab"), (build, "../web/dist")]:
            (prefix / "bin").mkdir(parents=True)
            shutil.copy(DOLAB, prefix / "bin" / "dolab")
            none = subprocess.run([prefix / "bin" / "dolab", "lab", "--port", "0"], capture_output=True, text=True, timeout=60)
            self.assertEqual(none.returncode, 2)
            self.assertIn("E1302", none.stderr)
            shutil.copytree(self.dir / "lab", prefix / folder)
            lab = Lab(program=prefix / "bin" / "dolab")
            self.addCleanup(lab.close)
            self.assertEqual(Path(lab.info["folder"]).resolve(), (prefix / folder).resolve())
            self.assertEqual(lab.ask("GET", "/").status, 200)

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
