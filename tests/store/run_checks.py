"""Store compatibility: ours opened by Xarray, zarr-python and ArviZ, theirs read by ours.

    build/venv-store/bin/python tests/store/run_checks.py
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "build/tests/store"
HERE = Path(__file__).parent


def run(name, *command, **environment):
    done = subprocess.run(list(map(str, command)), cwd=ROOT, env={**os.environ, **environment}, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    print(f"{'FAIL ' if done.returncode else 'ok   '} {name}", flush=True)
    if done.returncode:
        print(done.stdout[-4000:], flush=True)
    return done.returncode == 0


def opened(path, *expected):
    return run(f"Xarray and ArviZ open {path.name}", sys.executable, HERE / "check_store.py", path, *expected)


def checks():
    """The sample that the native tests write, then what the commands write, then stores by others."""
    tests, program = ROOT / "build/bin/dolab_tests", os.environ.get("DOLAB", ROOT / "build/bin/dolab")
    yield run("native tests write a sample", tests, "a sample store for other readers", DOLAB_STORE_SAMPLE=str(OUT))
    for name in ("sample.zarr", "sample.zarr.zip"):
        yield opened(OUT / name, OUT / "expected.json")

    schools, confounder = ROOT / "examples/eight-schools", ROOT / "examples/confounder"
    for name in ("nuts.zarr", "nuts.zarr.zip"):
        yield run(f"fit writes {name}", program, "fit", schools / "model.py", "--data", schools / "schools.json",
                  "--method", "nuts", "--draws", 200, "--warmup", 300, "--out", OUT / name)
        yield opened(OUT / name)
    yield run("run writes run.zarr", program, "run", confounder / "confounder.dolab.json", "--out", OUT / "run.zarr")
    yield opened(OUT / "run.zarr")
    yield run("predict writes predict.zarr", program, "predict", OUT / "nuts.zarr", "--data", schools / "schools.json",
              "--out", OUT / "predict.zarr")
    yield opened(OUT / "predict.zarr")

    yield run("zarr-python and Xarray write stores", sys.executable, HERE / "write_foreign.py", OUT)
    yield run("native tests read them", tests, "[foreign]", DOLAB_STORE_FOREIGN=str(OUT))


def main():
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    results = list(checks())
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    sys.exit(not all(results))


if __name__ == "__main__":
    main()
