"""NUTS on the reference posteriors: fits each through the program and holds its summary against 10,000 reference draws.

    python3 tests/posteriors/check_posteriors.py [NAME ...]

Gates for every scalar: R-hat < 1.01, bulk and tail ESS > 400; mean within 4 joint Monte-Carlo errors and 0.1 reference
sd; sd within 4 joint Monte-Carlo errors and 10 %. Divergences: at most 0.2 % of the draws.
One fixed seed, no second try. The references are read at DOLAB_REFERENCE_DIR.
"""

import json
import math
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("DOLAB", ROOT / "build/bin/dolab")
OUT = ROOT / "build/tests/posteriors"
REFERENCE = Path(os.environ.get("DOLAB_REFERENCE_DIR", ROOT / "../shared/data")) / "posteriordb"
NAMES = ["eight_schools-eight_schools_noncentered", "arK-arK", "kidiq-kidscore_momhsiq",
         "kidiq_with_mom_work-kidscore_mom_work", "nes1996-nes", "sblri-blr", "mesquite-logmesquite_logvash",
         "earnings-logearn_interaction_z", "gp_pois_regr-gp_pois_regr", "low_dim_gauss_mix-low_dim_gauss_mix",
         "hmm_example-hmm_example", "bball_drive_event_0-hmm_drive_0", "garch-garch11", "kilpisjarvi_mod-kilpisjarvi"]
CHAINS, SEED = 4, 20251


def dolab(*arguments):
    done = subprocess.run([PROGRAM, *map(str, arguments), "--json"], cwd=ROOT, capture_output=True, text=True, timeout=600)
    if done.returncode:
        raise AssertionError(f"exit code {done.returncode}: {done.stderr.strip() or done.stdout.strip()}")
    return json.loads(done.stdout)


def flat(value):
    return [x for part in value for x in flat(part)] if isinstance(value, list) else [value]


def complaints_about(name, site, reference):
    """What is wrong with one site, scalar by scalar."""
    columns = {key: flat(site[key]) for key in ("mean", "sd", "mcse_mean", "ess_bulk", "ess_tail", "r_hat")}
    wanted = {key: flat(reference[key]) for key in ("mean", "sd", "mcse_mean", "ess_bulk")}
    if len(columns["mean"]) != len(wanted["mean"]):
        yield f"{name} has {len(columns['mean'])} entries, the reference {len(wanted['mean'])}"
        return
    for i, (mean, sd) in enumerate(zip(columns["mean"], columns["sd"])):
        ess_bulk, ess_tail, r_hat = columns["ess_bulk"][i], columns["ess_tail"][i], columns["r_hat"][i]
        error = abs(mean - wanted["mean"][i])
        joint = math.hypot(columns["mcse_mean"][i], wanted["mcse_mean"][i])
        sd_error = abs(sd - wanted["sd"][i])
        joint_sd = math.hypot(sd / math.sqrt(2 * min(ess_bulk, ess_tail)), wanted["sd"][i] / math.sqrt(2 * wanted["ess_bulk"][i]))
        if not r_hat < 1.01:
            yield f"{name}[{i}]: R-hat {r_hat:.4f}"
        if not min(ess_bulk, ess_tail) > 400:
            yield f"{name}[{i}]: ESS {ess_bulk:.0f} / {ess_tail:.0f}"
        if not (error < 4 * joint and error < 0.1 * wanted["sd"][i]):
            yield f"{name}[{i}]: mean {mean:.6g}, reference {wanted['mean'][i]:.6g}, {error / joint:.1f} MCSE"
        if not (sd_error < 4 * joint_sd and sd_error < 0.1 * wanted["sd"][i]):
            yield f"{name}[{i}]: sd {sd:.6g}, reference {wanted['sd'][i]:.6g}, {sd_error / joint_sd:.1f} MCSE"


def run(name):
    draws = 4000 if "kilpisjarvi" in name else 2000
    store = OUT / f"{name}.zarr"
    base = REFERENCE / name
    dolab("fit", f"{base}.py", "--data", f"{base}.data.json", "--method", "nuts", "--chains", CHAINS, "--warmup", 1000,
          "--draws", draws, "--seed", SEED, "--out", store, "--overwrite")
    summary = dolab("summary", store)
    reference = json.loads(Path(f"{base}.reference.json").read_text())["parameters"]
    complaints = [c for site in reference for c in complaints_about(site, summary["sites"][site], reference[site])]
    divergences = summary["sampler"]["divergences"]
    if divergences > 0.002 * CHAINS * draws:
        complaints.append(f"{divergences} divergences")
    assert not complaints, "; ".join(complaints)


def main():
    if not REFERENCE.is_dir():
        print("SKIPPED: no reference posteriors at DOLAB_REFERENCE_DIR\n0 passed, 0 failed")
        return
    OUT.mkdir(parents=True, exist_ok=True)
    passed = failed = 0
    for name in NAMES:
        if len(sys.argv) > 1 and not any(part in name for part in sys.argv[1:]):
            continue
        start = time.monotonic()
        try:
            run(name)
            passed += 1
            print(f"ok    {name} ({time.monotonic() - start:.1f} s)", flush=True)
        except Exception as problem:
            failed += 1
            print(f"FAIL  {name}: {type(problem).__name__}: {problem}", flush=True)
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
