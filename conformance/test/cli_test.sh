#!/usr/bin/env bash
# Every verb, and bad input to each: a clear message, the right exit status, nothing else lost.
set -uo pipefail
lawful=$1 corpus=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

# expect STATUS PATTERN WHAT: the last command's status, and what its output or message must match.
expect() {
  local wanted=$1 pattern=$2 what=$3
  if [ "$status" -ne "$wanted" ] || ! grep -qE -- "$pattern" "$work/out" "$work/err"; then
    echo "FAILED: $what: exit status $status, expected $wanted and /$pattern/"
    head -c 600 "$work/out"
    head -c 600 "$work/err"
    failures=$((failures + 1))
  fi
}
run() { "$lawful" "$@" >"$work/out" 2>"$work/err"; status=$?; }

run check deterministic --rules GATHER-KEEPS-ORDER --programs 20; expect 0 'deterministic conforms: 1 of 1' 'check of one rule'
run check deterministic --rules 'GATHER-*,RESULT-*' --programs 5 --json "$work/report.json"; expect 0 'conforms' 'check of patterns'
grep -q '"rule":"GATHER-KEEPS-ORDER"' "$work/report.json" || { echo 'FAILED: no JSON report'; failures=$((failures + 1)); }
run check mutant:gather-in-completion-order --rules GATHER-KEEPS-ORDER; expect 1 'violates GATHER-KEEPS-ORDER' 'a mutant is caught'
# The replay line replays.
replay=$(sed -n 's/^  Replay: [^ ]* //p' "$work/out")
eval "\"$lawful\" $replay" >"$work/out" 2>"$work/err"; status=$?; expect 1 'violates GATHER-KEEPS-ORDER' 'the replay line'
RC_PARAMS='seed=42 max_success=7' "$lawful" check deterministic --rules GATHER-OF-NOTHING-IS-DONE >"$work/out" 2>"$work/err"; status=$?
expect 0 'seed 42' 'RC_PARAMS'
run check nobody; expect 2 'there is no subject "nobody".*' 'an unknown subject'
grep -q 'tbb:THREADS' "$work/err" || { echo 'FAILED: the list of subjects'; failures=$((failures + 1)); }
run check tbb:0; expect 2 'there is no subject "tbb:0"' 'no threads'
run check tbb:many; expect 2 'there is no subject' 'threads that are no number'
run check deterministic --rules 'NO-SUCH-*'; expect 2 'no rule matches' 'a pattern that matches nothing'
run check deterministic --programs 0; expect 2 'would judge nothing' 'zero programs'
run check deterministic --program '{"main":7}'; expect 2 'line 1, column 9, \$\.main' 'a program that is none'

# The report in every form; what cannot be written is told before anything is judged.
run check mutant:gather-in-completion-order deterministic --rules 'GATHER-KEEPS-ORDER,DEADLOCK-IS-TOLD,CURRENT-*' --html "$work/r.html" --junit "$work/r.xml" \
  --badge "$work/r.svg" --trace "$work/r.trace"
expect 1 'What a lawful run does instead' 'the reports'
grep -q '<svg' "$work/r.html" || { echo 'FAILED: no timeline in the page'; failures=$((failures + 1)); }
grep -q '1 violated' "$work/r.svg" || { echo 'FAILED: the badge'; failures=$((failures + 1)); }
if command -v python3 >/dev/null; then
  python3 - "$work" <<'EOF' || { echo 'FAILED: a report is not what it should be'; failures=$((failures + 1)); }
import html.parser, json, sys, xml.dom.minidom as dom
work = sys.argv[1]
suites = dom.parse(work + '/r.xml').getElementsByTagName('testsuite')
assert [(s.getAttribute('tests'), s.getAttribute('failures'), s.getAttribute('skipped')) for s in suites] == [('3', '1', '2'), ('3', '0', '0')], [s.toxml()[:200] for s in suites]
assert 'GATHER-KEEPS-ORDER' in suites[0].getElementsByTagName('failure')[0].firstChild.data
dom.parse(work + '/r.svg')
events = json.load(open(work + '/r.trace'))['traceEvents']
depth = {}
for event in events:
    if event['ph'] in 'BE':
        key = event['pid'], event['tid']
        depth[key] = depth.get(key, 0) + (1 if event['ph'] == 'B' else -1)
        assert depth[key] >= 0
assert depth and all(d == 0 for d in depth.values()) and any(e['name'] == 'violation' for e in events)
class Balanced(html.parser.HTMLParser):
    open = []
    def handle_starttag(self, tag, attributes):
        if tag not in ('meta', 'link'): self.open.append(tag)
    def handle_startendtag(self, tag, attributes): pass
    def handle_endtag(self, tag): assert self.open.pop() == tag, tag
