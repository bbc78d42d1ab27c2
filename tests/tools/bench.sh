#!/usr/bin/env bash
# bench.sh PROGRAM… - every benchmark, then the daemon as a whole; figures beside their targets.
set -u
worst=0
for program in "$@" tests/bench/*.py; do
    echo "== ${program##*/}"
    "$program" || worst=1
done
exit $worst
