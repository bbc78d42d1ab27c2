#!/usr/bin/env bash
# documents.sh [--check] MIDWATCH - writes anew every document that is generated from the tables;
# with --check it only names those that are not what the tables say now.
set -eu
check=
[ "$1" = --check ] && { check=1; shift; }
stale=0
while read -r name path; do
    fresh=$(mktemp)
    "$1" documents "$name" >"$fresh"
    if cmp -s "$fresh" "$path"; then
        rm "$fresh"
    elif [ -n "$check" ]; then
        rm "$fresh"
        echo "$path:1: is not what the tables say now: run \`make documents\`"
        stale=1
    else
        install -Dm644 "$fresh" "$path" && rm "$fresh"
        echo "  wrote  $path"
    fi
done <<'END'
example          conf/midwatch.yaml
schema           conf/midwatch.schema.json
reference        docs/configuration.md
midwatch.yaml.5  docs/midwatch.yaml.5
midwatch.1       docs/midwatch.1
completion.bash  conf/completion/midwatch.bash
completion.zsh   conf/completion/_midwatch
END
exit $stale
