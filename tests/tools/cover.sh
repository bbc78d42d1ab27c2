#!/usr/bin/env bash
# cover.sh BUILDDIR - runs the unit and simulation tests built there, then sums up what they reached.
set -eu
build=$1
find "$build" -name '*.gcda' -delete
find "$build/tests" -type f -executable -print0 | sort -z | xargs -0 tests/run.sh
gcovr --root . --object-directory "$build" --filter src/ --exclude-throw-branches \
    --print-summary --sort-uncovered --html-details "$build/index.html" --txt "$build/summary.txt" \
    2>/dev/null || gcovr --root . --filter src/ --print-summary "$build"
sed -n '/^File/,$p' "$build/summary.txt" 2>/dev/null | cut -c1-100 || true
echo "each line: $build/index.html"
