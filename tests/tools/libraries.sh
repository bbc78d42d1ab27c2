#!/bin/sh
# Is every library there that the build needs? Says in one line what to do when not.
missing=
for package in "$@"; do
    pkg-config --exists "$package" 2>/dev/null || missing="$missing $package"
done
[ -z "$missing" ] && exit 0
echo "missing:$missing - run: make deps" >&2
exit 1
