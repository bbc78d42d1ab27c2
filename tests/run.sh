#!/usr/bin/env bash
# Runs tests one after the other; ends with one plain line, `N passed, N failed`.
#
# A test is a program: a cmocka binary, or anything that prints `ok - …` and `not ok - …` lines
# (`ok - … # SKIP why` for what this machine cannot do). A program that dies or ends badly
# without having said what failed counts as one failure. Output is shown only of what failed;
# -v shows it all. WRAP="valgrind …" runs each under something; LIMIT is seconds for each.
set -u
verbose=
[ "${1:-}" = -v ] && { verbose=1; shift; }
passed=0 failed=0 skipped=0
log=$(mktemp) bad=$(mktemp)
trap 'rm -f "$log" "$bad"' EXIT
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:abort_on_error=0:strict_string_checks=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
export PYTHONDONTWRITEBYTECODE=1

count() { grep -cE "$1" "$log"; }

for program in "$@"; do
    began=$SECONDS
    # shellcheck disable=SC2086 # WRAP is a command line
    timeout -k 5 "${LIMIT:-1200}" ${WRAP:-} "$program" </dev/null >"$log" 2>&1
    status=$?
    p=$(count '^(ok |\[       OK)') f=$(count '^(not ok |\[  FAILED  \] [^0-9])')
    s=$(count '^ok .*# SKIP')
    if [ "$status" -ne 0 ] && [ "$f" -eq 0 ]; then
        f=1
        [ "$status" -eq 124 ] && echo "no end after ${LIMIT:-1200} s" >>"$log"
        echo "ended with status $status" >>"$log"
    elif [ "$status" -eq 0 ] && [ $((p + f)) -eq 0 ]; then
        f=1
        echo "tested nothing" >>"$log"
    fi
    passed=$((passed + p - s)) failed=$((failed + f)) skipped=$((skipped + s))
    took=$((SECONDS - began))
    word=ok
    [ "$f" -eq 0 ] || { word=FAILED; echo "${program##*tests/}" >>"$bad"; }
    note=$p
    [ "$took" -lt 2 ] || note="$p, $took s"
    printf '  %-6s %s (%s)\n' "$word" "${program##*tests/}" "$note"
    if [ -n "$verbose" ] || [ "$f" -ne 0 ]; then sed 's/^/         /' "$log"
    elif [ "$s" -ne 0 ]; then grep -E '^ok .*# SKIP' "$log" | sed 's/^ok - /         left out: /'; fi
done
if [ "$failed" -ne 0 ]; then
    echo "failed: $(paste -sd' ' "$bad")"
fi
[ "$skipped" -eq 0 ] || echo "left out: $skipped, this machine cannot do them"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
