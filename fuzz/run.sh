#!/usr/bin/env bash
# Builds the fuzz targets and runs each for a while: fuzz/run.sh SECONDS [TARGET…]. `./lawful fuzz` calls it, when all it needs is installed.
# One line for each target on standard output; 0 nothing was found, 1 something was, 2 it could not be done.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$root/build/fuzz
say() { printf 'lawful: %s\n' "$*" >&2; }
usage() {
  say "fuzz for how long? $1: ./lawful fuzz SECONDS [TARGET…]; the targets are program, record, notation and known, and judge, which is" \
      "not run unless it is named"
  exit 2
}

[ "$#" -ge 1 ] || usage "give the seconds for each target"
seconds=$1
shift
[[ "$seconds" =~ ^[1-9][0-9]*$ ]] || usage "\"$seconds\" is no number of seconds"
targets=("$@")
[ "$#" -gt 0 ] || targets=(program record notation known)
for target in "${targets[@]}"; do
  case $target in
    program | record | notation | known | judge) ;;
    *) usage "there is no target \"$target\"" ;;
  esac
done

compiler=
for candidate in clang++-19 clang++ clang++-18 clang++-17 clang++-16 clang++-15 clang++-14; do
  command -v "$candidate" >/dev/null || continue
  # The compiler alone does not do: libFuzzer comes with its runtime.
  if echo 'extern "C" int LLVMFuzzerTestOneInput(const char*, unsigned long) { return 0; }' |
     "$candidate" -x c++ -fsanitize=fuzzer,address,undefined -o /dev/null - 2>/dev/null; then
    compiler=$candidate
    break
  fi
done
if [ -z "$compiler" ]; then
  say "fuzzing needs clang with libFuzzer, and there is none: on Debian, apt-get install clang-19 libclang-rt-19-dev"
  exit 2
fi

# The working directory is the sources': replay lines are as short as they can be, and hold from there.
cd "$root"
mkdir -p build
log=$build.log
say "building the fuzz targets with $compiler; this takes some minutes the first time"
if ! { cmake --preset fuzz -DCMAKE_CXX_COMPILER="$compiler" && cmake --build --preset fuzz; } >"$log" 2>&1; then
  tail -n 40 "$log" >&2
  say "the build failed; the whole log is $log"
  exit 2
fi
work=build/fuzz/work
mkdir -p "$work/findings"
"build/fuzz/bin/fuzz_seeds" "$work/seeds" . || exit 2

status=0
for target in "${targets[@]}"; do
  program=build/fuzz/bin/fuzz_$target
  log=$work/$target.log
  found=$work/findings/$target
  mkdir -p "$work/corpus/$target" "$found"
  # What is new in a run is kept in the corpus, for the next one. A busy machine is no finding: an input may take a minute.
  ended=0
  UBSAN_OPTIONS=print_stacktrace=1 "$program" -max_total_time="$seconds" -timeout=60 -rss_limit_mb=2048 -max_len=16384 -print_final_stats=1 \
    -dict="$work/seeds/$target.dict" -artifact_prefix="$found/" "$work/corpus/$target" "$work/seeds/$target" >"$log" 2>&1 || ended=$?
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -n 1)
  if [ "$ended" -eq 0 ]; then
    printf '%-9s %s inputs in %s s, nothing found\n' "$target" "${runs:-?}" "$seconds"
    continue
  fi
  input=$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)
  if [ -n "$input" ]; then
    # What is wrong, and the innermost places of our own.
    printf '%-9s FOUND %s\n' "$target" "$(sed -n 's/^SUMMARY: //p; s/^NOT SO: //p' "$log" | head -n 1)"
    sed -nE "s#^ *\#[0-9]+ .* $root/([^ ]*:[0-9]+).*#\1#p" "$log" | head -n 4 | while read -r place; do printf '%-9s at %s\n' "" "$place"; done
    printf '%-9s replay: %s %s\n' "" "$program" "$input"
    [ "$status" -eq 2 ] || status=1
  else
    tail -n 20 "$log" >&2
    printf '%-9s could not be run: it ended with %s, see %s\n' "$target" "$ended" "$log"
    status=2
  fi
done
exit "$status"
