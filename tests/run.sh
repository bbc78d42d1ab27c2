#!/usr/bin/env bash
# Runs tests, JOBS at a time (default 2); ends with one plain line, `N passed, N failed`.
#
# A test is a program: a cmocka binary, or anything that prints `ok - …` and `not ok - …` lines
# (`ok - … # SKIP why` for what this machine cannot do). A program that dies or ends badly
# without having said what failed counts as one failure, and so does one that tested nothing.
# Output is shown only of what failed; -v shows it all. WRAP="valgrind …" runs each under
# something; LIMIT is the seconds each may take.
set -u
verbose=
[ "${1:-}" = -v ] && { verbose=1; shift; }
limit=${LIMIT:-1200}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'kill $(jobs -p) 2>/dev/null; exit 1' INT TERM HUP
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:abort_on_error=0:strict_string_checks=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
export PYTHONDONTWRITEBYTECODE=1

# Runs one program; leaves `passed failed skipped name` in $dir/N.sum and prints its line.
one() {
    local log=$dir/$1.log program=$2 name=${2##*tests/} began=$SECONDS status p f s took note shown
    # shellcheck disable=SC2086 # WRAP is a command line
    timeout -k 10 "$limit" ${WRAP:-} "$program" </dev/null >"$log" 2>&1
    status=$?
    p=$(grep -cE '^(ok |\[       OK)' "$log") f=$(grep -cE '^(not ok |\[  FAILED  \] [^0-9])' "$log")
    s=$(grep -cE '^ok .*# SKIP' "$log")
    if [ "$status" -ne 0 ] && [ "$f" -eq 0 ]; then
        f=1
        [ "$status" -ne 124 ] || echo "no end after $limit s" >>"$log"
        echo "ended with status $status" >>"$log"
    elif [ "$status" -eq 0 ] && [ $((p + f)) -eq 0 ]; then
        f=1
        echo "tested nothing" >>"$log"
    fi
    echo "$((p - s)) $f $s $name" >"$dir/$1.sum"
    took=$((SECONDS - began)) note=$p
    [ "$took" -lt 2 ] || note="$p, $took s"
    if [ -n "$verbose" ] || [ "$f" -ne 0 ]; then shown=$(sed 's/^/         /' "$log")
    else shown=$(sed -n 's/^ok - \(.*\)# SKIP/         left out: \1:/p' "$log"); fi
    printf '  %-6s %s (%s)\n%s' "$([ "$f" -eq 0 ] && echo ok || echo FAILED)" "$name" "$note" "${shown:+$shown
}"
}

n=0
for program in "$@"; do
    n=$((n + 1))
    while [ "$(jobs -rp | wc -l)" -ge "${JOBS:-2}" ]; do wait -n; done
    one "$n" "$program" &
done
wait

passed=0 failed=0 skipped=0 bad=
for sum in "$dir"/*.sum; do
    [ -e "$sum" ] || break
    read -r p f s name <"$sum"
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    [ "$f" -eq 0 ] || bad+=" $name"
done
[ -z "$bad" ] || echo "failed:$bad"
[ "$skipped" -eq 0 ] || echo "left out: $skipped, this machine cannot do them"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
