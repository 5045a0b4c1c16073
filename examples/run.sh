#!/usr/bin/env bash
# From a bare Debian 12 to a causal effect: installs what is missing, builds dolab, runs the confounder example and
# prints its effect with the true value and the naive estimate beside it. Fails if the effect misses the truth.
source "$(dirname "${BASH_SOURCE[0]}")/../.ci/setup.sh"
install_missing "${build_needs[@]}"
build dolab_program

mkdir -p build/examples
for name in confounder naive; do
  echo "build/bin/dolab run examples/confounder/$name.dolab.json --out build/examples/$name.zarr --overwrite"
  build/bin/dolab run "examples/confounder/$name.dolab.json" --out "build/examples/$name.zarr" --overwrite --json \
    >"build/examples/$name.json"
done
python3 examples/confounder/report.py build/examples/confounder.json build/examples/naive.json
