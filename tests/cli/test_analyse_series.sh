#!/bin/bash
# hecht analyse trend, network, promises and power: the JSON against the reference results, number by number; bad input
# is refused with its row and column; words in two languages.
. "$(dirname "$0")/lib.sh"
data=$root/tests/reference

# agrees ACTUAL REFERENCE PATH TOLERANCE [KEY ...]: every number below PATH of the reference file, but for these keys,
# stands at the same place of the actual JSON, within a relative tolerance.
agrees() {
    local actual=$1 reference=$2 path=$3 tolerance=$4
    shift 4
    jq -n --slurpfile a "$actual" --slurpfile r "$reference" --argjson path "$path" --argjson t "$tolerance" \
        --argjson without "$(printf '%s\n' "$@" | jq -R . | jq -s .)" '
        def near($x; $y): if $x == $y then true
            elif ($x | type) == "number" and ($y | type) == "number"
            then (($x - $y) | fabs) <= $t * ([($y | fabs), 1e-12] | max) else false end;
        ($r[0] | getpath($path)) as $want
        | [$want | paths(scalars, . == null) | select(.[0] as $key | $without | index([$key]) | not)] as $places
        | [$places[] | select(. as $p | near($a[0] | getpath($p); $want | getpath($p)) | not)
           | {place: ., got: (. as $p | $a[0] | getpath($p)), want: (. as $p | $want | getpath($p))}] as $wrong
        | if ($places | length) == 0 then error("nothing to compare")
          elif ($wrong | length) > 0 then error($wrong[0:5] | tostring) else empty end'
}
analyse() { run "$HECHT" analyse "$@"; printf '%s\n' "$out" >out.json; }
# The command fails with code 2, says what stands in the first argument, and prints no result.
refuses() {
    local words=$1
    shift
    run "$HECHT" analyse "$@"
    same "$code" 2 && has "$err" "$words" && same "$out" ""
}

# ---- trend -----------------------------------------------------------------------------------------------------------
exact="measurement_variance level_variance_per_unit_time"
analyse trend "$data/nile.csv" --time year --value flow --json
check "Nile ends with 0" same "$code" 0
check "Nile: everything" agrees out.json "$data/nile.json" '["level"]' 1e-4
check "Nile: log likelihood" agrees out.json "$data/nile.json" '["level"]' 1e-10 $exact filtered filtered_var smoothed \
    smoothed_var innovations innovation_var change_last_vs_lag change_last_vs_first forecast_next
check "Nile: no null without a reason" reasoned out.json
check "Nile: the verdict" jq -e '.verdict | .q_source == "estimated" and .change_last_vs_first.verdict == "down" and
    .change_last_vs_lag.verdict == "cannot tell yet"' out.json
awk -F, 'NR > 1 && ((NR > 21 && NR < 42) || (NR > 61 && NR < 82)) { print $1 ","; next } { print }' \
    "$data/nile.csv" >gaps.csv
analyse trend gaps.csv --time year --value flow --json
check "Nile with gaps: everything" agrees out.json "$data/nile.json" '["with_gaps_rows_21_40_and_61_80"]' 1e-5
pulse="--time week --n n --mean mean --var var --lag 4"
for name in flat drift; do
    # shellcheck disable=SC2086
    analyse trend "$data/synthetic_pulse_$name.csv" $pulse --json
    check "$name pulse: everything, q estimated" agrees out.json "$data/synthetic_pulse_$name.json" \
        '["level_q_estimated"]' 1e-5
    check "$name pulse: pooled variance" agrees out.json "$data/synthetic_pulse_$name.json" '[]' 1e-10 dataset versions \
        note level_q_estimated level_q_fixed_.01
    # shellcheck disable=SC2086
    analyse trend "$data/synthetic_pulse_$name.csv" $pulse --q .01 --json
    check "$name pulse: everything, q given" agrees out.json "$data/synthetic_pulse_$name.json" \
        '["level_q_fixed_.01"]' 1e-8
done
# shellcheck disable=SC2086
analyse trend "$data/synthetic_pulse_flat.csv" $pulse --json
check "q 0 is exactly 0, and not for the verdict" jq -e '.level_variance_per_unit_time == 0 and
    .change_last_vs_lag.se == 0 and .verdict.q > 0 and .verdict.change_last_vs_lag.se > 0 and
    .verdict.q_source == "floor"' out.json
analyse trend "$data/nile.csv" --time year --value flow --event 1899 --json
check "the dam: the flow fell" jq -e '.interrupted | .verdict == "down" and .p_fell > 0.99 and .first_row_after == 29 and
    (.step.estimate < -150 and .step.estimate > -350) and (.p_back | length) == 100 and .p_back[27] == null' out.json
analyse trend "$data/nile.csv" --time year --value flow --event 2000 --json
check "an event after the end" jq -e '.interrupted | .step == null and (.reason | contains("event"))' out.json

