#!/bin/sh
# Installs the Debian packages that are missing. Argument: build, or test (which includes build).
set -eu

BUILD="gcc libc6-dev make meson ninja-build pkg-config libmicrohttpd-dev libsqlite3-dev libpq-dev libssl-dev libgsl-dev
libjansson-dev libcurl4-openssl-dev zlib1g-dev libreadstat-dev libqrencode-dev"
TEST="clang libclang-rt-14-dev llvm libcmocka-dev postgresql curl sqlite3 chromium fonts-dejavu-core jq wrk nginx-light caddy
libconfig9 libcbor0.8 libhoel1.4 libiddawc1.1 liboath0 liborcania2.3 librhonabwy1.1 libulfius2.7 libyder2.0" # for glewlwyd, see tests/browser/install.sh

wanted=$BUILD
[ "${1:-build}" = test ] && wanted="$BUILD $TEST"
if [ "${1:-build}" = test ] && ! command -v npm >/dev/null 2>&1; then
    wanted="$wanted nodejs npm"
fi

missing=""
for package in $wanted; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q "ok installed" || missing="$missing $package"
done
# Another flavour of libcurl's headers is as good.
if dpkg-query -W -f='${Status}' libcurl4-gnutls-dev 2>/dev/null | grep -q "ok installed"; then
    missing=$(printf '%s' "$missing" | sed 's/libcurl4-openssl-dev//')
fi
[ -n "$(printf '%s' "$missing" | tr -d ' ')" ] || exit 0

echo "installing:$missing" >&2
run=""
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null 2>&1 || {
        echo "these Debian packages are missing, and there is no sudo:$missing" >&2
        exit 1
    }
    run=sudo
fi
$run apt-get update -qq
# shellcheck disable=SC2086
$run env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >&2
