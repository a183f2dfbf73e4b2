#!/bin/sh
# Node 20 or newer: the one on the path, or the one that install.sh brought.
here=$(cd "$(dirname "$0")" && pwd)
for own in "$here"/node_modules/.node/node_modules/node-linux-*/bin/node; do
    [ -x "$own" ] && exec "$own" "$@"
done
exec node "$@"