sed 's/,/;/g; s/\./,/g' "$data/synthetic_pulse_drift.csv" >comma.csv
# shellcheck disable=SC2086
analyse trend - $pulse --q .01 --json <comma.csv
check "decimal commas on standard input" agrees out.json "$data/synthetic_pulse_drift.json" '["level_q_fixed_.01"]' 1e-8

printf 'week,mean\n1,3\n3,4\n3,5\n' >ties.csv
check "times that do not increase" refuses "ties.csv: row 4, column week: expected a time above 3" \
    trend ties.csv --time week --value mean
analyse trend ties.csv --time week --value mean --skip-bad --json
check "are left out when asked" jq -e '.n == 2 and .left_out.rows == 1 and .left_out.first[0].row == 4' out.json
printf 'w,n,m,v\n1,5,3,.5\n2,-5,3,.5\n' >negative.csv
check "a negative n" refuses "negative.csv: row 3, column n" trend negative.csv --time w --n n --mean m --var v
printf 'w,n,m,v\n1,5,3,.5\n2,5,3,-.5\n' >negative.csv
check "a negative variance" refuses "negative.csv: row 3, column v" trend negative.csv --time w --n n --mean m --var v
printf 'week,mean\n1,three\n' >text.csv
check "a text among numbers" refuses "text.csv: row 2, column mean" trend text.csv --time week --value mean
check "an unknown column" refuses 'the nearest name is "week"' trend ties.csv --time wek --value mean
check "half of the columns" refuses "all of --n, --mean and --var" trend ties.csv --time week --n mean
check "both forms" refuses "--value" trend ties.csv --time week --value mean --n mean --mean mean --var mean
check "no time" refuses "--time is needed" trend ties.csv --value mean
check "a lag of 0" refuses "--lag 0" trend ties.csv --time week --value mean --lag 0
check "a negative q" refuses "--q" trend ties.csv --time week --value mean --q -1
check "an event that is no number" refuses "--event then" trend ties.csv --time week --value mean --event then
check "no file" refuses "give one file" trend --time week --value mean
check "a file that is not there" refuses "missing.csv" trend missing.csv --time week --value mean
: >empty.csv
check "an empty file" refuses "empty.csv" trend empty.csv --time week --value mean
printf 'week,mean\n1,3\n' >one.csv
analyse trend one.csv --time week --value mean --json
check "one row has no level, and says why" jq -e '.n == 1 and .smoothed == null and (.reason | length) > 0 and
    .verdict.q == null and (.verdict.reason | length) > 0' out.json
check "and words say it" has "$("$HECHT" analyse trend one.csv --time week --value mean --language nl)" \
    "Over het niveau is niets te zeggen"
run "$HECHT" analyse trend "$data/nile.csv" --time year --value flow --event 1899 --html page.html --language nl
check "words in Dutch" has "$out" "ging het niveau omlaag"
check "a page with pictures" has "$(cat page.html)" "pic-event"
check "that fetches nothing" hasnt "$(cat page.html)" "http"

# ---- network ---------------------------------------------------------------------------------------------------------
ours="betweenness transitivity_undirected_global strong_components"
for name in coleman_fall:73 emon_cheyenne:14 emon_texas:25 emon_mtsi:13; do
    file=${name%:*}
    analyse network "$data/$file.csv" --from from --to to --nodes "${name#*:}" --json
    # shellcheck disable=SC2086
    check "$file: everything" agrees out.json "$data/$file.json" '["network"]' 1e-10 $ours
done
analyse network "$data/coleman_fall.csv" --from from --to to --json
check "without --nodes the nodes of the file" jq -e '.nodes == 70 and .isolates == 0 and .edges == 243' out.json
{ cat "$data/coleman_fall.csv"; sed -n '2,11p' "$data/coleman_fall.csv"; printf '5,5\n7,\n,\n'; } >more.csv
analyse network more.csv --from from --to to --nodes 73 --json
check "repeated ties, ties to oneself and half ties change nothing but their counts" \
    jq -e '.edges == 243 and .repeated_ties == 10 and .self_loops == 1 and .rows_without_tie == 2' out.json
check "and the figures stay" agrees out.json "$data/coleman_fall.json" '["network"]' 1e-10 $ours
check "more names than nodes" refuses 'expected at most 60 different names (--nodes)' \
    network "$data/coleman_fall.csv" --from from --to to --nodes 60
check "no receivers" refuses "--from and --to" network "$data/coleman_fall.csv" --from from
check "no node at all" refuses "--nodes 0" network "$data/coleman_fall.csv" --from from --to to --nodes 0
check "a column that is not there" refuses 'the nearest name is "to"' \
    network "$data/coleman_fall.csv" --from from --to too