page = Balanced()
page.feed(open(work + '/r.html').read())
assert not page.open, page.open
EOF
fi
run check deterministic --html "$work/no/such/folder.html"; expect 2 'cannot be written' 'a report that cannot be written'
grep -q $'\x1b' "$work/out" && { echo 'FAILED: colours where there is no terminal'; failures=$((failures + 1)); }
# Known deviations.
printf '[mutant:*]\nGATHER-KEEPS-ORDER: it is a mutant\n' >"$work/known"
run check mutant:gather-in-completion-order --rules GATHER-KEEPS-ORDER --known "$work/known" --json "$work/known.json"; expect 0 'conforms but for known deviations' 'a known deviation'
grep -q '"verdict":"known".*"known":"it is a mutant"' "$work/known.json" || { echo 'FAILED: the reason in JSON'; failures=$((failures + 1)); }
run check "driver:$(dirname "$0")/none" --json "$work/none.json"; expect 2 'it said no hello' 'a driver that is not there'
run check "driver:python3 $(dirname "$0")/hostile/driver.py garbage" --rules RUN-ENDS --json "$work/garbage.json"
expect 1 'garbage on RUN-ENDS' 'a driver that answers nonsense'
grep -q '"why":"its answer is no run' "$work/garbage.json" || { echo 'FAILED: the misdeed in JSON'; failures=$((failures + 1)); }
run check mutant:timer-lost --rules GATHER-KEEPS-ORDER --known "$work/known"; expect 1 'was declared to deviate from GATHER-KEEPS-ORDER, and conforms' 'an outdated declaration'
echo 'GATHER-KEEPS-ODER: typo' >"$work/typo"
run check deterministic --known "$work/typo"; expect 2 'typo, line 1: there is no rule "GATHER-KEEPS-ODER"' 'a declaration of no rule'
run check deterministic --known "$work/none"; expect 2 'none: No such file' 'no file of declarations'
# Drivers: every program of ours is one.
run check "driver:$lawful drive tbb:2" --rules GATHER-KEEPS-ORDER; expect 0 '^tbb:2 \(driver:.* drive tbb:2\): .*programs' 'a driver'
run check "driver:$lawful drive nobody" --rules GATHER-KEEPS-ORDER; expect 2 'it said no hello: exited with status 2.*' 'a driver that does not start'
grep -q 'there is no subject "nobody"' "$work/out" || { echo 'FAILED: the last lines of the driver'; failures=$((failures + 1)); }
run check deterministic --patience 0; expect 2 '' 'no patience'
"$lawful" drive deterministic <"$work/typo" >"$work/out" 2>"$work/err"; status=$?; expect 0 '"status":"error","message":"line 1' 'a driver answers nonsense'
echo '{"property":"DEADLOCK-IS-TOLD"}' | "$lawful" drive deterministic >"$work/out" 2>"$work/err"; status=$?; expect 2 'a property is asked for by' 'a property asked for wrongly'

run fly; expect 2 '' 'an unknown verb'
run rules; expect 0 'GATHER-KEEPS-ORDER' 'rules'
run rules --json; expect 0 '"rule":"GATHER-KEEPS-ORDER".*"checked_by":"runs"' 'rules as JSON'
run nightly deterministic --programs 20000; expect 0 '20000 of 20000 programs' 'nightly tells how far it is'
run nightly deterministic --programs 0; expect 2 'asks for nothing' 'nightly of nothing'
run mutants --only 'no-such-*'; expect 2 'no mutant matches' 'a pattern that matches no mutant'
run mutants --only gather-in-completion-order --verbose; expect 0 'GATHER-KEEPS-ORDER' 'one mutant'
run check deterministic --program '{"main":[{"op":"cancel_callback","callback":"c"}]}'; expect 2 '' 'a callback that is never scheduled'
for bad in '{"main":[{"op":"call_soon"}]}' '{"main":[{"op":"call_later","callback":"c"}]}' '{"main":[{"op":"call_soon","callback":"main"}]}' \
  '{"resources":{"b":{"kind":"lock"}},"main":[{"op":"reset","on":"b"}]}' '{"resources":{"q":{"kind":"queue"}},"main":[{"op":"shutdown","on":"q","immediate":1}]}' \
  '{"main":[{"op":"call_soon","callback":"c"},{"op":"call_soon","callback":"c"}]}' \
  '{"resources":{"l":{"kind":"lock"}},"main":[{"op":"cancel_callback","callback":"l"}]}'; do
  printf '%s\n' "$bad" | "$lawful" run deterministic >"$work/out" 2>"$work/err"; status=$?
  expect 2 '"status":"error","message":"line 1, column [0-9]*, \$' "refused: $bad"
done
run explain GATHER-KEEPS-ORDER; expect 0 'whatever the order of completion' 'explain'
run explain NO-SUCH-RULE; expect 2 'there is no rule' 'explain of nothing'
run generate --programs 5 --seed 3 --ties; expect 0 '"main"' 'generate'
"$lawful" generate --programs 50 --seed 3 | "$lawful" run tbb:2 >"$work/out" 2>"$work/err"; status=$?; expect 0 '"status":"finished"' 'generate | run'
[ "$(wc -l <"$work/out")" -eq 50 ] || { echo 'FAILED: one line out for each line in'; failures=$((failures + 1)); }

