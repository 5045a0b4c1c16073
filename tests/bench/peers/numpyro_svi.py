#!/usr/bin/env python3
"""SVI steps per second of the logistic regression in NumPyro, float64. usage: numpyro_svi.py MODEL.py DATA.csv STEPS STEP_SIZE [BATCH]"""

import importlib.util
import json
import sys
import time

import jax
import jax.numpy as jnp
import numpy as np
import pyarrow.csv

jax.config.update("jax_enable_x64", True)
from numpyro.infer import SVI, Trace_ELBO
from numpyro.infer.autoguide import AutoNormal
from numpyro.optim import Adam

BLOCKS = 5


def main():
    model_path, data_path, steps, step_size = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
    spec = importlib.util.spec_from_file_location("bench_model", model_path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    table = pyarrow.csv.read_csv(data_path)
    y = jnp.asarray(table.column("y").to_numpy())
    X = jnp.asarray(np.column_stack([table.column(n).to_numpy() for n in table.column_names if n != "y"]))
    batch = int(sys.argv[5]) if len(sys.argv) > 5 else None

    guide = AutoNormal(module.model)
    svi = SVI(module.model, guide, Adam(step_size), Trace_ELBO(), batch=batch)
    state = svi.init(jax.random.PRNGKey(0), X, y)
    per_block = max(1, steps // BLOCKS)
    block = jax.jit(lambda s, X, y: jax.lax.scan(lambda s, _: svi.update(s, X, y), s, None, length=per_block))
    block = block.lower(state, X, y).compile()
    times = []
    for _ in range(BLOCKS):
        start = time.perf_counter()
        state, losses = jax.block_until_ready(block(state, X, y))
        times.append((time.perf_counter() - start) / per_block)
    params = svi.get_params(state)
    sites = {k: np.ravel(params[f"{k}_auto_loc"]).tolist() for k in ("a", "w")}
    print(
        json.dumps(
            dict(
                steps_per_second=1 / sorted(times)[BLOCKS // 2],
                best=1 / min(times),
                loss=float(losses[-1]),
                sites=sites,
            )
        )
    )


main()
