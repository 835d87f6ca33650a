#!/usr/bin/env bash
# Subjects as bad as they like: each gets the verdict that says what it did, with its program; the report goes on to its end; and no
# process is left behind.
set -uo pipefail
hostile=$1 lawful=$2 folder=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
began=$SECONDS

# judged WANTED PATTERN COMMAND...: its exit status, what its report must say, and that it came to its end.
judged() {
  local wanted=$1 pattern=$2 start=$SECONDS
  shift 2
  timeout 100 "$@" >"$work/out" 2>"$work/err"
  local status=$?
  if [ "$status" -ne "$wanted" ] || ! grep -qE -- "$pattern" "$work/out" || ! tail -n 1 "$work/out" | grep -qE 'rules conform'; then
    echo "FAILED: $*: exit status $status, expected $wanted and /$pattern/"
    grep -vE '^    (conforms|not owed|blocked|unsupported)' "$work/out" | head -n 40
    tail -n 2 "$work/out"
    cat "$work/err"
    failures=$((failures + 1))
  fi
  echo "$((SECONDS - start)) s: ${*: -1}: $(tail -n 1 "$work/out")"
}

judged 1 '^ +crashed +[A-Z]' "$hostile" check crashes
grep -q 'killed by SIGSEGV' "$work/out" && grep -q 'about to follow a null pointer' "$work/out" || { echo 'FAILED: the signal and the last lines'; failures=$((failures + 1)); }
grep -q 'The smallest program found' "$work/out" || { echo 'FAILED: its program'; failures=$((failures + 1)); }
judged 1 'killed by SIGABRT' "$hostile" check throws
judged 1 'exited with status 3' "$hostile" check exits
judged 1 '^ +hung +[A-Z]' "$hostile" check hangs
judged 1 '^ +spins +[A-Z]' "$hostile" check spins
judged 1 '^ +endless time +[A-Z]' "$hostile" check endless
judged 1 '^ +out of memory +[A-Z]' "$hostile" check hoards
judged 1 '^ +job lost +[A-Z]' "$hostile" check loses
judged 1 '^ +job run twice +[A-Z]' "$hostile" check repeats
judged 1 '^ +job run inside +[A-Z]' "$hostile" check runs-inside
judged 1 'violates CLOCK-NEVER-GOES-BACK' "$hostile" check goes-back
judged 2 'honesty gate: is its clock the suite' "$hostile" check wall-clock
judged 1 '^ +garbage +[A-Z]' "$lawful" check "driver:python3 $folder/driver.py garbage"
judged 1 '^ +half a line +[A-Z]' "$lawful" check "driver:python3 $folder/driver.py half"
judged 1 'in the middle of a line' "$lawful" check "driver:python3 $folder/driver.py silent"
judged 1 '^ +exited +[A-Z]' "$lawful" check "driver:python3 $folder/driver.py exit"
judged 2 'it said no hello: exited with status 4' "$lawful" check "driver:python3 $folder/driver.py mute"
judged 2 'could not be judged' "$lawful" check "driver:/no/such/program"

left=$(pgrep -f "$folder/driver.py|hostile drive|/proc/self/exe drive (crashes|throws|exits|hangs|spins|endless|hoards|loses|repeats|runs-inside|goes-back|wall-clock)" || true)
[ -z "$left" ] || { echo "FAILED: processes are left behind: $left"; failures=$((failures + 1)); }
took=$((SECONDS - began))
[ "$took" -le 180 ] || { echo "FAILED: it took $took s, more than three minutes"; failures=$((failures + 1)); }
[ "$failures" -eq 0 ] && echo "every hostile subject has its verdict, in $took s"
exit "$failures"
