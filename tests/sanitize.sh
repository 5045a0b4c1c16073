#!/usr/bin/env bash
# The unit tests under sanitizers, built by clang without a warning: tests/sanitize.sh [ON|thread] [CATCH2 ARGUMENTS]
# ON: address and undefined behaviour. Without further arguments the tests tagged [slow] are left out.
source "$(dirname "${BASH_SOURCE[0]}")/../.ci/setup.sh"
install_missing "${build_needs[@]}" "${sanitizer_needs[@]}" /usr/include/catch2/catch.hpp=catch2
kind=${1:-ON} folder=build/sanitize-${1:-ON}
[[ -e $folder/build.ninja ]] || configure "$folder" -DDOLAB_SANITIZE="$kind" -DCMAKE_CXX_COMPILER=clang++-14 \
  -DCMAKE_COMPILE_WARNING_AS_ERROR=ON
cmake --build "$folder" --parallel "$(nproc)" --target dolab_tests
shift || true
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 TSAN_OPTIONS=halt_on_error=1
exec "$folder/bin/dolab_tests" "${@:-~[slow]}"
