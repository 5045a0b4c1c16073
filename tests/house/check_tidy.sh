#!/usr/bin/env bash
# clang-tidy on the sources that the last commits changed (from TIDY_BASE, by default the commit before), or on --all.
# The set of all takes a quarter of an hour on two cores, so a change pays for itself only; at most 24 files.
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
git() { command git -c safe.directory='*' "$@"; }
if [[ ${1:-} == --all ]]; then
  files=$(git ls-files 'native/*.cpp')
else
  base=${TIDY_BASE:-HEAD~1}
  git rev-parse --quiet --verify "$base" >/dev/null || base=$(git hash-object -t tree /dev/null)
  files=$(git diff --name-only --diff-filter=d "$base" -- 'native/*.cpp' | head -n 24)
fi
[[ -n $files ]] || exit 0
# The commands of single files, which a build that compiles them together does not have.
cmake -S . -B build/tidy -G Ninja -DCMAKE_BUILD_TYPE=Release >/dev/null
xargs -P "$(nproc)" -n 1 clang-tidy --quiet -p build/tidy <<<"$files" 2> >(grep -v 'warnings\? generated' >&2)
