#!/bin/sh
# dist.sh VERSION - a source archive that comes out the same, byte for byte, every time.
set -eu
name=midwatch-$1
when=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}
mkdir -p build
git ls-files -z | LC_ALL=C sort -z |
    tar --null --no-recursion -T - --transform "s|^|$name/|" --mtime "@$when" --owner 0 --group 0 \
        --numeric-owner --mode 'u=rwX,go=rX' --format ustar -cf - | gzip -9n >"build/$name.tar.gz"
echo "build/$name.tar.gz: $(sha256sum <"build/$name.tar.gz" | cut -c1-64)"
