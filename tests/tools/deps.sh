#!/usr/bin/env bash
# deps.sh SET… - installs what is missing, and only that. Sets: run test lint cover.
# Debian 12 and Ubuntu 24.04, by apt, as root or with sudo. Elsewhere it names what is missing.
set -eu

# set  how to see that it is there     packages, the first that exists      what for
table='
run    cmd cc                          gcc                                  the compiler
run    file /usr/include/stdio.h       libc6-dev                            headers of the C library
run    cmd make                        make                                 the build
run    cmd pkg-config                  pkg-config|pkgconf                   finding libraries
run    pc libuv                        libuv1-dev                           the event loop
run    pc libcurl                      libcurl4-openssl-dev                 HTTP probes and webhooks
run    pc hiredis                      libhiredis-dev                       Redis
run    pc yaml-0.1                     libyaml-dev                          the configuration
run    pc jansson                      libjansson-dev                       JSON
run    pc libpcre2-8                   libpcre2-dev                         regular expressions
run    pc libcares                     libc-ares-dev                        names
run    pc openssl                      libssl-dev                           TLS and digests
run    llhttp -                        libllhttp-dev|node-llhttp            HTTP parsing
run    cmd redis-server                redis-server                         the embedded store
run    file /usr/share/zoneinfo/UTC    tzdata                               time zones
run    file /etc/ssl/certs/ca-certificates.crt  ca-certificates             verifying HTTPS
run    cmd python3                     python3                              make run, make demo
test   pc cmocka                       libcmocka-dev                        unit tests
test   file /usr/lib/python3/dist-packages/icalendar  python3-icalendar      another reader of calendars
test   file /usr/lib/python3/dist-packages/dateutil   python3-dateutil       another reader of recurrence rules
test   file /usr/lib/python3/dist-packages/yaml       python3-yaml           another reader of the samples
test   cmd curl                        curl                                 system tests
test   cmd openssl                     openssl                              certificates for tests
test   cmd nginx                       nginx-light                          a real web server to probe
test   cmd dnsmasq                     dnsmasq-base                         a name server to ask
test   cmd systemd-analyze             systemd                              scoring the service file
test   cmd promtool                    prometheus                           reads the metrics, the rules, the dashboard
test   lib libsnappy.so.1              libsnappy1v5                         remote write
test   cmd clang                       clang                                the second compiler
lint   cmd clang                       clang                                static analysis, fuzzing
lint   rt -                            libclang-rt-dev                      fuzzing
lint   cmd clang-format                clang-format                         formatting
lint   cmd cppcheck                    cppcheck                             static analysis
lint   cmd shellcheck                  shellcheck                           shell scripts
lint   cmd mandoc                      mandoc                               manual pages
lint   cmd valgrind                    valgrind                             make valgrind
cover  cmd gcovr                       gcovr                                make cover
'

there() {
    case $1 in
    cmd) PATH=$PATH:/usr/sbin:/sbin command -v "$2" >/dev/null ;;
    pc) command -v pkg-config >/dev/null && pkg-config --exists "$2" 2>/dev/null ;;
    file) [ -e "$2" ] ;;
    lib) PATH=$PATH:/usr/sbin:/sbin ldconfig -p | grep -F " $2 " ;;
    llhttp) [ -e /usr/share/llhttp/llhttp.c ] || [ -e /usr/include/llhttp.h ] ;;
    rt) ls /usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer-"$(uname -m)".a ;;
    esac >/dev/null 2>&1
}

missing=() why=
for set in "$@"; do
    while read -r in how what packages reason; do
        if [ "$in" = "$set" ] && ! there "$how" "$what"; then
            case " ${missing[*]} " in *" $packages "*) continue ;; esac
            missing+=("$packages")
            why+="  ${packages/|/ or }: $reason"$'\n'
        fi
    done <<<"$table"
done
if [ ${#missing[@]} -eq 0 ]; then
    [ "${QUIET:-}" ] || echo "everything is there"
    exit 0
fi
printf 'missing here:\n%s' "$why"

# Of `a|b` the first one that this release has.
choose() {
    local name
    for name in ${1//|/ }; do
        if apt-cache show "$name" >/dev/null 2>&1; then echo "$name"; return; fi
    done
    echo "${1%%|*}"
}
if ! command -v apt-get >/dev/null; then
    echo "no apt-get on this system: please install the equivalents of these, then try again" >&2
    exit 1
fi
if [ "$(id -u)" -eq 0 ]; then as=()
elif command -v sudo >/dev/null; then as=(sudo)
else
    echo "neither root nor sudo: please have somebody run, as root:" >&2
    echo "  apt-get install --no-install-recommends $(for p in "${missing[@]}"; do choose "$p"; done | xargs)" >&2
    exit 1
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() { "${as[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o Dpkg::Use-Pty=0 "$@" >>"$log" 2>&1; }
failed() {
    tail -n 30 "$log" >&2
    echo "apt-get could not $1; its words are above" >&2
    exit 1
}
echo "installing them with apt-get${as[0]:+, by sudo} …"
apt update || failed "fetch its lists"

wanted=()
for packages in "${missing[@]}"; do wanted+=("$(choose "$packages")"); done

# midwatch runs a redis-server of its own and the tests run their own nginx. The services that
# come with these packages are not needed: where systemd runs, they are kept from starting.
quiet=()
if [ -d /run/systemd/system ]; then
    for service in redis-server nginx prometheus; do
        case " ${wanted[*]} " in *" $service"[\ -]*) quiet+=("$service.service") ;; esac
    done
fi
[ ${#quiet[@]} -eq 0 ] || "${as[@]}" systemctl mask --runtime --quiet "${quiet[@]}" 2>/dev/null || true
status=0
apt install -y --no-install-recommends "${wanted[@]}" || status=$?
if [ ${#quiet[@]} -ne 0 ]; then
    "${as[@]}" systemctl unmask --runtime --quiet "${quiet[@]}" 2>/dev/null || true
    "${as[@]}" systemctl disable --quiet "${quiet[@]}" 2>/dev/null || true
    echo "left stopped and disabled, since not needed: ${quiet[*]}"
fi
[ "$status" -eq 0 ] || failed "install them"
echo "installed: ${wanted[*]}"
