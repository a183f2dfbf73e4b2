# Shared by the tests of the real program. Each script speaks TAP: check NAME COMMAND..., and done_testing at the end.
# HECHT is the program; work happens in a folder of its own.
set -u
HECHT=${HECHT:?the program to test}
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
server=""
number=0
bad=0
stop_server() {
    if [ -n "$server" ]; then
        kill "$server" 2>/dev/null
        wait "$server" 2>/dev/null
        server=""
    fi
}
trap 'stop_server; rm -rf "$work"' EXIT
cd "$work" || exit 1
export XDG_STATE_HOME=$work/state

# Runs the command; its status is the result.
check() {
    local name=$1
    shift
    number=$((number + 1))
    if "$@" >"$work/check.out" 2>&1; then
        echo "ok $number - $name"
    else
        echo "not ok $number - $name"
        sed 's/^/# /' "$work/check.out" | head -n 30
        bad=1
    fi
}
done_testing() {
    echo "1..$number"
    exit $bad
}
same() { [ "$1" = "$2" ] || { echo "got:  $1"; echo "want: $2"; return 1; }; }
has() { case $1 in *"$2"*) ;; *) echo "no '$2' in: $1"; return 1 ;; esac; }
hasnt() { case $1 in *"$2"*) echo "'$2' in: $1"; return 1 ;; esac; }

# In this JSON file every null has a reason beside it.
reasoned() {
    jq -e '[.. | objects | select(has("reason") | not) | select([.[] | select(type != "object")] | flatten | any(. == null))]
        | length == 0' "$1"
}

# Runs a command and keeps its exit code in $code, output in $out, words in $err.
run() {
    out=$("$@" 2>"$work/err")
    code=$?
    err=$(cat "$work/err")
}

# Starts `hecht serve` with these options; the line it prints is $line, its address $base.
start_server() {
    : >"$work/line"
    "$HECHT" serve --port 0 "$@" >"$work/line" 2>"$work/server.err" &
    server=$!
    for _ in $(seq 200); do
        [ -s "$work/line" ] && break
        kill -0 "$server" 2>/dev/null || break
        sleep 0.05
    done
    line=$(head -n 1 "$work/line")
    base=$(printf '%s\n' "$line" | sed 's#^\(http://[^/]*\).*#\1#')
}
