"""Simulates a housing table shaped like the California census blocks: 20,640 rows, 8 columns and the price.

    python3 generate.py [DIRECTORY]       writes train.csv there, by default beside this file

The price is linear in the columns with the coefficients below plus Normal(0, 0.7), so the true effect of one more
unit of MedInc is its coefficient. No real data are used.
"""

import csv
import math
import random
import sys
from pathlib import Path

ROWS = 20640
COEFFICIENTS = {"MedInc": 0.43, "HouseAge": 0.01, "AveRooms": -0.1, "AveBedrms": 0.6, "Population": -2e-5,
                "AveOccup": -0.05, "Latitude": -0.05, "Longitude": -0.03}
INTERCEPT, NOISE = -1.5, 0.7
CENTRES = [(0.45, 34.0, -118.2, 0.5), (0.3, 37.7, -122.1, 0.5), (0.25, 37.0, -120.3, 1.2)]  # share, place, spread


def row(rng):
    income = min(15.0, max(0.5, rng.lognormvariate(1.24, 0.46)))
    choice = rng.random()
    for share, latitude, longitude, spread in CENTRES:
        choice -= share
        if choice < 0:
            break
    values = {
        "MedInc": income,
        "HouseAge": rng.randint(1, 52),
        "AveRooms": rng.lognormvariate(math.log(4.2 + 0.3 * income), 0.2),
        "AveBedrms": rng.lognormvariate(0.07, 0.1),
        "Population": max(3, round(rng.lognormvariate(7.05, 0.75))),
        "AveOccup": rng.lognormvariate(1.03, 0.25),
        "Latitude": min(41.95, max(32.54, rng.gauss(latitude, spread))),
        "Longitude": min(-114.31, max(-124.35, rng.gauss(longitude, spread))),
    }
    values = {name: round(value, 4) for name, value in values.items()}
    mean = INTERCEPT + sum(COEFFICIENTS[name] * value for name, value in values.items())
    values["MedHouseVal"] = round(rng.gauss(mean, NOISE), 4)
    return values


def main():
    directory = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    rng = random.Random(42)
    with open(directory / "train.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, [*COEFFICIENTS, "MedHouseVal"], lineterminator="\n")
        writer.writeheader()
        writer.writerows(row(rng) for _ in range(ROWS))


if __name__ == "__main__":
    main()
