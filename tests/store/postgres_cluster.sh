#!/bin/sh
# A PostgreSQL server that lives in a temporary folder, listens on a unix socket only, and goes away by itself.
#
#   postgres_cluster.sh COMMAND ...   runs the command with HECHT_TEST_POSTGRES set to the address, then stops
#   postgres_cluster.sh               prints the address and stops the server when the calling process ends
#
# fsync is off: the data is worth nothing after the tests.
set -eu

die() {
    echo "postgres_cluster.sh: $*" >&2
    exit 1
}

programs=${HECHT_TEST_POSTGRES_PROGRAMS:-}
if [ -z "$programs" ]; then
    for folder in /usr/lib/postgresql/*/bin; do
        [ -x "$folder/initdb" ] && programs=$folder
    done
fi
[ -n "$programs" ] || die "no PostgreSQL server programs: install the package postgresql"

# initdb refuses to run as root.
as_owner() {
    if [ "$(id -u)" -eq 0 ]; then
        runuser -u "$owner" -- "$@"
    else
        "$@"
    fi
}

owner=$(id -un)
if [ "$(id -u)" -eq 0 ]; then
    owner=nobody
    id postgres >/dev/null 2>&1 && owner=postgres
fi

# Short, because the path of a unix socket is limited to 107 characters.
folder=$(mktemp -d /tmp/hp.XXXXXX)
[ "$(id -u)" -ne 0 ] || chown "$owner" "$folder"

stop() {
    as_owner "$programs/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1 || true
    rm -rf "$folder"
}

cd /
if ! as_owner "$programs/initdb" -D "$folder/data" -U hecht -A trust -E UTF8 --locale=C -N >"$folder/log" 2>&1 ||
    ! as_owner "$programs/pg_ctl" -D "$folder/data" -w -l "$folder/server.log" start >"$folder/log" 2>&1 \
        -o "-c listen_addresses='' -c unix_socket_directories=$folder -c fsync=off -c max_connections=200 \
-c shared_buffers=32MB"; then
    cat "$folder/log" >&2
    cat "$folder/server.log" >&2 || true
    stop
    die "the server does not start"
fi
cd "$OLDPWD"
address="postgresql:///postgres?host=$folder&user=hecht"

if [ $# -gt 0 ]; then
    watched=$$
else
    watched=$PPID
fi
# The only one to stop the server: it also notices a killed caller. Without the caller's descriptors, so that
# nobody waits for it.
(
    trap '' HUP INT TERM
    while kill -0 "$watched" 2>/dev/null; do
        sleep 0.3
    done
    stop
) </dev/null >/dev/null 2>&1 &

if [ $# -gt 0 ]; then
    HECHT_TEST_POSTGRES=$address
    export HECHT_TEST_POSTGRES
    code=0
    "$@" || code=$?
    exit "$code"
fi
echo "$address"