# Every refused line is answered with what is wrong and where, and the lines around it are answered too.
python=$(command -v python3 || true)
if [ -n "$python" ]; then
  "$python" -c 'import json,sys
for line in open(sys.argv[1]): print(json.loads(line)["line"])' "$corpus/refused.jsonl" >"$work/refused"
else
  sed -E 's/^\{"id":"[^"]*","line":"(.*)"\}$/\1/; s/\\(["\\])/\1/g' "$corpus/refused.jsonl" >"$work/refused"
fi
{ cat "$work/refused"; echo '{"main":[]}'; } | "$lawful" run deterministic >"$work/out" 2>"$work/err"; status=$?
expect 2 '"status":"finished"' 'the good line after the refused ones'
refused=$(wc -l <"$work/refused")
[ "$(grep -c '"status":"error","message":"line [0-9]*, column [0-9]*, \$' "$work/out")" -eq "$refused" ] ||
  { echo 'FAILED: a refused line was not answered with its place'; failures=$((failures + 1)); }

# Nesting 100,000 deep, in three ways; a line of 50 MB, bad and good; an empty file; a closed pipe; time beyond its end.
deep() { head -c "$1" /dev/zero | tr '\0' "$2"; }
{ printf '{"main":'; deep 100000 '['; echo; } | "$lawful" run deterministic >"$work/out" 2>"$work/err"; status=$?; expect 2 'this is not JSON' 'lists 100,000 deep'
{ printf '{"main":[{"op":"return","value":'; deep 100000 '['; deep 100000 ']'; printf '}]}\n'; } | "$lawful" run deterministic >"$work/out" 2>"$work/err"
status=$?; expect 2 'nested deeper than' 'values 100,000 deep'
{ printf '{"main":'; for ((i = 0; i < 100000; ++i)); do printf '[{"op":"timeout","ticks":1,"body":'; done; printf '[]'
  for ((i = 0; i < 100000; ++i)); do printf '}]'; done; echo '}'; } | "$lawful" run deterministic >"$work/out" 2>"$work/err"
status=$?; expect 2 'nested deeper than' 'statements 100,000 deep'
{ deep 50000000 x; echo; echo '{"main":[]}'; } | "$lawful" run deterministic >"$work/out" 2>"$work/err"; status=$?; expect 2 'finished' 'a line of 50 MB'
{ printf '{"main":[{"op":"return","value":"'; deep 50000000 x; printf '"}]}\n'; } | "$lawful" run deterministic >"$work/out" 2>"$work/err"
status=$?; expect 0 'finished' 'a program of 50 MB'
"$lawful" run deterministic </dev/null >"$work/out" 2>"$work/err"; status=$?; expect 2 'no program' 'an empty input'
: >"$work/empty"
run judge "$work/empty"; expect 2 'is empty' 'judging an empty file'
run agree deterministic "$work/empty"; expect 2 'is empty' 'agreeing with an empty file'
run judge "$work/none"; expect 2 'No such file' 'judging no file'
echo '{"main":[{"op":"sleep","ticks":9007199254740992},{"op":"sleep","ticks":1}]}' | "$lawful" run deterministic >"$work/out" 2>"$work/err"
status=$?; expect 2 'exceed 2\^53' 'time beyond its end'
{ "$lawful" generate --programs 100000 --seed 1; echo $? >"$work/closed"; } 2>"$work/err" | head -n 1 >"$work/out"
status=$(cat "$work/closed"); expect 2 'standard output was closed' 'a closed output pipe'

# Judging runs from anywhere.
printf '%s\n' '{"program":{"main":[{"op":"sleep","ticks":2}]},"run":{"status":"finished","end":2,"outcomes":{"main":{"ok":null}},"trace":[{"t":0,"task":"main","at":"","event":"start"},{"t":0,"task":"main","at":"0","event":"begin"},{"t":1,"task":"main","at":"0","event":"end","ok":null},{"t":1,"task":"main","at":"","event":"finish","ok":null}]}}' >"$work/pairs"
run judge "$work/pairs"; expect 1 'violates SLEEP-NEVER-WAKES-EARLY' 'judging a run from elsewhere'
sed 's/"at":"0","event":"begin"/"at":"7","event":"begin"/' "$work/pairs" >"$work/odd"
run judge "$work/odd"; expect 2 'has no statement "7"' 'a run of another program'
sed 's/"t":1/"t":2/g; s/^/{"id":"x",/; s/{"id":"x",{/{"id":"x",/' "$work/pairs" >"$work/good"
run agree deterministic "$work/good"; expect 0 '1 of 1 in full' 'agree'
sed 's/"end","ok":null/"end","ok":5/' "$work/good" >"$work/bad"
run agree deterministic "$work/bad"; expect 1 'recorded .*→ 5' 'the first difference'
run agree deterministic "$work/bad" --per-task; expect 1 '0 of 1 in full' 'agree --per-task'

[ "$failures" -eq 0 ] && echo 'every verb and every refusal as expected'
exit "$failures"
