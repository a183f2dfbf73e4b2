#!/bin/bash
# Measures Hecht on this machine, each figure beside a limit measured in the same run. Takes about two minutes, with R
# (part analyse) about eight.
#     bench/run.sh                     everything
#     bench/run.sh start answers       only these parts: start, answers, pages, import, analyse, verify, browser
# Environment: HECHT_BENCH_BUILD (build folder, default build-bench), HECHT_BENCH_SCRATCH (folder for databases, default
# a temporary one; its disk is what is measured), HECHT_BENCH_RUNS (repetitions, default 3), HECHT_BENCH_ROWS (sizes of
# the files to analyse, default "10000 100000 1000000").
set -eu
cd "$(dirname "$0")/.."
build=${HECHT_BENCH_BUILD:-build-bench}
runs=${HECHT_BENCH_RUNS:-3}
parts=${*:-start answers pages import analyse verify browser}
ANSWERS=10000
TEAMS=1000
CLIENTS=64
SECONDS_OF_WRK=5
REFERENCE_THREADS="4 16 64"
export HECHT_RATE_LIMITS=off TZ=UTC LC_ALL=C

needed="meson ninja"
case " $parts " in *" verify "*) needed="$needed openssl" ;; esac
case " $parts " in *" pages "*) needed="$needed wrk curl" ;; esac
for program in $needed; do
    command -v "$program" >/dev/null || { echo "bench: $program is missing (apt install $program)" >&2; exit 1; }
done
made=""
if [ -z "${HECHT_BENCH_SCRATCH:-}" ]; then
    HECHT_BENCH_SCRATCH=$(mktemp -d /var/tmp/hecht-bench-XXXXXX)
    made=$HECHT_BENCH_SCRATCH
fi
scratch=$HECHT_BENCH_SCRATCH
server=""
port=""
reports=""

