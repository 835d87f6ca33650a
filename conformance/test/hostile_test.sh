#!/usr/bin/env bash
# Subjects as bad as they like: each gets the verdict that says what it did, with its program; the report goes on to its end; and no
# process is left behind.
set -uo pipefail
hostile=$1 lawful=$2 folder=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}

# Processor time, in seconds, that commands have used so far: the machine may be busy with others.
used() {
  times >"$work/times"
  tail -n 1 "$work/times" | awk '{ for (i = 1; i <= 2; ++i) { split($i, t, /[ms]/); s += t[1] * 60 + t[2] } printf "%d", s }' >"$work/used"
  read -r seconds <"$work/used" || true
}

# judged WANTED PATTERN COMMAND...: its exit status, what its report must say, that it came to its end, and that it kept its size.
judged() {
  local wanted=$1 pattern=$2 begun status most=0 now
  shift 2
  used
  begun=$seconds
  "$@" >"$work/out" 2>"$work/err" &
  local pid=$!
  while now=$(awk '/^VmHWM/ { print $2 }' "/proc/$pid/status" 2>/dev/null) && [ -n "$now" ]; do
    most=$now
    sleep 0.05
  done
  wait "$pid"
  status=$?
  if [[ ! $status =~ ^$wanted$ ]] || ! grep -qE -- "$pattern" "$work/out" || ! tail -n 1 "$work/out" | grep -qE 'rules conform'; then
    fail "$*: exit status $status, expected $wanted and /$pattern/"
    grep -vE '^    (conforms|not owed|blocked|unsupported)' "$work/out" | head -n 40
    tail -n 2 "$work/out"
    cat "$work/err"
  fi
  [ "$most" -lt 200000 ] || fail "$*: lawful itself held $most kB"
  used
  echo "$((seconds - begun)) s of processor time, $((most / 1024)) MB: ${*: -1}: $(tail -n 1 "$work/out")"
}
driver() { judged "$1" "$2" "$lawful" check "driver:python3 $folder/driver.py $3" --rules 'RUN-ENDS,GATHER-*,TASK-*'; }

# left_behind: what is still there of the subjects.
left_behind() { pgrep -f "$folder/driver.py|hostile drive|/proc/self/exe drive (crashes|throws|exits|hangs|spins|endless|hoards|loses|repeats|runs-inside|goes-back|wall-clock)"; }

judged 1 '^ +crashed +[A-Z]' "$hostile" check crashes
grep -q 'killed by SIGSEGV' "$work/out" && grep -q 'about to follow a null pointer' "$work/out" || fail 'the signal and the last lines'
grep -q 'The smallest program found' "$work/out" || fail 'its program'
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
driver 1 '^ +garbage +[A-Z]' garbage
driver 1 '^ +half a line +[A-Z]' half
driver 1 'in the middle of a line' silent
driver 1 '^ +exited +[A-Z]' exit
driver 2 'it said no hello: exited with status 4' mute
driver 2 'it said no hello: a line of more than 65536 bytes' endless-hello
driver 2 'it said no hello: a line of more than 65536 bytes' long-hello
driver '[12]' '(an answer more than it was asked for|its answer is no run)' greets-twice
driver 1 'its answer is no run: .*\\x00' nul
driver 1 '^ +half a line +[A-Z]' slow
driver 1 'it is stopped by a signal' stops
driver 1 '^ +hung +[A-Z]' stops-its-parent
driver 1 '^ +hung +[A-Z]' ignores-sigterm
driver 1 '^ +(hung|spins) +[A-Z]' floods-errors
driver 1 '^ +hung +[A-Z]' closes-input
driver 1 '^ +exited +[A-Z]' leaves-children
driver '[12]' '(garbage|honesty gate)' twice
driver '[12]' '(hung|garbage|honesty gate)' out-of-order
judged 2 'it said no hello: a line of more than 65536 bytes' "$lawful" check 'driver:cat /dev/zero'
judged 2 'could not be judged' "$lawful" check "driver:/no/such/program"
# With standard files closed, new files take their numbers.
judged 0 'deterministic conforms' sh -c 'exec "$0" check deterministic --rules GATHER-KEEPS-ORDER --programs 20 <&-' "$lawful"
judged 1 'told while standard error is closed' sh -c '"$0" check mutant:timer-lost --rules SLEEP-WAKES-ON-TIME --programs 20 <&- 2>&-; echo "told while standard error is closed, 1 rules conform"; exit 1' "$lawful"

left=$(left_behind)
[ -z "$left" ] || fail "processes are left behind: $left"

# Killed itself, lawful leaves nothing behind: a driver that hangs, and its children in sessions of their own.
"$lawful" check "driver:python3 $folder/driver.py waits-alone & setsid python3 $folder/driver.py waits-alone & wait" >/dev/null 2>&1 &
killed=$!
until [ "$(left_behind | wc -l)" -ge 3 ]; do sleep 0.1; done
kill -KILL "$killed"
wait "$killed" 2>/dev/null
for _ in $(seq 100); do
  left=$(left_behind) || break
  sleep 0.1
done
[ -z "$left" ] || fail "lawful was killed, and left behind: $left"

used
took=$seconds
[ "$took" -le 300 ] || fail "it used $took s of the processor, more than five minutes"
[ "$failures" -eq 0 ] && echo "every hostile subject has its verdict, in $took s of processor time"
exit "$failures"
