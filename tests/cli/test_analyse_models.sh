#!/bin/bash
# hecht analyse drivers and panel: the JSON equals R (relaimpo's measures, lavaan), reports say what was found, mistakes
# name what was expected and end with 2.
. "$(dirname "$0")/lib.sh"

reference=$root/tests/reference

# Every value of the reference block is in our JSON: text alike, numbers within TOLERANCE * max(1, |number|).
equals_reference() { # ours.json, reference.json, block, tolerance, keys to look at (jq array; [] is all)
    jq -en --slurpfile ours "$1" --slurpfile theirs "$2" --arg block "$3" --argjson tolerance "$4" --argjson keys "$5" '
      def alike($a; $b):
        if ($b | type) == "number"
        then ($a | type) == "number" and (($a - $b) | fabs) <= $tolerance * ([1, ($b | fabs)] | max)
        else $a == $b end;
      ($theirs[0][$block]) as $want | $ours[0] as $got
      | [$want | paths(type != "object" and type != "array") | select($keys == [] or (.[0] as $k | $keys | index($k) != null))]
      | (length > 0) and all(.[]; . as $p | alike($got | getpath($p); $want | getpath($p)))'
}

# ---- drivers ----------------------------------------------------------------------------------------
run "$HECHT" analyse drivers "$reference/swiss.csv" --outcome Fertility \
    --predictors Agriculture,Examination,Education,Catholic,Infant.Mortality --json
printf '%s' "$out" >swiss.json
check "swiss runs" same "$code" 0
check "swiss equals R to 1e-10" equals_reference swiss.json "$reference/swiss.json" fertility 1e-10 '[]'
run "$HECHT" analyse drivers "$reference/attitude.csv" --outcome rating \
    --predictors complaints,privileges,learning,raises,critical,advance --json
printf '%s' "$out" >attitude.json
check "attitude equals R to 1e-10" equals_reference attitude.json "$reference/attitude.json" rating 1e-10 '[]'
run "$HECHT" analyse drivers "$reference/bh1996.csv" --outcome WBEING --predictors COHES,LEAD,HRS --group GRP --json
printf '%s' "$out" >bh1996.json
check "bh1996 equals R to 1e-10" equals_reference bh1996.json "$reference/bh1996.json" relative_importance_WBEING 1e-10 '[]'
check "inside and between companies, correlations as in R" jq -en --slurpfile o bh1996.json \
    --slurpfile r "$reference/bh1996.json" '
    def near($a; $b): ($a - $b | fabs) < 1e-10;
    $o[0] as $o | $r[0] as $r
    | near($o.within_group.r_with_y[1]; $r.within_group_r[2][1]) and near($o.within_group.r_with_y[2]; $r.within_group_r[2][3])
    and near($o.between_groups.r_with_y[1]; $r.between_group_r_of_means[2][1]) and $o.groups == 99'
check "an interval holds its value" jq -e '
    . as $d | all(range(3); $d.intervals.lmg[.][0] < $d.lmg[.] and $d.lmg[.] < $d.intervals.lmg[.][1])
    and .intervals.units == 99 and .intervals.resamples_used == 2000 and .intervals.seed == 1' <bh1996.json
check "the same seed, the same JSON" same "$("$HECHT" analyse drivers "$reference/bh1996.csv" --outcome WBEING \
    --predictors COHES,LEAD,HRS --group GRP --json)" "$(cat bh1996.json)"
(head -n 1 "$reference/bh1996.csv"; tail -n +2 "$reference/bh1996.csv" | sort -t, -k5) >mixed.csv
run "$HECHT" analyse drivers mixed.csv --outcome WBEING --predictors COHES,LEAD,HRS --group GRP --json
printf '%s' "$out" >mixed.json
check "the order of the rows changes nothing" jq -en --slurpfile a bh1996.json --slurpfile b mixed.json '
    [$a[0] | paths(type == "number")] | all(.[]; . as $p | ($a[0] | getpath($p)) as $x | ($b[0] | getpath($p)) as $y
    | ($x - $y | fabs) <= 1e-9 * ([1, ($x | fabs)] | max))'
