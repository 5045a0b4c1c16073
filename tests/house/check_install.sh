#!/usr/bin/env bash
# Installs the library into build/, then builds and runs a project that finds it, by CMake and by pkg-config, with each
# compiler that is there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
prefix=$PWD/build/installed
rm -rf "$prefix"
cmake --install build --prefix "$prefix" >/dev/null
export PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name dolab.pc)")
read -ra flags <<<"$(pkg-config --cflags --libs dolab)"
for compiler in g++ clang++-14; do
  command -v "$compiler" >/dev/null || continue
  consumer=$PWD/build/consumer/$compiler
  rm -rf "$consumer"
  cmake -S tests/house/consumer -B "$consumer" -G Ninja -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_CXX_COMPILER="$compiler" \
    -DCMAKE_CXX_FLAGS="-Wall -Wextra -Werror" >/dev/null
  cmake --build "$consumer" >/dev/null
  echo "$compiler: $("$consumer/consumer")"
  "$compiler" -std=c++20 tests/house/consumer/main.cpp "${flags[@]}" -o "$consumer/by-pkg-config"
  "$consumer/by-pkg-config"
done
"$prefix/bin/dolab" --version
