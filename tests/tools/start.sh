#!/usr/bin/env bash
# start.sh BINARY - `make run`: the daemon on conf/quickstart.yaml until Ctrl-C.
# URL=https://… watches that address, HOOK=https://… sends the pages there.
set -eu
config=conf/quickstart${HOOK:+-hook}.yaml
"$1" check -c "$config" >/dev/null 2>&1 || { "$1" check -c "$config"; exit 1; }
echo "midwatch runs on $config; Ctrl-C stops it. In another terminal:"
echo "  $1 -c $config status"
exec "$1" run -c "$config"