run "$HECHT" analyse drivers "$reference/bh1996.csv" --outcome WBEING --predictors COHES,LEAD,HRS --seed 2 --bootstrap 200 --json
check "another seed, other intervals, the same shares" jq -e --slurpfile a bh1996.json '
    . as $d | all(range(3); ($d.lmg[.] - $a[0].lmg[.] | fabs) < 1e-10) and .intervals.lmg != $a[0].intervals.lmg and .intervals.units > 3000 and .intervals.units <= 4096' <<<"$out"

run "$HECHT" analyse drivers "$reference/bh1996.csv" --outcome WBEING --predictors COHES,LEAD,HRS --group GRP \
    --html page.html --language nl
check "report in Dutch" has "$out" "LEAD gaat het meest samen met WBEING"
check "it says what it does not say" has "$out" "zegt niets over oorzaken"
check "the page has pictures" has "$(cat page.html)" "pic-strip"
run "$HECHT" analyse drivers "$reference/bh1996.csv" --outcome WBEING --predictors COHES,LEAD,HRS --group GRP --language en
check "report in English" has "$out" "LEAD goes along with WBEING most"
head -n 9 "$reference/bh1996.csv" >short.csv
run "$HECHT" analyse drivers short.csv --outcome WBEING --predictors COHES,LEAD --language en
check "no interval: a dash" has "$out" "95 % interval: –)"

printf 'y,a,b,c\n1,2,1,3\n2,3,1,4.5\n3,1,1,1.5\n4,5,1,7.5\n5,,1,2\n2,4,1,6\n' >few.csv
run "$HECHT" analyse drivers few.csv --outcome y --predictors a,b,c --json
check "constant and collinear columns are null, with the reason" jq -e '
    .n_rows == 6 and .n == 5 and .lmg[1] == null and .coef == [null, null, null, null]
    and (.reason | contains("b does not vary") and contains("follows from the others"))
    and .intervals.R2 == [null, null] and (.intervals.reason | length > 0)' <<<"$out"
awk 'BEGIN { print "y,a,b"; for (i = 0; i < 20; i++) print i % 7 "," i % 5 ",1" }' >constant.csv
"$HECHT" analyse drivers constant.csv --outcome y --predictors a,b --json >out.json
check "a constant column beside intervals: no null without a reason" reasoned out.json
run "$HECHT" analyse drivers few.csv --outcome b --predictors a --json
check "a constant outcome: all null, with the reason" jq -e '.R2 == null and .lmg == [null] and .reason == "the outcome does not vary"' <<<"$out"
run "$HECHT" analyse drivers few.csv --outcome b --predictors a
check "and a report" has "$out" "There are no shares"
printf 'y;a;g\n1,5;2;x\n2,5;3;x\n3;1,25;y\n4;5;y\n5;7;z\n' >comma.csv
run "$HECHT" analyse drivers comma.csv --outcome y --predictors a --group g --json
check "semicolons and decimal commas" jq -e '.n == 5 and .groups == 3 and .within_group.n == 5' <<<"$out"

