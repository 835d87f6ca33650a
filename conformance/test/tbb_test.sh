#!/usr/bin/env bash
# Every recorded program on 1, 2 and 8 threads, REPEATS times (2): each line is answered, and no rule is violated by any answer.
set -euo pipefail
lawful=$1 corpus=$2 repeats=${REPEATS:-2}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for file in "$corpus"/asyncio-*.jsonl; do
  # The program of {"id":…,"program":P,"run":…}: what stands between the two keys.
  sed -E 's/^\{"id":"[^"]*","program":(.*),"run":\{"status".*$/\1/' "$file"
done >"$work/programs"
lines=$(wc -l <"$work/programs")
for threads in 1 2 8; do
  for ((i = 0; i < repeats; ++i)); do
    "$lawful" run "tbb:$threads" <"$work/programs" >"$work/runs"
    [ "$(wc -l <"$work/runs")" -eq "$lines" ] || { echo "tbb:$threads did not answer every line"; exit 1; }
    paste -d '\n' "$work/programs" "$work/runs" | sed -E 'N; s/^(.*)\n(.*)$/{"program":\1,"run":\2}/' >"$work/pairs"
    status=0
    "$lawful" judge --parallel "$work/pairs" >"$work/verdicts" || status=$?
    if [ "$status" -ne 0 ]; then
      cat "$work/verdicts"
      echo "tbb:$threads violates a rule on a recorded program"
      exit 1
    fi
  done
done
echo "$lines programs, $repeats times on 1, 2 and 8 threads: no rule is violated"
