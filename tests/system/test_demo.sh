#!/usr/bin/env bash
# `make demo` tells its story to the end.
set -u
cd "$(dirname "$0")/../.." || exit 1
if out=$(PACE=0.2 python3 tests/tools/demo.py "${MIDWATCH:-build/midwatch}" 2>&1); then
    echo "ok - demo__the_whole_story__ends_well"
else
    echo "not ok - demo__the_whole_story__ends_well"
    echo "$out"
    exit 1
fi
