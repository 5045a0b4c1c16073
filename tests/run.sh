#!/usr/bin/env bash
# Installs what is missing, builds everything and runs every test. Ends with "N passed, N failed".
source "$(dirname "${BASH_SOURCE[0]}")/../.ci/setup.sh"
python3 -c 'import ensurepip, venv' 2>/dev/null && venv_needs=() || venv_needs=(no-venv=python3-venv)
install_missing "${build_needs[@]}" "${test_needs[@]}" "${venv_needs[@]}"
build

# Xarray, zarr-python and ArviZ, to open our stores from outside. Without them those tests fail and the others still run.
if ! cmp -s tests/store/requirements.txt build/venv-store/installed.txt; then
  python3 -m venv build/venv-store
  build/venv-store/bin/pip install --quiet -r tests/store/requirements.txt &&
    cp tests/store/requirements.txt build/venv-store/installed.txt || echo "the store tests lack their environment"
fi
exec python3 tests/run_suites.py "$@"
