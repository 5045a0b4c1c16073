"""Runs every suite, shows what each prints, adds up, and ends with "N passed, N failed".

    python3 tests/run_suites.py [SUITE ...]

Suites: house, native, models, cli, posteriors, examples, store, wasm (the npm package), wasm-native (the tests of native
in WebAssembly, both builds), web (the lab's own), browser (package and lab in Chromium, and every door); when named, or with --ci, also sanitizers (address and undefined behaviour); when named, threads (the
thread sanitizer). A suite that ends badly without saying how many tests failed counts as one failure.
"""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ON_REQUEST = {"sanitizers", "threads"}
OWN = re.compile(r"^(\d+) passed, (\d+) failed$")
CATCH_GOOD = re.compile(r"All tests passed \(.*?(\d+) test cases?\)")
CATCH_BAD = re.compile(r"^test cases:.*?(?:(\d+) passed)?(?: \|\s*)?(\d+) failed")
UNITTEST = re.compile(r"^Ran (\d+) tests? in")
NODE = re.compile(r"^# (pass|fail|cancelled) (\d+)$")
VITEST = re.compile(r"^ +Tests +(?:(\d+) failed \| )?(?:(\d+) passed)?")
PLAYWRIGHT = re.compile(r"^ {2}(\d+) (passed|failed|interrupted|did not run)\b")
UNITTEST_BAD = re.compile(r"^FAILED \((.*)\)")


def suites():
    python = sys.executable
    yield "house", ["bash", "tests/house/run.sh"]
    yield "native", ["build/bin/dolab_tests"]
    yield "models", [python, "tests/models/check_models.py"]
    for path in sorted((ROOT / "tests/cli").glob("test_*.py")):
        yield "cli", [python, str(path.relative_to(ROOT))]
    yield "posteriors", [python, "tests/posteriors/check_posteriors.py"]
    yield "examples", [python, "tests/examples/check_examples.py"]
    yield "store", ["build/venv-store/bin/python", "tests/store/run_checks.py"]
    yield "sanitizers", ["bash", "tests/sanitize.sh", "ON"]
    yield "threads", ["bash", "tests/sanitize.sh", "thread"]
    make = "node wasm/build.mjs --werror"
    yield "wasm", ["bash", "-c", f"{make} && node --test --test-reporter=tap tests/wasm/test_*.mjs"]
    for build in ["tests-single", "tests-threads"]:
        program = f"node --no-experimental-fetch build/wasm/{build}/dolab-tests.js --use-colour no"
        yield "wasm-native", ["bash", "-c", f"{make} {build} && {program}"]
    yield "web", ["bash", "-c", "cd web && npm run --silent lint && npm run --silent build && npm test --silent"]
    yield "browser", ["npm", "run", "--silent", "--prefix", "web", "e2e"]
    yield "browser", ["node", "tests/parity/doors.mjs"]


class Count:
    def __init__(self):
        self.passed = self.failed = 0

    def read(self, line):
        """Counts what a line reports; True if it is a suite's closing line."""
        if found := OWN.match(line):
            self.passed, self.failed = self.passed + int(found[1]), self.failed + int(found[2])
        elif found := CATCH_GOOD.search(line):
            self.passed += int(found[1])
        elif found := CATCH_BAD.match(line):
            self.passed, self.failed = self.passed + int(found[1] or 0), self.failed + int(found[2])
        elif found := UNITTEST.match(line):
            self.passed += int(found[1])
        elif found := UNITTEST_BAD.match(line):
            bad = sum(map(int, re.findall(r"(?:failures|errors)=(\d+)", found[1])))
            self.passed, self.failed = self.passed - bad, self.failed + bad
        elif found := NODE.match(line):
            passed = found[1] == "pass"
            self.passed, self.failed = self.passed + int(found[2]) * passed, self.failed + int(found[2]) * (not passed)
        elif found := VITEST.match(line):
            self.passed, self.failed = self.passed + int(found[2] or 0), self.failed + int(found[1] or 0)
        elif found := PLAYWRIGHT.match(line):
            passed = found[2] == "passed"
            self.passed, self.failed = self.passed + int(found[1]) * passed, self.failed + int(found[1]) * (not passed)
        else:
            return False
        return bool(OWN.match(line))


def run(command):
    count = Count()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                               errors="replace", env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1"})
    for line in process.stdout:
        if not count.read(line.rstrip("\n")):
            print(f"  {line}", end="", flush=True)
    if process.wait() and not count.failed:
        count.failed = 1
        print(f"  ended with exit code {process.returncode}", flush=True)
    if not count.failed and not count.passed:
        print("  no tests ran", flush=True)
    return count


def main():
    names = {suite for suite, _ in suites()}
    asked = set(sys.argv[1:]) or names - ON_REQUEST
    wanted = names - {"threads"} if asked == {"--ci"} else asked
    if wanted - names - {"cli"}:
        sys.exit(f"unknown suite: {', '.join(sorted(wanted - names))}; there are {', '.join(sorted(names))}")
    passed = failed = 0
    for suite, command in suites():
        if suite not in wanted:
            continue
        print(f"{suite}: {' '.join(command)}", flush=True)
        start = time.monotonic()
        count = run(command)
        passed, failed = passed + count.passed, failed + count.failed
        print(f"{suite}: {count.passed} passed, {count.failed} failed, {time.monotonic() - start:.0f} s\n", flush=True)
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0 or passed == 0)


if __name__ == "__main__":
    main()
