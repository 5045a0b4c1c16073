"""Checks that the tracked top level is exactly what the house plan says, dot-files aside, and what no file may say."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = {"native", "wasm", "web", "examples", "tests"}
FILES = {"CMakeLists.txt", "package.json", "README.md", "LICENSE"}
FORBIDDEN = [
    ("", re.compile(r"\bTO" r"DO\b|\bFIX" r"ME\b"), "open end"),
    ("", re.compile(r"(?<![\w.])/(?:wo" r"rk|home/\w+|ro" r"ot)/"), "path of one machine"),
    ("native/", re.compile(r"std::\w+_distribution\b"), "random numbers of the standard library differ by platform"),
]


def tracked():
    git = ["git", "-c", "safe.directory=*", "ls-files", "-z"]
    out = subprocess.run(git, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [name for name in out.split("\0") if name]


def complaints():
    names = tracked()
    top = {name.split("/")[0] for name in names}
    for name in sorted(top - ROOMS - FILES):
        if not name.startswith("."):
            yield f"{name} does not belong at the top level"
    for name in sorted(FILES | {"native", "examples", "tests"} - top):
        if not (ROOT / name).exists():
            yield f"{name} is missing at the top level"
    for name in names:
        path = ROOT / name
        if path.suffix in {".json", ".csv", ".gz"} or not path.is_file():
            continue
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            for folder, pattern, why in FORBIDDEN:
                if name.startswith(folder) and pattern.search(line):
                    yield f"{name}:{number}: {why}: {line.strip()[:80]}"


def main():
    found = list(complaints())
    print("\n".join(found) or "the top level is as planned")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