say() { printf 'bench: %s\n' "$*" >&2; }
wants() { case " $parts " in *" $1 "*) return 0 ;; *) return 1 ;; esac; }
value() { awk -v name="$2" '$1 == name { print $2 }' <<<"$1"; }
median() { tr ' ' '\n' <<<"$*" | sed '/^$/d' | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
largest() { tr ' ' '\n' <<<"$*" | sort -n | tail -n 1; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }
# met VALUE less|more GOAL
met() { awk -v v="$1" -v how="$2" -v g="$3" 'BEGIN { print ((how == "less" ? v <= g : v >= g) ? "yes" : "NO") }'; }
report() { reports="$reports$(printf '%-44s %12s  %-9s %-5s %s' "$@")"$'\n'; }

stop_server() {
    [ -n "$server" ] || return 0
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    server=""
}
clean_up() {
    stop_server
    [ -z "$made" ] || rm -rf "$made"
}
trap clean_up EXIT

# start_server COMMAND DATABASE: sets server (the process) and port; what it prints is in $scratch/printed.
start_server() {
    "$build/src/hecht" "$1" --port 0 --db "$2" >"$scratch/printed" 2>"$scratch/words" &
    server=$!
    for _ in $(seq 600); do
        if [ "$1" = serve ] && [ -s "$scratch/printed" ]; then break; fi
        if grep -q '^HR ' "$scratch/printed"; then break; fi
        kill -0 "$server" 2>/dev/null || { cat "$scratch/words" >&2; exit 1; }
        sleep 0.1
    done
    port=$(sed -n '1s|.*:\([0-9]*\)/.*|\1|p' "$scratch/printed")
    [ -n "$port" ] || { say "the server did not start"; exit 1; }
}

# Keys for the next round are made in the background after the start; they are not part of an answer.
wait_until_idle() {
    local before after
    for _ in $(seq 60); do
        before=$(processor)
        sleep 0.5
        after=$(processor)
        [ $((after - before)) -gt 10000 ] || return 0
    done
}

# Processor time of the server so far, in microseconds: less disturbed by other programs than the clock.
processor() { awk -v tick="$(getconf CLK_TCK)" '{ printf "%d", ($14 + $15) * 1000000 / tick }' "/proc/$server/stat"; }
memory_mib() { awk -v what="$1:" '$1 == what { printf "%.1f", $2 / 1024 }' "/proc/$server/status"; }
copy_database() { rm -f "$2" "$2"-*; cp "$1" "$2"; cp "$1.key" "$2.key"; }

build_all() {
    say "building a release in $build"
    [ -f "$build/build.ninja" ] || meson setup "$build" --buildtype=release -Dtests=false -Dbench=true >/dev/null
    ninja -C "$build" --quiet src/hecht bench/answer_setup bench/answer_reference bench/answer_load bench/start_time \
        bench/answers_file bench/run_process bench/table_read bench/ledger_setup
}

prepare_answers() {
    [ ! -f "$scratch/prepared.db" ] || return 0
    say "preparing $ANSWERS signed answers"
    "$build/bench/answer_setup" "$scratch/prepared.db" "$ANSWERS" "$scratch/bodies"
}

measure_start() {
    local result page
    prepare_answers
    copy_database "$scratch/prepared.db" "$scratch/start.db"
    say "starting the program some times"
    result=$("$build/bench/start_time" $((runs * 5)) "$build/src/hecht" "$scratch/start.db")
    page=$(value "$result" first_page_ms)
    report "start to first page" "$page ms" "<= 50 ms" "$(met "$page" less 50)" \
        "$(value "$result" first_page_least_ms) to $(value "$result" first_page_most_ms) ms; \
$(ratio "$page" "$(value "$result" version_ms)") x hecht --version ($(value "$result" version_ms) ms)"
}

# One repetition: the reference with each number of threads, then the server. Adds to limits, speeds, shares, ...
measure_answers_once() {
    local result limit="" threads before
    for threads in $REFERENCE_THREADS; do
        rm -f "$scratch/reference.db"*
        result=$("$build/bench/answer_reference" "$scratch/prepared.db" "$scratch/bodies" "$threads" \
            "$scratch/reference.db")
        limit="$limit $(value "$result" reference_per_second)"
        costs="$costs $(value "$result" processor_us)"
    done
    copy_database "$scratch/prepared.db" "$scratch/answers.db"
    start_server serve "$scratch/answers.db"
    wait_until_idle
    memory_before="$memory_before $(memory_mib VmRSS)"
    before=$(processor)
    result=$("$build/bench/answer_load" "$port" "$CLIENTS" "$scratch/bodies")
    server_costs="$server_costs $((($(processor) - before) / ANSWERS))"
    memory_after="$memory_after $(memory_mib VmRSS)"
    memory_most="$memory_most $(memory_mib VmHWM)"
    stop_server
    [ "$(value "$result" accepted)" = "$ANSWERS" ] || { say "not all answers were accepted: $result"; exit 1; }
    say "  limits with $REFERENCE_THREADS threads:$limit; server: $(value "$result" accepted_per_second)"
    limits="$limits $(largest "$limit")"
    speeds="$speeds $(value "$result" accepted_per_second)"
    shares="$shares $(ratio "$(value "$result" accepted_per_second)" "$(largest "$limit")")"
    p50s="$p50s $(value "$result" p50_ms)"
    p99s="$p99s $(value "$result" p99_ms)"
}

measure_answers() {
    local limits="" speeds="" shares="" p50s="" p99s="" memory_before="" memory_after="" memory_most=""
    local costs="" server_costs=""
    prepare_answers
    say "sending $ANSWERS answers from $CLIENTS clients, $runs times"
    for _ in $(seq "$runs"); do measure_answers_once; done
    local share memory
    share=$(median "$shares")
    memory=$(median "$memory_after")
    report "resident memory after $ANSWERS answers" "$memory MiB" "<= 24 MiB" "$(met "$memory" less 24)" \
        "before $(median "$memory_before"), highest $(median "$memory_most") MiB"
    report "accepted answers, $CLIENTS clients" "$(median "$speeds")/s" "" "" \
        "p50 $(median "$p50s") ms, p99 $(median "$p99s") ms; each:$speeds"
    report "  as a share of (crypto + grouped insert)" "$share" ">= 0.7" "$(met "$share" more 0.7)" \
        "limit $(median "$limits")/s, the best of $REFERENCE_THREADS threads; each:$shares"
    report "  processor time an answer" "$(median "$server_costs") us" "" "" \
        "limit $(median "$costs") us, so $(ratio "$(median "$costs")" "$(median "$server_costs")") of it is needed"
}

# Signs in with the member's link of the demo; prints the cookie.
sign_in() {
    local link page csrf once
    link=$(awk '$1 == "member" { print $2 }' "$scratch/printed")
    page=$(curl -sS -c "$scratch/cookies" "$link")
    csrf=$(sed -n 's/.*name="csrf" value="\([^"]*\)".*/\1/p' <<<"$page" | head -n 1)
    once=$(sed -n 's/.*name="once" value="\([^"]*\)".*/\1/p' <<<"$page" | head -n 1)
    curl -sS -o /dev/null -b "$scratch/cookies" -c "$scratch/cookies" --data-urlencode "csrf=$csrf" \
        --data-urlencode "once=$once" "$link"
    awk '$1 !~ /^#( |$)/ && NF >= 7 { printf "%s%s=%s", (n++ ? "; " : ""), $6, $7 }' "$scratch/cookies"
}

wrk_speed() { wrk -t1 "-c$CLIENTS" "-d${SECONDS_OF_WRK}s" "${@:2}" "http://127.0.0.1:$port$1" >"$scratch/wrk"; \
    ! grep -q 'Non-2xx' "$scratch/wrk" || { cat "$scratch/wrk" >&2; return 1; }; \
    awk '$1 == "Requests/sec:" { printf "%.0f", $2 }' "$scratch/wrk"; }

measure_pages() {
    local cookie page bytes pages="" ceilings="" shares="" costs="" speed ceiling before
    say "making the example organisation (13 rounds)"
    rm -f "$scratch/demo.db"*
    start_server demo "$scratch/demo.db"
    wait_until_idle
    cookie=$(sign_in)
    page=$(curl -sSL -H "Cookie: $cookie" "http://127.0.0.1:$port/" | grep -o '/teams/[0-9]*' | head -n 1)
    [ -n "$page" ] || { say "no team page was found"; exit 1; }
    bytes=$(curl -sS -f -H "Cookie: $cookie" "http://127.0.0.1:$port$page" | wc -c)
    say "fetching the team page ($bytes bytes) for $SECONDS_OF_WRK seconds, $runs times"
    for _ in $(seq "$runs"); do
        ceiling=$(wrk_speed /healthz)
        before=$(processor)
        speed=$(wrk_speed "$page" -H "Cookie: $cookie")
        costs="$costs $((($(processor) - before) / (speed * SECONDS_OF_WRK)))"
        ceilings="$ceilings $ceiling"
        pages="$pages $speed"
        shares="$shares $(ratio "$speed" "$ceiling")"
    done
    speed=$(median "$pages")
    report "team pages (13 closed rounds, signed in)" "$speed/s" ">= 5000/s" "$(met "$speed" more 5000)" \
        "$bytes bytes; share $(median "$shares") of /healthz ($(median "$ceilings")/s); each:$pages"
    report "  processor time a page" "$(median "$costs") us" "" "" "of the server alone"
    stop_server
}

measure_import() {
    local before after times="" items="" column
    for column in AF06 AF07 AP12 AP17 AP33 AP34 AS14 AS15 AS16 AS17 AS28; do items="$items --item $column:leadership"; done
    say "importing 5,400 rows, $runs times"
    for _ in $(seq "$runs"); do
        rm -f "$scratch/import.db"*
        before=$(date +%s%N)
        # shellcheck disable=SC2086
        "$build/src/hecht" import answers tests/reference/bhr2000.csv --group GRP $items --range 1:5 --org Import \
            --db "$scratch/import.db" >/dev/null
        after=$(date +%s%N)
        times="$times $(((after - before) / 1000000))"
    done
    report "import of 5,400 rows, 11 questions" "$(median "$times") ms" "" "" "new database each time; each:$times"
}

# OpenSSL's private RSA operations a second, one thread, for $1 seconds.
openssl_signs() { openssl speed -seconds "$1" rsa2048 2>/dev/null | awk '$1 == "rsa" { print $6 }'; }

measure_verify() {
    local result before after times="" shares="" signs="" limits="" limit sign opens="" firsts="" closes=""
    say "making a record of $ANSWERS answers"
    rm -f "$scratch/record.db"*
    result=$("$build/bench/ledger_setup" record "$scratch/record.db" "$ANSWERS" "$scratch/record.json")
    for _ in $(seq "$runs"); do
        before=$(date +%s%N)
        "$build/src/hecht" verify "$scratch/record.json" >"$scratch/verified"
        after=$(date +%s%N)
        times="$times $(((after - before) / 1000000))"
    done
    report "verification of $ANSWERS answers" "$(median "$times") ms" "<= 2000 ms" \
        "$(met "$(median "$times")" less 2000)" \
        "$(value "$result" record_bytes) bytes, closed in $(value "$result" close_ms) ms; each:$times"
    say "blind signatures beside openssl speed, $runs times"
    for _ in $(seq "$runs"); do
        limit=$(openssl_signs 3)
        sign=$(value "$("$build/bench/ledger_setup" sign 3)" blind_signatures_per_second)
        limits="$limits $limit"
        signs="$signs $sign"
        shares="$shares $(ratio "$sign" "$limit")"
    done
    report "blind signatures, one thread" "$(median "$signs")/s" "" "" "openssl speed rsa2048 $(median "$limits")/s"
    report "  as a share of openssl speed" "$(median "$shares")" ">= 0.85" "$(met "$(median "$shares")" more 0.85)" \
        "each:$shares"
    say "opening $TEAMS teams with keys ready, $runs times"
    for _ in $(seq "$runs"); do
        rm -f "$scratch/teams.db"*
        result=$("$build/bench/ledger_setup" open "$scratch/teams.db" "$TEAMS")
        firsts="$firsts $(value "$result" first_open_ms)"
        opens="$opens $(value "$result" next_open_ms)"
        closes="$closes $(value "$result" next_close_ms)"
    done
    report "opening $TEAMS teams, keys ready" "$(median "$opens") ms" "<= 1000 ms" \
        "$(met "$(median "$opens")" less 1000)" "first round $(median "$firsts") ms, close $(median "$closes") ms"
}

ROWS=${HECHT_BENCH_ROWS:-10000 100000 1000000}
# name of the task in r/task.R, words
R_TASKS="all_expert_blas:R, hand-written vectors and BLAS
all_expert:R, hand-written vectors
all_packages:R, packages (psych, multilevel, lme4)"

# With R, the files are those of r/gen.R to the byte.
make_answers() {
    [ ! -s "$scratch/b$1.csv" ] || return 0
    say "making a file of $1 rows"
    if Rscript -e 'library(data.table)' >/dev/null 2>&1; then
        Rscript bench/r/gen.R "$1" "$scratch/b$1.csv" >/dev/null
    else
        "$build/bench/answers_file" "$1" "$scratch/b$1.csv"
    fi
}

measure_r() { # rows, Hecht's wall clock
    local task words result wall
    while IFS=: read -r task words; do
        # Minutes at the largest size, so once.
        if result=$("$build/bench/run_process" 1 Rscript bench/r/task.R "$task" "$scratch/b$1.csv" 2>"$scratch/words"); then
            wall=$(value "$result" wall_ms)
            report "  $words" "$wall ms" "" "" \
                "$(ratio "$wall" "$2") x Hecht; highest memory $(value "$result" peak_mib) MiB"
        else
            report "  $words" "-" "" "" "not to be had here: $(grep -m 1 package "$scratch/words" || echo it failed)"
        fi
    done <<<"$R_TASKS"
}

measure_reader() { # rows
    local one two lines goal=""
    one=$("$build/bench/table_read" "$scratch/b$1.csv" 1 "$((runs * 3))")
    two=$("$build/bench/table_read" "$scratch/b$1.csv" 2 "$((runs * 3))")
    lines=$("$build/bench/run_process" "$((runs * 3))" wc -l "$scratch/b$1.csv")
    [ "$1" != 1000000 ] || goal="<= 70 ms"
    report "CSV to columns, $1 rows, 1 thread" "$(value "$one" table_ms) ms" "" "" \
        "$(value "$one" table_gb_per_second) GB/s; $(ratio "$(value "$one" table_ms)" "$(value "$one" read_ms)") x \
merely reading the bytes ($(value "$one" read_ms) ms)"
    report "CSV to columns, $1 rows, 2 threads" "$(value "$two" table_ms) ms" "$goal" \
        "${goal:+$(met "$(value "$two" table_ms)" less 70)}" \
        "processor $(value "$two" table_processor_ms) ms; wc -l takes $(value "$lines" wall_ms) ms"
}

measure_analyse() {
    local rows result wall processor="" bytes goal
    for rows in $ROWS; do make_answers "$rows"; done
    measure_reader "${ROWS##* }"
    for rows in $ROWS; do
        say "analysing $rows rows, $((runs * 3)) times"
        result=$("$build/bench/run_process" "$((runs * 3))" "$build/src/hecht" analyse teams "$scratch/b$rows.csv" \
            --group team --scale s=i01..i20 --range 1:5 --no-per-group --json)
        wall=$(value "$result" wall_ms)
        processor="$processor $(value "$result" processor_ms)"
        bytes=$("$build/bench/table_read" "$scratch/b$rows.csv" 2 "$((runs * 3))")
        goal=""
        [ "$rows" != 1000000 ] || goal="<= 150 ms"
        report "analyse teams, $rows rows" "$wall ms" "$goal" "${goal:+$(met "$wall" less 150)}" \
            "least $(value "$result" least_ms), processor $(value "$result" processor_ms) ms; \
$(ratio "$wall" "$(value "$bytes" read_ms)") x merely reading the bytes ($(value "$bytes" read_ms) ms)"
        if [ "$rows" = 1000000 ]; then
            report "  highest memory" "$(value "$result" peak_mib) MiB" "<= 64 MiB" \
                "$(met "$(value "$result" peak_mib)" less 64)" "the file has $(($(stat -c %s "$scratch/b$rows.csv") >> 20)) MiB"
        fi
        if command -v Rscript >/dev/null; then
            say "the same with R"
            measure_r "$rows" "$wall"
        fi
    done
    # shellcheck disable=SC2086
    set -- $processor
    [ "$ROWS" = "10000 100000 1000000" ] || return 0
    report "  growth: processor time a row" "$(awk -v a="$1" -v b="$2" -v c="$3" \
        'BEGIN { printf "%.2f", ((c - b) / 900) / ((b - a) / 90) }')" "" "" \
        "of the last 900,000 rows against that of the 90,000 before; 1 is linear"
}

# In a page, with the packages of the browser tests.
measure_browser() {
    local result
    tests/browser/install.sh >&2
    result=$(tests/browser/node.sh bench/blind_browser.mjs)
    for part in blind finalise; do
        report "$part in the browser" "$(value "$result" "${part}_milliseconds") ms" "<= 20 ms" \
            "$(met "$(value "$result" "${part}_milliseconds")" less 20)" "headless Chromium, 2048 bits, median of 50"
    done
}

build_all
say "load of the machine before: $(cut -d' ' -f1-3 /proc/loadavg) on $(nproc) cores"
load=$(cut -d' ' -f1 /proc/loadavg)
! wants start || measure_start
! wants answers || measure_answers
! wants pages || measure_pages
! wants import || measure_import
! wants analyse || measure_analyse
! wants verify || measure_verify
! wants browser || measure_browser

printf '%-44s %12s  %-9s %-5s %s\n' "what" "measured" "goal" "met" "beside it, from the same run"
printf '%s' "$reports"
printf '\nMachine: %s, %s cores, Linux %s, %s, OpenSSL %s, SQLite %s\n' \
    "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)" "$(uname -r)" \
    "$(df --output=fstype "$scratch" | tail -n 1) on $(df --output=source "$scratch" | tail -n 1)" \
    "$(pkg-config --modversion libcrypto)" "$(pkg-config --modversion sqlite3)"
printf 'Load of the machine before the first measurement: %s. Medians of %s runs; client and server share the cores.\n' \
    "$load" "$runs"
