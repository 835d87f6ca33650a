#!/usr/bin/env bash
# No rule may be violated by what CPython's asyncio itself did: recorded runs, judged.
set -euo pipefail
lawful=$1 corpus=$2
for file in "$corpus"/asyncio-*.jsonl; do
  status=0
  out=$("$lawful" judge "$file") || status=$?
  if [ "$status" -ne 0 ] || grep -q '^    violates' <<<"$out"; then
    printf '%s\n' "$out"
    echo "judging $file ended with $status"
    exit 1
  fi
done
echo "no rule is violated by the recorded runs"
