"""Simulates the confounder network with known coefficients: train.csv (1,000 rows) and literal.csv (100 rows).

    python3 generate.py [DIRECTORY]

C ~ Exponential(1), X ~ Poisson(1), Z = exp(-1 + 0.5 C - 1.5 X + noise * Normal(0, 1)),
Y ~ Bernoulli(sigmoid(-2 + 5 C + 0.1 Z)). The noise is 1 in train.csv and 10 in literal.csv.
Prints the true contrast of each table: the mean over its rows of P(Y = 1 | do(Z = 0)) - P(Y = 1 | do(Z = the row's own)),
with every other quantity of the row as it is.
"""

import csv
import json
import math
import random
import sys
from pathlib import Path


def sigmoid(t):
    return 1 / (1 + math.exp(-t)) if t > -700 else 0.0


def poisson(rng, rate):
    count, product = 0, rng.random()
    while product > math.exp(-rate):
        count += 1
        product *= rng.random()
    return count


def probability(c, z):
    return sigmoid(-2 + 5 * c + 0.1 * z)


def simulate(rows, noise, seed):
    """The table, rounded as it is written, so that the truth belongs to the written numbers."""
    rng = random.Random(seed)
    table = []
    for _ in range(rows):
        c = float(f"{-math.log(1 - rng.random()):.6f}")
        x = poisson(rng, 1)
        z = float(f"{math.exp(-1 + 0.5 * c - 1.5 * x + noise * rng.gauss(0, 1)):.6g}")
        y = int(rng.random() < probability(c, z))
        table.append({"x": x, "c": c, "z": z, "y": y})
    return table


def true_contrast(table):
    return sum(probability(r["c"], 0) - probability(r["c"], r["z"]) for r in table) / len(table)


def main():
    directory = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    for name, rows, noise in [("train", 1000, 1), ("literal", 100, 10)]:
        table = simulate(rows, noise, seed=42)
        with open(directory / f"{name}.csv", "w", newline="") as file:
            writer = csv.DictWriter(file, ["x", "c", "z", "y"], lineterminator="\n")
            writer.writeheader()
            writer.writerows(table)
        print(json.dumps({"table": f"{name}.csv", "rows": rows, "true_contrast": round(true_contrast(table), 8)}))


if __name__ == "__main__":
    main()
