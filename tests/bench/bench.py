#!/usr/bin/env python3
"""Speed of dolab beside NumPyro, nutpie and aimz, on the same inputs, alternately, with two threads.

usage: tests/bench/bench.py [--quick] [--only TEXT] [--repeats N] [--dolab PROGRAM] [--venv DIR]

Sets up the peers in build/bench-venv, runs every row of workloads.py, checks that the answers agree, then compares times. Writes
build/bench/bench.json (everything) and build/bench/bench.txt (the table). --quick: fewer posteriors, smaller tables, one repeat.
Needs only the standard library; DOLAB_REFERENCE_DIR (default ../shared/data) holds the reference posteriors.
"""

import argparse
import datetime
import hashlib
import json
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import time

import report
import workloads

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
THREADS = 2
TIMEOUT = 1800  # seconds for one run of one program


class Failed(Exception):
    """A program of the bench did not do its work; the message says why."""


def two_cores():
    """Command prefix that pins a program to two of the cores we may use."""
    cores = sorted(os.sched_getaffinity(0))[:THREADS] if hasattr(os, "sched_getaffinity") else []
    return ["taskset", "-c", ",".join(map(str, cores))] if shutil.which("taskset") and len(cores) == THREADS else []


class Bench:
    """Where things are, and how programs are run."""

    def __init__(self, options):
        self.quick = options.quick
        self.repeats = options.repeats or (1 if options.quick else 3)
        self.out = ROOT / "build" / "bench"
        self.inputs = self.out / "inputs"
        self.inputs.mkdir(parents=True, exist_ok=True)
        self.dolab = pathlib.Path(options.dolab).resolve()
        self.kernels = self.dolab.parent / "kernels_bench"
        self.reference = pathlib.Path(os.environ.get("DOLAB_REFERENCE_DIR", ROOT / ".." / "shared" / "data")).resolve()
        self.python = prepare_venv(pathlib.Path(options.venv)) / "bin" / "python"
        self.peers = HERE / "peers"
        self.prefix = two_cores()
        self.environment = dict(
            os.environ, OMP_NUM_THREADS=str(THREADS), NUMBA_NUM_THREADS=str(THREADS), JAX_PLATFORMS="cpu"
        )

    def run(self, command):
        """Runs one program; returns the JSON object of its last output line and the seconds of the whole process."""
        start = time.perf_counter()
        try:
            done = subprocess.run(
                [*self.prefix, *map(str, command)],
                env=self.environment,
                cwd=self.out,
                text=True,
                capture_output=True,
                timeout=TIMEOUT,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Failed(str(error)) from error
        seconds = time.perf_counter() - start
        if done.returncode != 0:
            said = (done.stderr.strip() or done.stdout.strip()).splitlines()[-3:]
            raise Failed(f"{pathlib.Path(str(command[0])).name} ended with {done.returncode}: {' | '.join(said)}")
        return last_json(done.stdout), seconds

    def run_dolab(self, *arguments):
        return self.run([self.dolab, *arguments, "--json", "--quiet", "--threads", THREADS])

    def run_peer(self, name, *arguments):
        return self.run([self.python, self.peers / name, *arguments])

    def model(self, name):
        return HERE / "models" / f"{name}.py"


def last_json(text):
    """The object that starts latest at the beginning of a line and parses to the end."""
    lines = text.strip().splitlines()
    for first in range(len(lines) - 1, -1, -1):
        if lines[first].startswith("{"):
            try:
                return json.loads("\n".join(lines[first:]))
            except json.JSONDecodeError:
                continue
    raise Failed(f"no JSON in the output: {text[-200:]!r}")


def prepare_venv(path):
    """A virtual environment with the pinned peers; made again when the pins change."""
    pins = HERE / "peers" / "requirements.txt"
    stamp = path / "requirements.sha256"
    digest = hashlib.sha256(pins.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return path
    print(f"setting up the peers in {path}", file=sys.stderr)
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(path)], check=True)
    subprocess.run(
        [str(path / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", "-r", str(pins)], check=True
    )
    stamp.write_text(digest)
    return path


def measure(bench, row):
    """One row: ours and theirs in turn, `repeats` times; the answers of the first turn must agree."""
    result = dict(
        name=row.name, group=row.group, unit=row.unit, target=row.target, reads=row.reads, ours=[], theirs=[]
    )
    try:
        row.prepare(bench)
        for turn in range(bench.repeats):
            ours, theirs = row.ours(bench, turn), row.theirs(bench, turn)
            result["ours"].append(ours["figure"])
            result["theirs"].append(theirs["figure"])
            if turn == 0:
                result["details"] = dict(ours=ours.get("details"), theirs=theirs.get("details"))
                result["agreement"] = row.agree(ours["answer"], theirs["answer"])
    except Failed as error:
        result["error"] = str(error)
    return report.summarise(result)


def kernels(bench):
    """The second part: each kernel against the limits of this machine, measured by a program of its own."""
    build = bench.dolab.parent.parent
    if (build / "CMakeCache.txt").exists():
        subprocess.run(["cmake", "--build", build, "--target", "kernels_bench"], check=True, stdout=subprocess.DEVNULL)
    if not bench.kernels.exists():
        return None
    try:
        return bench.run([bench.kernels])[0]
    except Failed as error:
        return {"error": str(error)}


def machine():
    cpu = ""
    if os.path.exists("/proc/cpuinfo"):
        with open("/proc/cpuinfo") as f:
            cpu = next((line.split(":", 1)[1].strip() for line in f if line.startswith("model name")), "")
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return dict(
        cpu=cpu or platform.processor(),
        cores=os.cpu_count(),
        threads=THREADS,
        load_before=load,
        python=platform.python_version(),
        system=platform.platform(),
        time=datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
    )


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer posteriors, smaller tables, one repeat")
    parser.add_argument("--only", default="", help="rows whose name contains this text")
    parser.add_argument("--repeats", type=int, help="turns per row (default 3, quick 1)")
    parser.add_argument("--dolab", default=str(ROOT / "build" / "bin" / "dolab"), help="the program to measure")
    parser.add_argument("--venv", default=str(ROOT / "build" / "bench-venv"), help="where the peers live")
    return parser.parse_args(arguments)


def main():
    options = parse(sys.argv[1:])
    if not os.access(options.dolab, os.X_OK):
        print(f"{options.dolab} is not there: build the program first (examples/run.sh)", file=sys.stderr)
        return 2
    bench = Bench(options)
    result = dict(
        machine=machine(), quick=bench.quick, pins=(HERE / "peers" / "requirements.txt").read_text().split(), rows=[]
    )
    for row in workloads.rows(bench):
        if options.only.lower() in row.name.lower():
            print(f"{row.name} ...", file=sys.stderr, flush=True)
            result["rows"].append(measure(bench, row))
    if not options.only:
        result["kernels"] = kernels(bench)
        report.add_limits(result)
    result["groups"] = report.groups(result["rows"])
    (bench.out / "bench.json").write_text(json.dumps(result, indent=1) + "\n")
    table = report.table(result)
    (bench.out / "bench.txt").write_text(table)
    print(table, end="")
    return 0 if all(r["status"] not in ("failed", "disagree") for r in result["rows"]) else 1


if __name__ == "__main__":
    sys.exit(main())
