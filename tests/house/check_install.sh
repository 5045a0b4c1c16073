#!/usr/bin/env bash
# Installs the library into build/, then builds and runs a project that finds it, by CMake and by pkg-config.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
prefix=$PWD/build/installed consumer=$PWD/build/consumer
rm -rf "$prefix" "$consumer"
cmake --install build --prefix "$prefix" >/dev/null
cmake -S tests/house/consumer -B "$consumer" -G Ninja -DCMAKE_PREFIX_PATH="$prefix" >/dev/null
cmake --build "$consumer" >/dev/null
"$consumer/consumer"
export PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name dolab.pc)")
read -ra flags <<<"$(pkg-config --cflags --libs dolab)"
c++ -std=c++20 tests/house/consumer/main.cpp "${flags[@]}" -o "$consumer/by-pkg-config"
"$consumer/by-pkg-config"
"$prefix/bin/dolab" --version
