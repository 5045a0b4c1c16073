"""Simulates a housing table shaped like the California census blocks: 20,640 rows, 8 columns and the price.

    python3 generate.py [DIRECTORY]       writes train.csv there, by default beside this file

Units: MedInc $10,000, HouseAge decades, Population thousands, Latitude and Longitude degrees from 36 N, 120 W. The price is linear in the columns with the coefficients below plus Normal(0, 0.7), so the true effect of one more
unit of MedInc is its coefficient. No real data are used.
"""

import csv
import math
import random
import sys
from pathlib import Path

ROWS = 20640
COEFFICIENTS = {"MedInc": 0.43, "HouseAge": 0.1, "AveRooms": -0.1, "AveBedrms": 0.6, "Population": -0.02,
                "AveOccup": -0.05, "Latitude": -0.05, "Longitude": -0.03}
INTERCEPT, NOISE = 0.3, 0.7
CENTRES = [(0.45, -2.0, 1.8, 0.5), (0.3, 1.7, -2.1, 0.5), (0.25, 1.0, -0.3, 1.2)]  # share, place, spread


def row(rng):
    income = min(15.0, max(0.5, rng.lognormvariate(1.24, 0.46)))
    choice = rng.random()
    for share, latitude, longitude, spread in CENTRES:
        choice -= share
        if choice < 0:
            break
    values = {
        "MedInc": income,
        "HouseAge": rng.randint(1, 52) / 10,
        "AveRooms": rng.lognormvariate(math.log(4.2 + 0.3 * income), 0.2),
        "AveBedrms": rng.lognormvariate(0.07, 0.1),
        "Population": max(3, round(rng.lognormvariate(7.05, 0.75))) / 1000,
        "AveOccup": rng.lognormvariate(1.03, 0.25),
        "Latitude": min(5.95, max(-3.46, rng.gauss(latitude, spread))),
        "Longitude": min(5.69, max(-4.35, rng.gauss(longitude, spread))),
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
