#!/usr/bin/env bash
# `make install`, `uninstall` and `dist`: everything in its place, nobody's configuration touched.
set -u
cd "$(dirname "$0")/../.." || exit 1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
bad=0
root=$dir/root

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
# The binary under test is installed as it is: nothing is built here.
install_into() { make -s -o "$MIDWATCH" "$1" DESTDIR="$root" PREFIX=/usr BIN="$MIDWATCH" >/dev/null; }

places() {
    install_into install || return 1
    local f
    for f in usr/bin/midwatch usr/lib/systemd/system/midwatch.service usr/lib/sysusers.d/midwatch.conf \
        usr/lib/tmpfiles.d/midwatch.conf etc/midwatch/midwatch.yaml.example; do
        [ -e "$root/$f" ] || { echo "missing: $f"; return 1; }
    done
    [ "$(stat -c %a "$root/usr/bin/midwatch")" = 755 ] &&
        grep -q '^ExecStart=/usr/bin/midwatch run -c /etc/midwatch/midwatch.yaml$' \
            "$root/usr/lib/systemd/system/midwatch.service" &&
        "$root/usr/bin/midwatch" version
}
keeps() {
    echo "mine: true" >"$root/etc/midwatch/midwatch.yaml"
    install_into install && [ "$(cat "$root/etc/midwatch/midwatch.yaml")" = "mine: true" ]
}
example_is_good() { "$root/usr/bin/midwatch" check -c "$root/etc/midwatch/midwatch.yaml.example"; }
removes() {
    install_into uninstall || return 1
    [ "$(find "$root" -type f)" = "$root/etc/midwatch/midwatch.yaml" ] || { find "$root" -type f; return 1; }
}
same_twice() {
    [ -e .git ] || return 0
    make -s dist | tee "$dir/1" && sleep 1.1 && make -s dist >"$dir/2" && cmp "$dir/1" "$dir/2"
}

MIDWATCH=${MIDWATCH:-$PWD/build/midwatch}
tell "install__every_file_in_its_place" places
tell "install__existing_configuration__is_not_touched" keeps
tell "installed_example__check__is_good" example_is_good
tell "uninstall__only_the_configuration_stays" removes
tell "dist__made_twice__same_bytes" same_twice
exit $bad
