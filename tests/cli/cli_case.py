"""What the end-to-end suites share: models, tables, and running the program (DOLAB, default build/bin/dolab)."""

import csv
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOLAB = os.environ.get("DOLAB", str(ROOT / "build" / "bin" / "dolab"))

SCHOOLS = """import numpyro
import numpyro.distributions as dist


def model(J, sigma, y=None):
    mu = numpyro.sample("mu", dist.Normal(0, 5))
    tau = numpyro.sample("tau", dist.HalfCauchy(5))
    with numpyro.plate("J", J):
        trans = numpyro.sample("trans", dist.Normal(0, 1))
        theta = numpyro.deterministic("theta", mu + tau * trans)
        numpyro.sample("obs", dist.Normal(theta, sigma), obs=y)
"""
SCHOOLS_DATA = {"J": 8, "y": [28, 8, -3, 7, -1, 1, 18, 12], "sigma": [15, 10, 16, 11, 9, 11, 10, 18]}

LINE = """import numpyro
import numpyro.distributions as dist


def model(X, y=None):
    w = numpyro.sample("w", dist.Normal(0, 1).expand([X.shape[1]]).to_event(1))
    s = numpyro.sample("s", dist.Exponential(1))
    with numpyro.plate("data", X.shape[0]):
        numpyro.sample("y", dist.Normal(X @ w, s), obs=y)
"""

NETWORK = """import numpyro
import numpyro.distributions as dist


def model(x, c, y=None):
    a = numpyro.sample("a", dist.Normal(0, 1))
    b = numpyro.sample("b", dist.Normal(0, 1))
    d = numpyro.sample("d", dist.Normal(0, 1))
    with numpyro.plate("rows", x.shape[0]):
        z = numpyro.sample("z", dist.Normal(a * c + x, 1))
        numpyro.sample("y", dist.Normal(b * z + d * c, 1), obs=y)
"""


def write_csv(path, columns):
    with open(path, "w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(columns)
        rows.writerows(zip(*columns.values()))


def run(*arguments, cwd=None, env=None, timeout=120):
    done = subprocess.run([DOLAB, *map(str, arguments)], cwd=cwd, env=env, timeout=timeout, capture_output=True, text=True)
    done.code = done.returncode
    return done


def strict_json(text):
    """One JSON object, without the NaN and Infinity that Python would let pass."""

    def refuse(name):
        raise ValueError(name)

    return json.loads(text, parse_constant=refuse)


class CliTest(unittest.TestCase):
    def setUp(self):
        self.dir = Path(tempfile.mkdtemp(prefix="dolab-cli-"))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        (self.dir / "schools.py").write_text(SCHOOLS)
        (self.dir / "schools.json").write_text(json.dumps(SCHOOLS_DATA))
        (self.dir / "line.py").write_text(LINE)
        (self.dir / "network.py").write_text(NETWORK)
        rng = random.Random(7)
        n = 60
        a = [rng.gauss(0, 1) for _ in range(n)]
        b = [rng.gauss(0, 1) for _ in range(n)]
        y = [0.5 * p - 1.5 * q + 0.3 * rng.gauss(0, 1) for p, q in zip(a, b)]
        write_csv(self.dir / "line.csv", {"a": a, "b": b, "y": y, "g": ["uv"[i % 2] for i in range(n)]})
        c = [rng.gauss(0, 1) for _ in range(n)]
        z = [0.7 * p + q + rng.gauss(0, 1) for p, q in zip(c, a)]
        outcome = [1.2 * p - 0.5 * q + rng.gauss(0, 1) for p, q in zip(z, c)]
        write_csv(self.dir / "network.csv", {"x": a, "c": c, "z": z, "y": outcome})

    def dolab(self, *arguments, code=0, **options):
        done = run(*arguments, cwd=self.dir, **options)
        self.assertEqual(done.code, code, f"dolab {' '.join(map(str, arguments))}\n{done.stdout}\n{done.stderr}")
        return done

    def report(self, *arguments, code=0, **options):
        return strict_json(self.dolab(*arguments, "--json", code=code, **options).stdout)

    def fails(self, *arguments, code, files_left=None):
        """Exit code 2, the error in both forms, and nothing left behind."""
        before = sorted(p.name for p in self.dir.iterdir())
        done = self.dolab(*arguments, "--json", code=2)
        error = strict_json(done.stdout)["error"]
        self.assertEqual(set(error), {"code", "message", "file", "line", "column", "hint"})
        self.assertEqual(error["code"], code, error)
        self.assertIn(code, done.stderr)
        self.assertEqual(sorted(p.name for p in self.dir.iterdir()), before)
        return error

    def fit_line(self, out="line.zarr", *more):
        return self.report("fit", "line.py", "--data", "line.csv", "--bind", "X=a,b", "--bind", "y=y", "--method", "nuts",
                           "--chains", 2, "--warmup", 200, "--draws", 200, "--seed", 3, "--out", out, *more)

    def fit_network(self, out="network.zarr", *more):
        return self.report("fit", "network.py", "--data", "network.csv", "--condition", "z=@z", "--steps", 3000,
                           "--step-size", 0.01, "--draws", 400, "--seed", 5, "--out", out, *more)


def main():
    if not os.access(DOLAB, os.X_OK):
        sys.exit(f"there is no program {DOLAB}: build first, or set DOLAB")
    unittest.main()
