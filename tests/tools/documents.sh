#!/usr/bin/env bash
# documents.sh PROGRAM - writes anew every document that is generated from the tables.
set -eu
"$1" | while read -r name; do
    mkdir -p "$(dirname "$name")"
    "$1" "$name" >"$name.new"
    if cmp -s "$name.new" "$name"; then
        rm "$name.new"
    else
        mv "$name.new" "$name"
        echo "  wrote  $name"
    fi
done
