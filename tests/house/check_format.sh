#!/usr/bin/env bash
# Names the C++ files whose layout is not clang-format's; with --fix, mends them.
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
each() { find native tests \( -name '*.cpp' -o -name '*.hpp' -o -name '*.inl' \) -print0 | xargs -0 -P "$(nproc)" -n 20 "$@"; }
if [[ ${1:-} == --fix ]]; then
  each clang-format -i
else
  wrong=$(each clang-format --dry-run 2>&1 | grep -o '^[^ :]*:[0-9]*:[0-9]*: warning' | cut -d: -f1 | sort -u)
  [[ -z $wrong ]] || { echo "$wrong" && echo "tests/house/check_format.sh --fix mends these files" && exit 1; }
fi
