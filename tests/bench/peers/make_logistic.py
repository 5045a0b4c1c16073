#!/usr/bin/env python3
"""Table of a logistic regression as CSV, three decimals a cell. usage: make_logistic.py OUT.csv ROWS COLUMNS SEED"""

import json
import os
import sys

import numpy as np
import pyarrow as pa
import pyarrow.csv


def main():
    out, rows, columns, seed = sys.argv[1], *map(int, sys.argv[2:])
    unfinished = out + ".part"
    with open(unfinished, "w") as f:
        f.write(",".join(["y"] + [f"x{j}" for j in range(columns)]) + "\n")
    rng = np.random.default_rng(seed)
    w = 0.3 * rng.normal(size=columns)
    schema = pa.schema([("y", pa.int8())] + [(f"x{j}", pa.float64()) for j in range(columns)])
    with open(unfinished, "ab") as f, pa.csv.CSVWriter(
        f, schema, write_options=pa.csv.WriteOptions(include_header=False)
    ) as writer:
        for first in range(0, rows, 50_000):
            X = np.round(rng.normal(size=(min(50_000, rows - first), columns)), 3)
            y = (rng.random(len(X)) < 1 / (1 + np.exp(-X @ w))).astype(np.int8)
            writer.write(pa.RecordBatch.from_arrays([pa.array(y)] + [pa.array(c) for c in X.T.copy()], schema=schema))
    os.replace(unfinished, out)
    print(json.dumps(dict(rows=rows)))


main()
