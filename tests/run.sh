#!/usr/bin/env bash
# Runs cmocka programs one after the other; ends with one plain line.
set -u
passed=0 failed=0
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:abort_on_error=0} UBSAN_OPTIONS=print_stacktrace=1
for program in "$@"; do
    out=$("$program" 2>&1)
    status=$?
    p=$(grep -c '^\[       OK' <<<"$out")
    f=$(grep -c '^\[  FAILED  \] [^0-9]' <<<"$out")
    if [ "$status" -ne 0 ]; then
        printf '%s\n' "$out"
        [ "$f" -gt 0 ] || f=1
    fi
    printf '  %-6s %s (%d)\n' "$([ "$status" -eq 0 ] && echo ok || echo FAILED)" "${program##*/tests/}" "$p"
    passed=$((passed + p)) failed=$((failed + f))
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
