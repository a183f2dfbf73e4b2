#!/bin/bash
# Runs every test and counts. Last line: "N passed, N failed". Log of each step in build-check/logs.
#
# Steps: everything by gcc as it is delivered, without warnings; everything by clang with the address and undefined-behaviour
# sanitizers, without warnings, and with it all unit, store and http tests, both engines; the thread sanitizer where several
# threads read a file; the real program over HTTP and at the prompt; fuzz targets for some seconds each; browser journeys.
# Each compiler builds once: compiling is half of the time.
set -u
cd "$(dirname "$0")/.." || exit 1
root=$PWD
logs=$root/build-check/logs
mkdir -p "$logs"
rm -f "$logs"/*.tap "$logs"/*.code # of an earlier run
passed=0
failed=0

say() { printf '%s\n' "== $*" >&2; }

# A step that counts as one test. Its log is shown when it fails.
step() {
    local name=$1
    shift
    if "$@" >"$logs/$name.log" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        say "FAILED: $name"
        tail -n 60 "$logs/$name.log" >&2
    fi
}

# Adds the "ok" and "not ok" lines of a TAP log. What was skipped counts as neither and is named; cmocka writes it as
# "not ok N # SKIP name".
count_tap() {
    local good bad
    good=$(grep -E '^ *ok [0-9]+' "$1" | grep -cv '# SKIP')
    bad=$(grep -E '^ *not ok [0-9]+' "$1" | grep -cv '# SKIP')
    passed=$((passed + good))
    failed=$((failed + bad))
    grep -E '^ *(not )?ok [0-9]+.*# SKIP' "$1" | sed 's/.*# SKIP/skipped:/' >&2
    # What failed, each with the lines of explanation that follow it.
    if [ "$bad" -gt 0 ]; then
        awk '/^ *(ok|1\.\.|# Subtest|$)/ || /# SKIP/ { show = 0 } /^ *not ok/ && !/# SKIP/ { show = 1 } show' "$1" |
            head -n 80 >&2
    fi
}

# A program that speaks TAP, in the background or not; its exit code is beside its log.
run_tap() {
    local name=$1
    shift
    local code=0
    "$@" >"$logs/$name.tap" 2>"$logs/$name.err" || code=$?
    echo $code >"$logs/$name.code"
}

# What it said; one that ended badly without a "not ok" counts as a failure.
count_run() {
    local name=$1 code
    code=$(cat "$logs/$name.code" || echo 99) # 99: it was never run
    count_tap "$logs/$name.tap"
    if [ $code -ne 0 ] && ! grep -qE '^ *not ok' "$logs/$name.tap"; then
        failed=$((failed + 1))
        say "FAILED: $name ended with $code"
        tail -n 60 "$logs/$name.err" >&2
    fi
}

tap() {
    run_tap "$@"
    count_run "$1"
}

setup() { # folder, compiler, options
    local folder=$1 compiler=$2
    shift 2
    [ -f "$folder/build.ninja" ] || CC=$compiler meson setup "$folder" "$@"
}

say "gcc, as it is delivered, no warnings"
step gcc-setup setup build-check/gcc gcc --buildtype=release
step gcc-build ninja -C build-check/gcc

say "clang, address and undefined-behaviour sanitizers, no warnings"
# Little optimisation: its warnings, its sanitizers and its fuzzers are what counts. Lines are named in what sanitizers say.
step clang-setup setup build-check/clang clang --buildtype=plain -Doptimization=1 -Dc_args=-gline-tables-only -Dfuzz=true \
    -Db_sanitize=address,undefined -Db_lundef=false
step clang-build ninja -C build-check/clang
log=build-check/clang/meson-logs/testlog.json
run_tests() {
    # One program after the other in a small pool; each leaves its TAP, which is counted below.
    rm -f $log
    tests/store/postgres_cluster.sh meson test -C build-check/clang --no-rebuild --num-processes 2 --print-errorlogs &&
        return 0
    # This step fails for what no "not ok" tells: no run at all, a crash, a time-out. To Meson 1.0 a skipped test of
    # cmocka is a failed one.
    [ -s $log ] && jq -rs '
        def failures: (.stdout // "") | [match("(?m)^ *not ok [0-9]+(?! *# SKIP)"; "g")] | length;
        [.[] | select(.result | IN("OK", "SKIP") | not) | select(failures == 0)
             | select(.returncode != 0 or .result != "FAIL") | "\(.name): \(.result)"]
        | if . == [] then "every failure is counted by its line" else join("\n") + "\n" | halt_error end' $log
}
step unit-tests run_tests
if [ -f $log ]; then
    jq -rs '[.[].stdout // ""] | join("\n")' $log >"$logs/unit-tests.tap"
    count_tap "$logs/unit-tests.tap"
fi

say "gcc, thread sanitizer: the reader of files and what takes its blocks"
THREADED="tests/table/test_csv tests/table/test_csv_errors tests/table/test_csv_random tests/analyse/test_teams"
step tsan-setup setup build-check/tsan gcc -Db_sanitize=thread --buildtype=debugoptimized
# shellcheck disable=SC2086
step tsan-build ninja -C build-check/tsan $THREADED
for program in $THREADED; do
    tap "tsan-$(basename "$program")" env CMOCKA_MESSAGE_OUTPUT=TAP TSAN_OPTIONS=halt_on_error=1 \
        "build-check/tsan/$program"
done

say "the program at the prompt and over HTTP"
export HECHT=$root/build-check/clang/src/hecht
export ASAN_OPTIONS=detect_leaks=1
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
# Two at a time, each with a database server of its own; counted afterwards.
cli_one() { run_tap "cli-$(basename "$1" .sh)" tests/store/postgres_cluster.sh "$1"; }
export -f run_tap cli_one
export logs
printf '%s\0' tests/cli/test_*.sh | xargs -0 -P 2 -I{} bash -c 'cli_one {}'
for script in tests/cli/test_*.sh; do
    count_run "cli-$(basename "$script" .sh)"
done

say "fuzz targets, some seconds each"
fuzz_one() {
    local name
    name=fuzz-$(basename "$1")
    "$1" -max_total_time="${HECHT_FUZZ_SECONDS:-4}" -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
        >"$logs/$name.log" 2>&1
    echo $? >"$logs/$name.code"
}
export -f fuzz_one
# Two at a time; what came of each is counted afterwards.
find build-check/clang/fuzz -maxdepth 1 -name 'fuzz_*' -type f -perm -u+x -print0 |
    xargs -0 -P 2 -I{} bash -c 'fuzz_one {}'
for code in "$logs"/fuzz-*.code; do
    step "counted-$(basename "$code" .code)" sh -c "tail -n 60 '${code%.code}.log'; exit \$(cat '$code')"
done

say "browser"
step npm tests/browser/install.sh
export HECHT_BLIND_TOOL=$root/build-check/clang/tests/privacy/blind_tool
export HECHT_CHEAT_TOOL=$root/build-check/gcc/tests/cheat/hecht_cheat
export HECHT_CLOCK_TOOL=$root/build-check/gcc/tests/job/clock_world
export HECHT=$root/build-check/gcc/src/hecht
browser_one() {
    run_tap "browser-$1" tests/store/postgres_cluster.sh tests/browser/node.sh --test --test-reporter=tap "tests/browser/$1.test.mjs"
}
export -f browser_one
# Three at a time, since they wait for browsers and clocks more than they compute. The longest begin first.
LONGEST="pages journey trouble clock recovery joining mail answer cheat people"
OTHERS=$(for script in tests/browser/*.test.mjs; do basename "$script" .test.mjs; done)
for name in $LONGEST; do
    OTHERS=$(printf '%s\n' "$OTHERS" | grep -vx "$name")
done
# shellcheck disable=SC2086
printf '%s\n' $LONGEST $OTHERS | xargs -P 3 -I{} bash -c 'browser_one {}'
for name in $LONGEST $OTHERS; do
    count_run "browser-$name"
done

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
