"""Checkpoints: a fit that was killed or cancelled goes on, to the bits of a fit in one piece."""

import json
import os
import shutil
import signal
import subprocess
import time
import unittest
import zipfile

from cli_case import DOLAB, CliTest, main, strict_json

NUTS = ["fit", "schools.py", "--data", "schools.json", "--method", "nuts"]
SVI = ["fit", "line.py", "--data", "line.csv", "--bind", "X=a,b", "--bind", "y=y"]
OFTEN = ["--checkpoint-every", 0.05]


def posterior(store):
    """The bytes of all draws and statistics of a store."""
    groups = [group for name in ("posterior", "sample_stats", "variational") for group in [store / name] if group.exists()]
    return {str(p.relative_to(store)): p.read_bytes() for group in groups for p in sorted(group.rglob("*")) if p.is_file()}


@unittest.skipIf(os.name == "nt", "signals")
class ResumeTest(CliTest):
    def stopped(self, arguments, how, checkpoint, times=1):
        """Runs until `times` checkpoints have been seen, then sends the signal. Returns code, stdout, stderr."""
        process = subprocess.Popen([DOLAB, *map(str, arguments)], cwd=self.dir, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   text=True)
        seen, last, end = 0, None, time.monotonic() + 60
        while seen < times and process.poll() is None and time.monotonic() < end:
            try:
                now = os.stat(self.dir / checkpoint).st_mtime_ns
            except FileNotFoundError:
                continue
            if now != last:
                seen, last = seen + 1, now
        process.send_signal(how)
        out, err = process.communicate(timeout=60)
        self.assertEqual(seen, times, err)
        return process.returncode, out, err

    def check_killed(self, arguments):
        self.dolab(*arguments, "--out", "whole.zarr", "--checkpoint-every", 0)
        for times in (1, 2):
            for threads in (1, 2):
                killed = [*arguments, *OFTEN, "--threads", threads, "--out", "k.zarr"]
                self.assertEqual(self.stopped(killed, signal.SIGKILL, "k.checkpoint.zarr.zip", times)[0], -signal.SIGKILL)
                self.assertFalse((self.dir / "k.zarr").exists())
                self.assertIsNone(zipfile.ZipFile(self.dir / "k.checkpoint.zarr.zip").testzip())
                # Killed once more on the way, then to the end.
                code = self.stopped([*killed, "--resume"], signal.SIGKILL, "k.checkpoint.zarr.zip", 2)[0]
                self.assertEqual(code, -signal.SIGKILL)
                report = self.report(*arguments, "--threads", 3 - threads, "--out", "k.zarr", "--resume")
                self.assertIs(report["complete"], True)
                self.assertNotIn("W1009", [w["code"] for w in report["warnings"]])
                self.assertEqual(posterior(self.dir / "k.zarr"), posterior(self.dir / "whole.zarr"))
                self.assertFalse((self.dir / "k.checkpoint.zarr.zip").exists())
                self.assertEqual(sorted(p.name for p in self.dir.glob(".*")), [])
                shutil.rmtree(self.dir / "k.zarr")

    def test_killed_chains_go_on(self):
        self.check_killed([*NUTS, "--warmup", 3000, "--draws", 200000, "--thinning", 100])

    def test_a_killed_guide_goes_on(self):
        self.check_killed([*SVI, "--steps", 500000])

    def test_a_cancelled_fit_keeps_its_draws_and_goes_on(self):
        arguments = [*NUTS, "--warmup", 500, "--draws", 400000, "--thinning", 200, "--out", "c.zarr"]
        code, out, err = self.stopped([*arguments, *OFTEN, "--json"], signal.SIGINT, "c.checkpoint.zarr.zip", 2)
        self.assertEqual(code, 130, err)
        report = strict_json(out)
        self.assertEqual(report["checkpoint"], "c.checkpoint.zarr.zip")
        self.assertIn("--resume", json.dumps(report["warnings"]))
        partial = report["diagnostics"]["draws"]
        # What is there is replaced by what it becomes, without --overwrite.
        report = self.report(*arguments, "--resume")
        self.assertGreater(report["diagnostics"]["draws"], partial)
        self.assertNotIn("checkpoint", report)
        self.dolab(*arguments[:-1], "whole.zarr")
        self.assertEqual(posterior(self.dir / "c.zarr"), posterior(self.dir / "whole.zarr"))
        # A complete store is not.
        self.fails(*arguments, "--resume", code="E1006")

    def test_an_experiment_goes_on(self):
        network = {"dolab": 1, "model": {"file": "network.py", "condition": {"z": {"column": "z"}}},
                   "data": {"train": "network.csv", "bind": {"x": "x", "c": "c", "y": "y"}}, "seed": 3,
                   "inference": {"steps": 500000, "draws": 200}, "scenarios": {"off": {"z": 0}},
                   "effects": [{"intervention": "off"}]}
        (self.dir / "n.dolab.json").write_text(json.dumps(network))
        whole = self.report("run", "n.dolab.json", "--out", "whole.zarr.zip")
        killed = ["run", "n.dolab.json", *OFTEN, "--out", "k.zarr.zip"]
        self.stopped(killed, signal.SIGKILL, "k.checkpoint.zarr.zip")
        report = self.report("run", "n.dolab.json", "--out", "k.zarr.zip", "--resume")
        self.assertEqual(report["effects"], whole["effects"])
        self.assertEqual(report["diagnostics"], whole["diagnostics"])

    def test_a_checkpoint_is_not_lost_and_not_mistaken(self):
        arguments = [*SVI, "--steps", 500000000, "--out", "k.zarr"]
        self.stopped([*arguments, *OFTEN], signal.SIGKILL, "k.checkpoint.zarr.zip")
        for abandoned in self.dir.glob(".k.zarr.tmp-*"):  # the next writer would
            shutil.rmtree(abandoned)
        self.assertIn("--resume", self.fails(*arguments, code="E1006")["hint"])
        base = [*SVI, "--out", "k.zarr", "--resume"]
        (self.dir / "other.py").write_text((self.dir / "line.py").read_text().replace("Exponential(1)", "Exponential(2)"))
        (self.dir / "other.csv").write_text((self.dir / "line.csv").read_text() + "1,1,1,u\n")
        cases = {
            "inference.steps is 500000000 in the checkpoint and 10000 here": base,
            "seed is 0 in the checkpoint and 6 here": [*arguments, "--resume", "--seed", 6],
            "inference.optimizer.b1 is 0.9 in the checkpoint and 0.8 here":
                [*arguments, "--resume", "--set", "inference.optimizer.b1=0.8"],
            'inference.method is "svi" in the checkpoint and "nuts" here': [*arguments, "--resume", "--method", "nuts"],
            "the model differs": [*arguments[:1], "other.py", *arguments[2:], "--resume"],
            "the data differ": [*arguments[:3], "other.csv", *arguments[4:], "--resume"],
        }
        for message, command in cases.items():
            self.assertIn(message, self.fails(*command, code="E1009")["message"])
        bytes_before = (self.dir / "k.checkpoint.zarr.zip").read_bytes()
        (self.dir / "k.checkpoint.zarr.zip").write_bytes(bytes_before[:-100])
        self.fails(*arguments, "--resume", code="E1007")
        # Begun anew on request, and nothing is left of it.
        self.dolab(*SVI, "--steps", 100, "--out", "k.zarr", "--overwrite")
        self.assertFalse((self.dir / "k.checkpoint.zarr.zip").exists())

    def test_without_a_checkpoint_the_fit_begins_anew_and_says_so(self):
        report = self.report(*SVI, "--steps", 100, "--out", "k.zarr", "--resume")
        self.assertIn("W1009", [w["code"] for w in report["warnings"]])


if __name__ == "__main__":
    main()
