"""Checks the arrows between the rooms: a room includes only rooms on floors below it."""

import re
import sys
from pathlib import Path

NATIVE = Path(__file__).resolve().parents[2] / "native"
FLOORS = ["base", "tensor io", "prob", "model nn", "infer lang", "causal sbi", "impact bgm ssm", "experiment", "cli"]
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms.split()}
# Only experiment joins the language to the rest; io knows base alone; the command line joins nothing itself.
ONLY = {"io": {"base"}, "lang": {"base", "tensor", "prob", "model"}}
NOT = {room: {"lang"} for room in ("causal", "sbi", "impact", "bgm", "ssm", "cli")}


def allowed(room, target):
    if target in (room, "dolab"):
        return True
    if room == "dolab" or target not in FLOOR:  # public headers include each other and nothing else
        return False
    return target in ONLY.get(room, FLOOR) and target not in NOT.get(room, ()) and FLOOR[target] < FLOOR[room]


def arrows():
    for path in sorted([*NATIVE.rglob("*.[ch]pp"), *NATIVE.rglob("*.inl")]):
        room = path.relative_to(NATIVE).parts[0].replace("include", "dolab")
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if found := re.match(r'\s*#\s*include\s*"([^"]+)"', line):
                target = found[1].split("/")[0] if "/" in found[1] else room
                yield room, target, f"{path.relative_to(NATIVE.parent)}:{number}: {room} may not include {found[1]}"


def main():
    checked = list(arrows())
    wrong = [text for room, target, text in checked if not allowed(room, target)]
    print("\n".join(wrong) or f"{len(checked)} includes follow the arrows")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
