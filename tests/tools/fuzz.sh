#!/usr/bin/env bash
# fuzz.sh SECONDS NAME… - lets libFuzzer look for crashes, one driver after the other.
# New inputs stay under build/fuzz/corpus; a crash is kept there too and named.
set -u
seconds=$1
shift
worst=0
for name in "$@"; do
    found=build/fuzz/corpus/$name
    mkdir -p "$found" "tests/corpus/$name"
    printf '  fuzz   %s for %s s: ' "$name" "$seconds"
    if "build/fuzz/tests/fuzz/fuzz_$name" -max_total_time="$seconds" -max_len=8192 -timeout=5 \
        -rss_limit_mb=1024 -close_fd_mask=1 -artifact_prefix="$found/" -print_final_stats=1 \
        "$found" "tests/corpus/$name" 2>"$found/../$name.log"; then
        sed -n 's/^stat::number_of_executed_units: */nothing found in runs: /p' "$found/../$name.log"
    else
        worst=1
        echo "FOUND something:"
        grep -vE '^(#|INFO|stat)' "$found/../$name.log" | tail -n 40
    fi
done
exit $worst