printf 'who,whom\nalfa,bravo\nbravo,alfa\nalfa,charlie\n' >names.csv
run "$HECHT" analyse network names.csv --from who --to whom --html page.html
check "nobody is named in words" hasnt "$out$(cat page.html)" "bravo"
analyse network names.csv --from who --to whom --json
check "names in the JSON" jq -e '.node == ["alfa", "bravo", "charlie"] and .in_degree == [1, 1, 1]' out.json
printf 'who,whom\n' >nobody.csv
analyse network nobody.csv --from who --to whom --json
check "no rows: nulls with a reason" jq -e '.nodes == 0 and .density == null and (.reason | length) > 0' out.json

# ---- promises --------------------------------------------------------------------------------------------------------
promises() { analyse promises "$data/synthetic_promises.csv" --day day --kept kept --json "$@"; }
promises
check "promises" agrees out.json "$data/synthetic_promises.json" '["cases", 0]' 1e-9
promises --half-life 30
check "a half-life of 30" agrees out.json "$data/synthetic_promises.json" '["cases", 1]' 1e-9
promises --weights 1:1
check "the same weight" agrees out.json "$data/synthetic_promises.json" '["cases", 2]' 1e-9
promises --half-life 180 --weights 1:5
check "a heavy weight" agrees out.json "$data/synthetic_promises.json" '["cases", 3]' 1e-9
promises --now 0
check "nothing yet on day 0" agrees out.json "$data/synthetic_promises.json" '["cases", 4]' 1e-9
check "all events are later" jq -e '.events.after_now == 60 and .enough == false' out.json
promises --now 800
check "later on" agrees out.json "$data/synthetic_promises.json" '["cases", 5]' 1e-9
printf 'day,kept\n' >none.csv
analyse promises none.csv --day day --kept kept --json
check "no promise, no day" jq -e '.now == null and .mean == 0.5 and (.reason | length) > 0' out.json
check "is not enough yet" has "$("$HECHT" analyse promises none.csv --day day --kept kept)" "Not enough yet"
printf 'day,kept\n1,1\n2,2\n' >wrong.csv
check "kept is 0 or 1" refuses "wrong.csv: row 3, column kept: expected 1 (kept) or 0 (broken)" \
    promises wrong.csv --day day --kept kept
printf 'day,kept\n1,1\n,0\n' >wrong.csv
check "a day is needed" refuses "wrong.csv: row 3, column day" promises wrong.csv --day day --kept kept
check "a half-life above 0" refuses "--half-life" promises none.csv --day day --kept kept --half-life 0
check "weights with a colon" refuses "--weights 2" promises none.csv --day day --kept kept --weights 2
check "weights above 0" refuses "--weights" promises none.csv --day day --kept kept --weights 1:0
check "a prior above 0" refuses "--prior" promises none.csv --day day --kept kept --prior=-1:1
check "now is a number" refuses "--now soon" promises none.csv --day day --kept kept --now soon

# ---- power -----------------------------------------------------------------------------------------------------------
for row in $(jq -r '.power_examples[] | "\(.n):\(.delta):\(.sd_diff):\(.power)"' "$data/power_and_quantiles.json"); do
    IFS=: read -r n delta sd power <<<"$row"
    analyse power --n "$n" --delta "$delta" --sd-diff "$sd" --json
    check "power of $n people" jq -e --argjson want "$power" '((.power - $want) | fabs) <= 1e-9 * $want' out.json
done
# R's search for the change stops at 1e-4 of it.
for i in $(seq 0 9); do
    read -r n sd change <<<"$(jq -r --argjson i "$i" '.grid | "\(.n[$i]) \(.sd_diff[$i]) \(.mdc95_power80_paired[$i])"' \
        "$data/power_and_quantiles.json")"
    analyse power --n "$n" --sd-diff "$sd" --json
    check "smallest change of $n people, $sd" jq -e --argjson want "$change" \
        '((.mdc95_power80_paired - $want) | fabs) <= 1e-4 * $want and .power == null and (.reason | length) > 0' out.json
done
analyse power --n 40 --team-size 10 --icc1 .1 --json
check "whole teams" jq -e '((.design_effect - 1.9) | fabs) < 1e-12 and ((.effective_n - 40 / 1.9) | fabs) < 1e-9' out.json
check "a team size alone" refuses "go together" power --n 8 --team-size 8
check "an ICC above 1" refuses "--icc1 from 0 to 1" power --n 8 --team-size 8 --icc1 1.2
run "$HECHT" analyse power --n 8 --delta 0.5 --language nl --html page.html
check "power in Dutch" has "$out" "in vier van de vijf gevallen"
check "a page with a curve" has "$(cat page.html)" "pic-trend"
check "one person" refuses "--n 1" power --n 1
check "no n" refuses "--n is needed" power
check "a standard deviation of 0" refuses "--sd-diff" power --n 8 --sd-diff 0
done_testing
