#!/usr/bin/env bash
# Checks the layout of every C++ file; with --fix, mends it.
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
mode=(--dry-run -Werror)
[[ ${1:-} == --fix ]] && mode=(-i)
find native tests \( -name '*.cpp' -o -name '*.hpp' -o -name '*.inl' \) -print0 |
  xargs -0 -P "$(nproc)" -n 20 clang-format "${mode[@]}"
