#!/usr/bin/env bash
# The service file: systemd understands it, and it locks the daemon in well.
set -u
cd "$(dirname "$0")/../.." || exit 1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

tell() {
    local name=$1 out
    shift
    if out=$("$@" 2>&1); then echo "ok - $name"
    else
        echo "not ok - $name"
        tail -n 20 <<<"$out"
        bad=1
    fi
}
skip() { echo "ok - $1 # SKIP $2"; }
bad=0

verified() {
    sed -E "s#^(ExecStart|ExecReload)=[^ ]*#\\1=$(command -v true)#" systemd/midwatch.service >"$dir/midwatch.service"
    local words
    words=$(systemd-analyze verify --man=no "$dir/midwatch.service" 2>&1) || { echo "$words"; return 1; }
    [ -z "$words" ] || { echo "$words"; return 1; }
}
scored() { systemd-analyze security --offline=true --threshold=15 systemd/midwatch.service; }
looser_is_noticed() {
    grep -vE '^(SystemCallFilter|CapabilityBoundingSet)' systemd/midwatch.service >"$dir/loose.service"
    ! systemd-analyze security --offline=true --threshold=15 "$dir/loose.service"
}
sysusers() { systemd-sysusers --root="$dir" --dry-run "$PWD/systemd/sysusers.d/midwatch.conf"; }

if ! command -v systemd-analyze >/dev/null; then
    skip "the service file" "no systemd-analyze"
    exit 0
fi
tell "service__systemd_reads_it__without_a_word" verified
tell "service__exposure__at_most_1.5" scored
tell "service__without_its_filters__scores_too_high" looser_is_noticed
tell "sysusers__systemd_reads_it__without_a_word" sysusers
exit $bad