wrong() { # name, part of the message, arguments
    local name=$1 part=$2
    shift 2
    run "$HECHT" analyse "$@"
    check "$name ends with 2" same "$code" 2
    check "$name is explained" has "$err" "$part"
    check "$name prints nothing else" same "$out" ""
}
wrong "unknown outcome" '"Fertility"' drivers "$reference/swiss.csv" --outcome Fertilty --predictors Catholic --json
wrong "unknown predictor" '"Catholic"' drivers "$reference/swiss.csv" --outcome Fertility --predictors Cathlic
wrong "predictor twice" "stands twice" drivers "$reference/swiss.csv" --outcome Fertility --predictors Catholic,Catholic
wrong "outcome as predictor" "two parts" drivers "$reference/swiss.csv" --outcome Fertility --predictors Fertility
wrong "group as predictor" "two parts" drivers "$reference/bh1996.csv" --outcome WBEING --predictors LEAD,GRP --group GRP
wrong "no outcome" "--outcome is needed" drivers "$reference/swiss.csv" --predictors Catholic
wrong "no predictors" "--predictors" drivers "$reference/swiss.csv" --outcome Fertility
wrong "too many predictors" "1 to 15" drivers "$reference/swiss.csv" --outcome Fertility --predictors a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p
wrong "no resamples" "--bootstrap" drivers "$reference/swiss.csv" --outcome Fertility --predictors Catholic --bootstrap 0
wrong "no file" "give one file" drivers --outcome Fertility --predictors Catholic
wrong "missing file" "nowhere.csv" drivers nowhere.csv --outcome Fertility --predictors Catholic
printf 'y,a\n1,2\n2,three\n3,4\n' >text.csv
wrong "a text among numbers" "row 3" drivers text.csv --outcome y --predictors a
run "$HECHT" analyse drivers text.csv --outcome y --predictors a --json --skip-bad
check "--skip-bad says what it left out" jq -e '.n_rows == 2 and .left_out.rows == 1 and .left_out.first[0].row == 3' <<<"$out"

# ---- panel ------------------------------------------------------------------------------------------
# lavaan stops at a slope of about 1e-5: estimates to 1e-4, chi-square to 1e-3 (docs/science.md).
panel() { # name, reference block, columns of x, of y, models that have estimates
    local name=$1 block=$2 x=$3 y=$4 model
    shift 4 # the models with estimates
    run "$HECHT" analyse panel "$reference/$name.csv" --x "$x" --y "$y" --json
    printf '%s' "$out" >"$name.json"
    check "$name runs" same "$code" 0
    check "$name: means and covariances equal R" equals_reference "$name.json" "$reference/$name.json" "$block" 1e-10 \
        '["x", "y", "n_rows", "n_complete", "mean", "cov_n_minus_1"]'
    for model in "$@"; do
        jq --arg m $model '.[$m] | del(.fit.chisq, .fit.logl, .fit.aic, .fit.bic, .estimates.z)' "$name.json" | jq '{m: .}' >ours_part.json
        jq --arg b "$block" --arg m $model '.[$b][$m] | del(.fit.chisq, .fit.logl, .fit.aic, .fit.bic, .estimates.z)' \
            "$reference/$name.json" | jq '{b: {m: .}}' >their_part.json
        check "$name: $model equals lavaan" equals_reference ours_part.json their_part.json b 1e-4 '[]'
        jq --arg m $model '{f: (.[$m].fit | {chisq, logl, aic, bic})}' "$name.json" >ours_part.json
        jq --arg b "$block" --arg m $model '{b: {f: (.[$b][$m].fit | {chisq, logl, aic, bic})}}' "$reference/$name.json" >their_part.json
        check "$name: $model fits as in lavaan" equals_reference ours_part.json their_part.json b 1e-3 '[]'
        check "$name: $model has the same rows, fixed ones without z" jq -en --slurpfile o "$name.json" --slurpfile r "$reference/$name.json" \
            --arg b "$block" --arg m $model '
            ($o[0][$m].estimates) as $o | ($r[0][$b][$m].estimates) as $r
            | ($o | keys) == ($r | keys) and ($o.lhs | length) == ($r.lhs | length)
            and ($o.z | map(. == null)) == ($r.z | map(. == null))'
    done
}
models="clpm_listwise riclpm_listwise riclpm_constrained_listwise riclpm_fiml"
# shellcheck disable=SC2086
panel univbct panel_jobsat_commit JOBSAT1,JOBSAT2,JOBSAT3 COMMIT1,COMMIT2,COMMIT3 $models
check "univbct: a verdict from all rows" jq -e '.which_first | .verdict == "x first" and .model == "riclpm_constrained_fiml"
    and .std_x_to_y.ci95[0] > 0 and .std_y_to_x.ci95[0] < 0 and .difference_of_sizes.ci95[0] > 0' <univbct.json
