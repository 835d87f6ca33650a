#!/usr/bin/env bash
# Each printed replay line, pasted, reproduces its failure: a hundred mutants, spread over all chapters, a hundred times.
set -uo pipefail
lawful=$1 wanted=${REPLAYS:-100}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# name and rule of mutants whose rule is judged from runs, every second one
sed -nE 's/^\| `([a-z0-9-]+)` \| .* \| \[([A-Z-]+)\]\([^)]*\) \| [0-9]+ \| [0-9]+ \|.*$/\1 \2/p' "$(dirname "$0")/../mutants/KILLS.md" | awk 'NR % 2' >"$work/mutants"
replayed=0
failures=0
while read -r mutant rule && [ "$replayed" -lt "$wanted" ]; do
  "$lawful" check "mutant:$mutant" --rules "$rule" >"$work/first" 2>&1
  line=$(sed -nE "s/^  Replay: [^ ]* (check .* --rules $rule .*)$/\1/p" "$work/first" | head -n 1)
  if [ -z "$line" ]; then
    echo "FAILED: mutant:$mutant prints no replay line for $rule"
    failures=$((failures + 1))
    continue
  fi
  eval "\"$lawful\" $line" >"$work/again" 2>&1
  status=$?
  if [ "$status" -ne 1 ] || ! grep -q "violates $rule" "$work/again"; then
    echo "FAILED: exit status $status of: lawful $line"
    failures=$((failures + 1))
  fi
  replayed=$((replayed + 1))
done <"$work/mutants"
echo "$replayed replay lines pasted, $failures of them did not reproduce"
[ "$replayed" -eq "$wanted" ] && [ "$failures" -eq 0 ]
