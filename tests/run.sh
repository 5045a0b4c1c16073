#!/usr/bin/env bash
# Installs what is missing, builds everything and runs every test. Ends with "N passed, N failed".
# --ci: warnings are errors, and the unit tests run under the address and undefined-behaviour sanitizers too, built by
# clang. Else the arguments name suites.
source "$(dirname "${BASH_SOURCE[0]}")/../.ci/setup.sh"
python3 -c 'import ensurepip, venv' 2>/dev/null && venv_needs=() || venv_needs=(no-venv=python3-venv)
install_missing "${build_needs[@]}" "${test_needs[@]}" "${emscripten_needs[@]}" "${browser_needs[@]}" "${venv_needs[@]}"
install_node
install_web
if [[ ${1:-} == --ci ]]; then
  install_missing "${sanitizer_needs[@]}"
  configure build -DCMAKE_COMPILE_WARNING_AS_ERROR=ON
fi
build

# Xarray, zarr-python and ArviZ, to open our stores from outside. Without them those tests fail and the others still run.
if ! cmp -s tests/store/requirements.txt build/venv-store/installed.txt; then
  python3 -m venv build/venv-store
  build/venv-store/bin/pip install --quiet -r tests/store/requirements.txt &&
    cp tests/store/requirements.txt build/venv-store/installed.txt || echo "the store tests lack their environment"
fi
exec python3 tests/run_suites.py "$@"