# shellcheck disable=SC2086
panel synthetic_panel_gaps panel trust1,trust2,trust3,trust4 bond1,bond2,bond3,bond4 $models
panel synthetic_panel_improper panel trust1,trust2,trust3 bond1,bond2,bond3 clpm_listwise
check "an improper solution has no estimates" jq -e '[.riclpm_listwise, .riclpm_constrained_listwise, .riclpm_fiml]
    | all(.[]; .heywood == true and .estimates == null and .converged == true and (.reason | startswith("improper")))' <synthetic_panel_improper.json
check "and no verdict" jq -e '.which_first | .verdict == "cannot tell" and .model == null and (.reason | length > 0)' <synthetic_panel_improper.json

run "$HECHT" analyse panel "$reference/univbct.csv" --x JOBSAT1,JOBSAT2,JOBSAT3 --y COMMIT1,COMMIT2,COMMIT3 --html page.html
check "report says which is first" has "$out" "JOBSAT comes first"
check "report warns of the old model" has "$out" "mixes stable differences"
check "two arrows" has "$out" "JOBSAT → COMMIT"
check "the page has pictures" has "$(cat page.html)" "pic-strip"
run "$HECHT" analyse panel "$reference/univbct.csv" --y JOBSAT1,JOBSAT2,JOBSAT3 --x COMMIT1,COMMIT2,COMMIT3 --language nl
check "x and y turned round, in Dutch" has "$out" "JOBSAT komt"
check "no p is zero" has "$out" "< 0,001"
head -n 150 "$reference/univbct.csv" >small.csv
run "$HECHT" analyse panel small.csv --x JOBSAT1,JOBSAT2,JOBSAT3 --y COMMIT1,COMMIT2,COMMIT3 --json
check "fewer than 200 rows: no verdict" jq -e '.which_first.verdict == "cannot tell" and (.which_first.reason | length > 0)' <<<"$out"
head -n 12 "$reference/univbct.csv" >small.csv
run "$HECHT" analyse panel small.csv --x JOBSAT1,JOBSAT2,JOBSAT3 --y COMMIT1,COMMIT2,COMMIT3 --json
printf '%s' "$out" >out.json
check "too little data: no null without a reason" reasoned out.json
check "too little data: no models, with reasons" jq -e '[.clpm_listwise, .riclpm_fiml] | all(.[]; .fit == null and .estimates == null
    and .converged == false and .heywood == false and (.reason | length > 0))' <<<"$out"
run "$HECHT" analyse panel small.csv --x JOBSAT1,JOBSAT2,JOBSAT3 --y COMMIT1,COMMIT2,COMMIT3
check "and a report" has "$out" "cannot be told"

three="--x JOBSAT1,JOBSAT2,JOBSAT3"
# shellcheck disable=SC2086
wrong "two waves" "3 to 8" panel "$reference/univbct.csv" --x JOBSAT1,JOBSAT2 --y COMMIT1,COMMIT2
# shellcheck disable=SC2086
wrong "unequal waves" "same number" panel "$reference/univbct.csv" $three --y COMMIT1,COMMIT2,COMMIT3,READY3
# shellcheck disable=SC2086
wrong "a column twice" "stands twice" panel "$reference/univbct.csv" $three --y COMMIT1,COMMIT2,JOBSAT3
# shellcheck disable=SC2086
wrong "an unknown column" '"COMMIT3"' panel "$reference/univbct.csv" $three --y COMMIT1,COMMIT2,COMIT3
# shellcheck disable=SC2086
wrong "texts instead of numbers" "COMPANY" panel "$reference/univbct.csv" $three --y COMMIT1,COMMIT2,COMPANY
# shellcheck disable=SC2086
wrong "no y" "--y is needed" panel "$reference/univbct.csv" $three
done_testing
