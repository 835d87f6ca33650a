#!/usr/bin/env bash
# Installs lawful from the build folder $1 beneath $2, and builds and tests the consumer with it there.
set -euo pipefail
build=$1 work=$2
source=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
rm -rf "$work"
cmake --install "$build" --prefix "$work/prefix" >/dev/null
# The test case that a report prints, for the consumer to paste.
{ "$work/prefix/bin/lawful" check mutant:gather-in-completion-order --rules GATHER-KEEPS-ORDER || true; } |
  sed -nE '/^  As a test:$/,/^    \}$/p' | sed -E '1d; s/^    //' | sed "s|\./lawful|$work/prefix/bin/lawful|" >"$work/pasted"
cmake -S "$source" -B "$work/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH="$work/prefix" -DPASTED="$work/pasted"
cmake --build "$work/build"
ctest --test-dir "$work/build" -j 2 --no-tests=error --output-on-failure >"$work/ctest" || { tail -n 60 "$work/ctest"; exit 1; }
grep 'tests passed' "$work/ctest"
# The program has every verb, and the installed one is there too, with its drivers.
"$work/build/my_pool" check --rules GATHER-KEEPS-ORDER | grep 'my_pool conforms: 1 of 1'
"$work/prefix/bin/lawful" check "driver:$work/build/my_pool drive my_pool" --rules 'RESULT-*' | grep 'conforms'
"$work/prefix/bin/lawful" check "driver:python3 $work/prefix/share/lawful/drivers/asyncio_driver.py" --rules GATHER-KEEPS-ORDER | grep 'conforms'
# What docs/plug-in.md prints, taken at its word: the header and the CMakeLists.txt.
block() { awk -v kind="$1" '$0 == "```" kind && !seen { inside = 1; seen = 1; next } /^```$/ { inside = 0 } inside' "$source/../../docs/plug-in.md"; }
mkdir -p "$work/guide"
block cpp >"$work/guide/my_pool.hpp"
block cmake >"$work/guide/CMakeLists.txt"
cmake -S "$work/guide" -B "$work/guide/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH="$work/prefix"
cmake --build "$work/guide/build"
"$work/guide/build/my_pool" check | tail -n 1 | grep -Fx 'my_pool conforms: 216 of 252 rules conform, 36 not owed'

# Pasted, the test fails for the reason that the report gave.
if "$work/build/pasted" >"$work/said"; then
  echo 'the pasted test does not fail'
  exit 1
fi
grep 'place 0 holds 2, which is not the result of "a"' "$work/said"
