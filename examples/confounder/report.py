"""Prints the effect of the confounder example beside the truth and the naive estimate.

    python3 report.py CONFOUNDER.json NAIVE.json       (what `dolab run --json` printed)

Ends with 1 if the truth is more than three posterior standard deviations away.
"""

import json
import sys
from pathlib import Path


def line(name, ate):
    interval = f"[{ate['hdi_low']:.4f}, {ate['hdi_high']:.4f}]"
    return f"  {name:<30}{ate['mean']:>9.4f}{ate['sd']:>9.4f}   {interval:<20}{ate['p_direction']:>11.3f}"


def main():
    adjusted, naive = (json.loads(Path(path).read_text()) for path in sys.argv[1:3])
    expected = json.loads((Path(__file__).parent / "expected.json").read_text())
    truth = expected["data"]["train.csv"]["true_contrast"]
    effect = adjusted["effects"][0]
    print(f"\nEffect on {effect['outcome']}: {effect['intervention']} - {effect['baseline']}, {effect['rows']} rows\n")
    print(f"  {'':<30}{'mean':>9}{'sd':>9}   {'94% HDI':<20}{'P(direction)':>11}")
    print(f"  {'true value (simulation)':<30}{truth:>9.4f}")
    print(line("adjusted for c (dolab)", effect["ate"]))
    print(line("naive, c ignored", naive["effects"][0]["ate"]))
    distance = abs(effect["ate"]["mean"] - truth) / effect["ate"]["sd"]
    for warning in adjusted["warnings"]:
        print(f"\n  warning {warning['code']}: {warning['message']}")
    print(f"\nThe truth is {distance:.1f} posterior sd from the adjusted mean.")
    if not distance <= 3:
        sys.exit("The effect misses the truth by more than 3 posterior sd.")


if __name__ == "__main__":
    main()
