"""Compiles every source of native/ but the kernels of x86 instruction sets with the distribution's Emscripten.

    python3 tests/house/check_emscripten.py

Objects go to build/emscripten; one whose sources did not change is not compiled again.
"""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "build/emscripten"
HEADERS = ["CLI", "boost", "eigen3", "httplib.h", "nlohmann", "zlib.h", "zconf.h", "zstd.h", "zstd_errors.h"]  # not all of /usr/include
FLAGS = ["-std=c++20", "-O0", "-Wall", "-Wextra", "-Werror", "-fexceptions", "-pthread", "-msimd128", "-ffp-contract=off",
         "-DDOLAB_VERSION=\"check\"", "-Inative", "-Inative/include", f"-isystem{OUT}/host", f"-isystem{OUT}/host/eigen3"]


def sources():
    for path in sorted((ROOT / "native").rglob("*.cpp")):
        if not path.name.startswith(("kernels_sse", "kernels_avx")):
            yield path.relative_to(ROOT)


def up_to_date(target):
    depends = target.with_suffix(".d")
    if not target.exists() or not depends.exists():
        return False
    names = depends.read_text().replace("\\\n", " ").split(":", 1)[1].split()
    return all((ROOT / name).exists() and (ROOT / name).stat().st_mtime < target.stat().st_mtime for name in names)


def compile_one(source):
    target = OUT / source.with_suffix(".o")
    if up_to_date(target):
        return True
    target.parent.mkdir(parents=True, exist_ok=True)
    command = ["em++", *FLAGS, "-MMD", "-c", str(source), "-o", str(target)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        target.unlink(missing_ok=True)
        print(f"{source}\n{done.stderr[:3000]}", flush=True)
    return done.returncode == 0


def main():
    (OUT / "host").mkdir(parents=True, exist_ok=True)
    for name in HEADERS:
        link = OUT / "host" / name
        if not link.is_symlink():
            link.symlink_to(f"/usr/include/{name}")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(compile_one, sources()))
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    sys.exit(not all(results))


if __name__ == "__main__":
    main()
