#!/usr/bin/env bash
# CPython 3.13's own asyncio runs freshly generated programs, by its driver: the deterministic scheduler agrees in full, and no rule is
# violated by what CPython did. SEED chooses the programs (1), PROGRAMS how many (4,000, half of them with ties).
set -euo pipefail
lawful=$1 python=$2 driver=$3 seed=${SEED:-1} programs=${PROGRAMS:-4000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
{ "$lawful" generate --programs $((programs / 2)) --seed "$seed"
  "$lawful" generate --programs $((programs / 2)) --seed "$seed" --ties; } >"$work/programs"
"$python" "$driver" --record <"$work/programs" >"$work/recorded"
"$lawful" agree deterministic "$work/recorded" | tail -n 40
# Programs that CPython cannot run (a ring of awaits, cancelled) are no runs to judge.
grep -v '"status":"unsupported"' "$work/recorded" >"$work/runs"
status=0
"$lawful" judge "$work/runs" >"$work/verdicts" || status=$?
if [ "$status" -ne 0 ]; then
  cat "$work/verdicts"
  echo "a rule is violated by what CPython did"
  exit 1
fi
# As a driver it says hello, and then answers line by line.
printf '{"main":[{"op":"sleep","ticks":2}]}\nnonsense\n' | "$python" "$driver" >"$work/driven"
sed -n 1p "$work/driven" | grep -q '"lawful": 1' || { echo "the driver did not say hello"; exit 1; }
sed -n 2p "$work/driven" | grep -q '"end":2' || { echo "the driver did not run the program"; exit 1; }
sed -n 3p "$work/driven" | grep -q '"status":"error"' || { echo "the driver did not refuse nonsense"; exit 1; }
