"""Runs every experiment of examples/ with the program and compares what it prints with expected.json.

    python3 tests/examples/check_examples.py [NAME ...]

expected.json: {"generated": [files made by generate.py that are not in the repository], "data": {TABLE: {"true_contrast"}},
"experiments": {FILE: {"effects": [{"outcome", "baseline", "intervention", "rows", "truth", "within_sd",
"mean": {"value", "tolerance"}, "sd": ...}], "sites": {SITE: {"mean", "tolerance", "sd", "sd_tolerance"}},
"r_hat_below", "warnings": [codes that must appear], "without_warnings": [codes that must not]}}}.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("DOLAB", ROOT / "build/bin/dolab")
OUT = ROOT / "build/examples"


def dolab(*arguments):
    done = subprocess.run([PROGRAM, *map(str, arguments), "--json"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise AssertionError(f"exit code {done.returncode}: {done.stderr.strip() or done.stdout.strip()}")
    return json.loads(done.stdout), done.stderr


def close(name, found, expected, tolerance):
    assert abs(found - expected) <= tolerance, f"{name} is {found:.6g}, expected {expected:.6g} +- {tolerance:.2g}"


def check_effect(found, expected):
    for key in ("outcome", "baseline", "intervention", "rows"):
        assert found[key] == expected[key], f"effect's {key} is {found[key]!r}, expected {expected[key]!r}"
    ate = found["ate"]
    assert ate["hdi_low"] <= ate["mean"] <= ate["hdi_high"] and 0 <= ate["p_direction"] <= 1
    for key in ("mean", "sd"):
        if key in expected:
            close(f"effect's {key}", ate[key], expected[key]["value"], expected[key]["tolerance"])
    if "truth" in expected:
        close("effect's mean, against the truth,", ate["mean"], expected["truth"], expected["within_sd"] * ate["sd"])


def check_summary(store, expected):
    summary, _ = dolab("summary", store)
    for name, wanted in expected.get("sites", {}).items():
        site = summary["sites"][name]
        close(f"mean of {name}", site["mean"], wanted["mean"], wanted["tolerance"])
        close(f"sd of {name}", site["sd"], wanted["sd"], wanted["sd_tolerance"])
    for name, site in summary["sites"].items():
        values = site["r_hat"] if isinstance(site["r_hat"], list) else [site["r_hat"]]
        assert all(value < expected["r_hat_below"] for value in values), f"R-hat of {name} is {max(values):.4f}"


def check_experiment(file, expected):
    store = OUT / (file.name.removesuffix(".dolab.json") + ".zarr")
    result, stderr = dolab("run", file, "--out", store, "--overwrite")
    assert len(result.get("effects", [])) == len(expected.get("effects", [])), "wrong number of effects"
    for found, wanted in zip(result.get("effects", []), expected.get("effects", [])):
        check_effect(found, wanted)
    if "r_hat_below" in expected:
        check_summary(store, expected)
    said = json.dumps(result.get("warnings", [])) + stderr
    for code in expected.get("warnings", []):
        assert code in said, f"no warning {code}; warnings: {said}"
    for code in expected.get("without_warnings", []):
        assert code not in said, f"warning {code}: {said}"


def check_generator(folder, expected):
    """The committed tables are what the generator makes, and so is the truth that expected.json states."""
    target = OUT / f"{folder.name}-data"
    target.mkdir(parents=True, exist_ok=True)
    done = subprocess.run([sys.executable, folder / "generate.py", target], capture_output=True, text=True, check=True)
    for line in map(json.loads, done.stdout.splitlines()):
        table = line["table"]
        assert (target / table).read_bytes() == (folder / table).read_bytes(), f"{table} differs from its generator's"
        close(f"truth of {table}", expected["data"][table]["true_contrast"], line["true_contrast"], 1e-8)


def cases(names):
    for path in sorted(ROOT.glob("examples/*/expected.json")):
        folder, expected = path.parent, json.loads(path.read_text())
        if names and folder.name not in names:
            continue
        if any(not (folder / file).exists() for file in expected.get("generated", [])):
            subprocess.run([sys.executable, folder / "generate.py"], check=True, stdout=subprocess.DEVNULL)
        if "data" in expected:
            yield f"{folder.name}/generate.py", check_generator, (folder, expected)
        declared = {file.name for file in folder.glob("*.dolab.json")}
        assert declared == set(expected["experiments"]), f"{path} does not cover {declared}"
        for file, wanted in expected["experiments"].items():
            yield f"{folder.name}/{file}", check_experiment, (folder / file, wanted)


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    passed = failed = 0
    for name, check, arguments in cases(sys.argv[1:]):
        try:
            check(*arguments)
            passed += 1
            print(f"ok    {name}", flush=True)
        except Exception as problem:
            failed += 1
            print(f"FAIL  {name}: {type(problem).__name__}: {problem}", flush=True)
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
