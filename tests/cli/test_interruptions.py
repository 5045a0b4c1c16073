"""Signals, killed runs, closed pipes, full disks, several writers: results are complete or absent."""

import json
import os
import resource
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from cli_case import DOLAB, CliTest, main, strict_json

LINE_FIT = ["fit", "line.py", "--data", "line.csv", "--bind", "X=a,b", "--bind", "y=y"]


@unittest.skipIf(os.name == "nt", "signals")
class CancelTest(CliTest):
    def interrupted(self, *arguments, when, how=signal.SIGINT):
        process = subprocess.Popen([DOLAB, *map(str, arguments)], cwd=self.dir, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   text=True)
        time.sleep(when)
        process.send_signal(how)
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err

    def test_partial_results_are_kept(self):
        svi = ["fit", "line.py", "--data", "line.csv", "--bind", "X=a,b", "--bind", "y=y", "--steps", 500000000]
        nuts = ["fit", "schools.py", "--data", "schools.json", "--method", "nuts", "--warmup", 200, "--draws", 5000000,
                "--thinning", 100]
        for arguments in [svi, nuts]:
            code, out, err = self.interrupted(*arguments, "--json", "--out", "c.zarr", "--overwrite", when=1.5)
            self.assertEqual(code, 130, err)
            report = strict_json(out)
            self.assertIs(report["complete"], False)
            self.assertGreater(report["diagnostics"]["draws"], 0)
            self.assertGreater(len(self.report("summary", "c.zarr")["sites"]), 0)
            root = json.loads((self.dir / "c.zarr" / "zarr.json").read_text())["attributes"]
            self.assertIs(root["complete"], False)

    def test_killed_runs_leave_no_result(self):
        arguments = ["fit", "line.py", "--data", "line.csv", "--bind", "X=a,b", "--bind", "y=y", "--steps", 500000000, "--out",
                     "k.zarr"]
        self.interrupted(*arguments, when=0.5, how=signal.SIGKILL)
        self.assertFalse((self.dir / "k.zarr").exists())

    def test_no_progress_without_a_terminal(self):
        done = self.dolab("fit", "line.py", "--data", "line.csv", "--bind", "X=a,b", "--bind", "y=y", "--steps", 100, "--draws",
                          100, "--out", "q.zarr", "--quiet")
        self.assertEqual(done.stdout, "")
        self.assertEqual(done.stderr, "")

    def test_termination_is_like_an_interrupt(self):
        code, out, err = self.interrupted(*LINE_FIT, "--steps", 500000000, "--json", "--out", "t.zarr", when=1.0,
                                          how=signal.SIGTERM)
        self.assertEqual(code, 130, err)
        self.assertIs(strict_json(out)["complete"], False)

    def test_a_cancelled_prediction_says_what_it_keeps(self):
        self.dolab("fit", "network.py", "--data", "network.csv", "--condition", "z=@z", "--steps", 20, "--draws", 20000, "--out",
                   "n.zarr")
        lines = (self.dir / "network.csv").read_text().splitlines(keepends=True)
        (self.dir / "long.csv").write_text(lines[0] + "".join(lines[1:]) * 500)
        arguments = ["predict", "n.zarr", "--data", "long.csv", "--json", "--out", "p.zarr"]
        code, out, err = self.interrupted(*arguments, when=0.6)
        self.assertEqual(code, 130, err)
        report = strict_json(out)
        if "error" in report:
            self.assertFalse((self.dir / "p.zarr").exists())
            return
        shape = json.loads((self.dir / "p.zarr" / "predictions" / "y" / "zarr.json").read_text())["shape"]
        self.assertEqual(shape[1], report["draws"])
        self.assertLess(report["draws"], 20000)
        self.assertGreater(report["draws"], 0)

    def test_killed_while_writing_and_run_again(self):
        first = self.fit_line("k.zarr")
        before = {p: p.read_bytes() for p in (self.dir / "k.zarr").rglob("*") if p.is_file()}
        arguments = [*LINE_FIT, "--steps", 20, "--draws", 300000, "--out", "k.zarr", "--overwrite"]
        # The temporary store shows that writing has begun.
        process = subprocess.Popen([DOLAB, *map(str, arguments)], cwd=self.dir, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        end = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < end:
            pending = list(self.dir.glob(".k.zarr.tmp-*"))
            if any(p.is_file() for folder in pending for p in folder.rglob("c/**/*")):
                break
        process.kill()
        killed = process.wait() == -signal.SIGKILL
        if killed:
            self.assertEqual({p: p.read_bytes() for p in (self.dir / "k.zarr").rglob("*") if p.is_file()}, before)
        self.assertEqual(first["store"], "k.zarr")
        # The next writer takes away what the killed one left.
        self.fit_line("k.zarr", "--overwrite")
        self.assertEqual(sorted(p.name for p in self.dir.glob(".*")), [])
        self.dolab("summary", "k.zarr")

    def test_two_writers(self):
        arguments = [DOLAB, *LINE_FIT, "--steps", "2000", "--draws", "2000", "--out", "w.zarr"]
        both = [subprocess.Popen(arguments, cwd=self.dir, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
                for _ in range(2)]
        codes = sorted([(p.communicate(timeout=120)[1], p.returncode)[1] for p in both])
        self.assertIn(codes, [[0, 0], [0, 2]])
        self.dolab("summary", "w.zarr")
        self.assertEqual(sorted(p.name for p in self.dir.glob(".*")), [])

    def test_closed_standard_streams(self):
        nobody_reads, output = os.pipe()
        os.close(nobody_reads)
        done = subprocess.run([DOLAB, "check", "schools.py", "--data", "schools.json"], cwd=self.dir, stdout=output,
                              stderr=subprocess.PIPE, timeout=60)
        os.close(output)
        self.assertIn(done.returncode, [1, -signal.SIGPIPE])
        done = subprocess.run(["bash", "-c", f'"{DOLAB}" {" ".join(LINE_FIT)} --steps 20 --out s.zarr <&- >&- 2>&-'], cwd=self.dir)
        self.assertIn(done.returncode, [0, 1])
        self.dolab("summary", "s.zarr")

    @unittest.skipIf(not os.path.exists("/dev/full"), "no /dev/full")
    def test_full_output(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([DOLAB, "check", "schools.py", "--data", "schools.json"], cwd=self.dir, stdout=full,
                                  stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 1)

    @unittest.skipIf(os.geteuid() == 0, "root writes everywhere")
    def test_read_only_folder(self):
        self.dir.chmod(0o555)
        self.addCleanup(self.dir.chmod, 0o755)
        self.fails(*LINE_FIT, "--out", "r.zarr", code="E1008")

    def test_limited_memory(self):
        limited = subprocess.run([DOLAB, *LINE_FIT, "--steps", "20", "--draws", "200000000", "--json", "--out", "m.zarr"],
                                 cwd=self.dir, capture_output=True, text=True,
                                 preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30)))
        self.assertEqual(limited.returncode, 2, limited.stderr)
        self.assertEqual(strict_json(limited.stdout)["error"]["code"], "E907")
        self.assertEqual([p.name for p in self.dir.iterdir() if "m.zarr" in p.name], [])


if __name__ == "__main__":
    main()
