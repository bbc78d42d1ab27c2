#!/usr/bin/env bash
# cover.sh BUILDDIR - runs the tests with what was built there, then sums up what they reached.
# (The system tests count where a daemon or command ends by itself; a killed one leaves no trace.)
set -u
build=$1
find "$build" -name '*.gcda' -delete
mapfile -t programs < <(find "$build/tests" -type f -executable | sort)
MIDWATCH=$PWD/$build/midwatch tests/run.sh "${programs[@]}" tests/system/test_*.py | grep -vE '^  ok'
gcovr --root . --object-directory "$build" --filter 'src/' --exclude-throw-branches \
    --exclude-unreachable-branches --gcov-ignore-parse-errors \
    --html-details "$build/index.html" --csv "$build/files.csv" --print-summary "$build" |
    grep -E '^(lines|functions|branches)'
echo "by room (lines, branches):"
awk -F, 'NR > 1 { split($1, p, "/"); l[p[2]] += $2; lh[p[2]] += $3; b[p[2]] += $5; bh[p[2]] += $6 }
    END { for (r in l) printf "  %-9s %5.1f %%  %5.1f %%\n", r, 100 * lh[r] / l[r], b[r] ? 100 * bh[r] / b[r] : 100 }' \
    "$build/files.csv" | sort
echo "each line: $build/index.html"
