#!/usr/bin/env bash
# The house checks, each one a test.
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
passed=0 failed=0
for check in "python3 tests/house/check_arrows.py" "python3 tests/house/check_top_level.py" \
  "tests/house/check_format.sh" "tests/house/check_tidy.sh" "tests/house/check_install.sh"; do
  if $check; then
    echo "ok    $check" && passed=$((passed + 1))
  else
    echo "FAIL  $check" && failed=$((failed + 1))
  fi
done
echo "$passed passed, $failed failed"
[[ $failed -eq 0 ]]
