"""Simulates a logistic regression: 100,000 rows, 50 standard normal columns x1 ... x50, outcome y.

    python3 generate.py [DIRECTORY]       writes train.csv there, by default beside this file

The coefficient of x_j is 0.5 cos(j), the intercept -0.5. Prints the true effect of one more unit of x1: the mean over
the rows of the change in P(y = 1).
"""

import json
import math
import random
import sys
from pathlib import Path

ROWS, COLUMNS, INTERCEPT = 100_000, 50, -0.5
COEFFICIENTS = [0.5 * math.cos(j) for j in range(1, COLUMNS + 1)]


def sigmoid(t):
    return 1 / (1 + math.exp(-t))


def main():
    directory = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    rng = random.Random(42)
    effect = 0.0
    with open(directory / "train.csv", "w") as file:
        file.write(",".join([*(f"x{j}" for j in range(1, COLUMNS + 1)), "y"]) + "\n")
        for _ in range(ROWS):
            x = [round(rng.gauss(0, 1), 3) for _ in range(COLUMNS)]
            logit = INTERCEPT + sum(map(float.__mul__, COEFFICIENTS, x))
            y = int(rng.random() < sigmoid(logit))
            effect += sigmoid(logit + COEFFICIENTS[0]) - sigmoid(logit)
            file.write(",".join(map(str, x)) + f",{y}\n")
    print(json.dumps({"rows": ROWS, "true_effect": round(effect / ROWS, 8)}))


if __name__ == "__main__":
    main()
