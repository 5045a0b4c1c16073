"""Compares `dolab check --at --gradient` with NumPyro's densities and gradients, model by model.

    python3 tests/models/check_models.py [NAME ...]

Walks tests/models/*.expected.json (tests/reference/README.md says what they hold) and, where they are, the
log_density_checks of DOLAB_REFERENCE_DIR/posteriordb.
"""

import json
import math
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("DOLAB", ROOT / "build/bin/dolab")
OUT = ROOT / "build/tests/models"
REFERENCE = Path(os.environ.get("DOLAB_REFERENCE_DIR", ROOT / "../shared/data")) / "posteriordb"


def check(model, data, values):
    OUT.mkdir(parents=True, exist_ok=True)
    at = OUT / "at.json"
    at.write_text(json.dumps(values))
    command = [PROGRAM, "check", model, "--data", data, "--at", at, "--gradient", "--json"]
    done = subprocess.run(list(map(str, command)), cwd=ROOT, capture_output=True, text=True, timeout=120)
    if done.returncode:
        raise AssertionError(f"exit code {done.returncode}: {done.stderr.strip() or done.stdout.strip()}")
    return json.loads(done.stdout)


def flat(value):
    if isinstance(value, list):
        return [x for part in value for x in flat(part)]
    return [value]


def is_lower_triangular(value):
    """A square matrix, or a batch of them, whose entries above the diagonal are all zero."""
    if not isinstance(value, list) or not isinstance(value[0], list):
        return False
    if isinstance(value[0][0], list):
        return all(map(is_lower_triangular, value))
    n = len(value)
    return n > 1 and all(len(row) == n for row in value) and not any(any(value[i][i + 1:]) for i in range(n))


def lower(value):
    if isinstance(value[0][0], list):
        return [lower(part) for part in value]
    return [row[: i + 1] for i, row in enumerate(value)]


def compare_sites(found, expected, tolerance):
    for name, density in expected.items():
        if density == 0 and name not in found:
            continue
        error = abs(found[name] - density)
        assert error <= tolerance * max(1, abs(density)), f"density of {name} is {found[name]!r}, expected {density!r}"


def compare_gradient(found, expected, values, tolerance):
    largest = max([1.0, *(abs(x) for site in expected.values() for x in flat(site))])
    for name, site in expected.items():
        if name not in found:
            raise AssertionError(f"no gradient of {name}")
        ours = found[name]
        if is_lower_triangular(values[name]):
            ours, site = lower(ours), lower(site)
        ours, site = flat(ours), flat(site)
        assert len(ours) == len(site), f"gradient of {name} has {len(ours)} entries, expected {len(site)}"
        error = max((abs(a - b) if a is not None else math.inf for a, b in zip(ours, site)), default=0.0)
        assert error <= tolerance * largest, f"gradient of {name} is off by {error:.3g} (largest entry {largest:.3g})"


def compare_declaration(found, expected):
    for name, site in expected.items():
        ours = found.get(name)
        assert ours is not None, f"site {name} is missing"
        assert ours["observed"] == site["observed"], f"{name}: observed is {ours['observed']}"
        if not name.endswith("_factor") and ours["kind"] == "sample":
            assert ours["shape"] == site["shape"], f"{name}: shape {ours['shape']}, expected {site['shape']}"
            assert ours["event_dim"] == site["event_dim"], f"{name}: event_dim {ours['event_dim']}"
            assert set(ours["plates"]) == set(site["plates"]), f"{name}: plates {ours['plates']}"


def check_own(path):
    expected = json.loads(path.read_text())
    name = path.name.removesuffix(".expected.json")
    model = path.parent / f"{expected['model']}.py"
    for point in expected["points"]:
        found = check(model, path.parent / f"{name}.data.json", point["values"])
        compare_declaration(found["sites"], expected["sites"])
        compare_sites(found["log_density"]["sites"], point["sites"], 1e-10)
        compare_sites({"total": found["log_density"]["total"]}, {"total": point["total"]}, 1e-10)
        compare_gradient(found["gradient"], point["gradient"], point["values"], 1e-8)


def check_reference(path):
    reference = json.loads(path.read_text())
    base = path.name.removesuffix(".reference.json")
    # A covariance matrix of condition number 1e10: the fixture's own gradient is good to six digits only (seen in 60-digit
    # arithmetic, with which ours agrees to nine).
    tolerance, digits = (1e-7, 1e-6) if "gp_pois_regr" in base else (1e-10, 1e-8)
    scale = {name: flat(p["sd"]) for name, p in reference["parameters"].items()}
    for point in reference["log_density_checks"]:
        found = check(path.parent / f"{base}.py", path.parent / f"{base}.data.json", point["latent"])
        compare_sites({"total": found["log_density"]["total"]}, {"total": point["log_joint"]}, tolerance)
        compare_sites(found["log_density"]["sites"], point["site_log_prob"], tolerance)
        for name, site in point["grad_log_joint"].items():
            ours, theirs = flat(found["gradient"][name]), flat(site)
            sds = scale.get(name) or [1.0] * len(theirs)
            for a, b, sd in zip(ours, theirs, sds):
                allowed = 1e-6 / sd + digits * abs(b)  # fixtures are written with nine digits
                assert abs(a - b) <= allowed, f"gradient of {name}: {a!r}, expected {b!r}"


def main():
    wanted = sys.argv[1:]
    cases = [(path, check_own) for path in sorted((ROOT / "tests/models").glob("*.expected.json"))]
    if REFERENCE.is_dir():
        cases += [(path, check_reference) for path in sorted(REFERENCE.glob("*.reference.json"))]
    else:
        print("SKIPPED: no reference posteriors at DOLAB_REFERENCE_DIR")
    passed = failed = 0
    for path, compare in cases:
        if wanted and not any(name in path.name for name in wanted):
            continue
        try:
            compare(path)
            passed += 1
        except Exception as problem:
            failed += 1
            print(f"FAIL  {path.name}: {type(problem).__name__}: {problem}", flush=True)
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
