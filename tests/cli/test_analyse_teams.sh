#!/bin/bash
# hecht analyse teams: the reference files in full, bad options and bad files.
. "$(dirname "$0")/lib.sh"
reference=$root/tests/reference

# agrees NAME REFERENCE PATH RESULT-PATH ARGUMENTS...: a block of a reference file in the JSON of the command.
agrees() {
    local name=$1 file=$2 block=$3 place=$4
    shift 4
    run "$HECHT" analyse teams "$reference/$file.csv" --json "$@"
    printf '%s' "$out" | jq "$place" >result.json
    jq "$block" "$reference/$file.json" >expected.json
    check "$name" same "$code $(jq -n -r --slurpfile a result.json --slurpfile b expected.json \
        -f "$root/tests/cli/compare.jq" | head -n 20)" "0 "
}

lead=(--group GRP --range 1:5 --scale lead=AF06..AS28)
agrees "bhr2000: items" bhr2000 .lead_items .scales.lead "${lead[@]}"
agrees "bhr2000: agreement" bhr2000 .rwg_j .scales.lead.rwg_j "${lead[@]}"
agrees "bhr2000: score" bhr2000 .lead_score .scales.lead.score "${lead[@]}"
agrees "bhr2000: a scale without a range" bhr2000 .hrs .scales.hours.score --group GRP --scale hours=HRS
agrees "bhr2000: one item with a range" bhr2000 .relig .scales.r.score --group GRP --range 1:5 --scale r=RELIG
for item in AF06 AP17 AS28; do
    agrees "bhr2000: ICC of $item" bhr2000 ".item_icc.$item" .scales.i.score --group GRP --range 1:5 --scale i=$item
done
coh=(--group TEAM --range 1:5 --scale coh=COH01,COH02,COH03,COH04,COH05)
agrees "cohesion: items" cohesion '.items | del(.one_factor_ml)' .scales.coh "${coh[@]}"
agrees "cohesion: agreement" cohesion .rwg_j .scales.coh.rwg_j "${coh[@]}"
agrees "cohesion: score of the answered" cohesion .score .scales.coh.score "${coh[@]}" --score answered
for scale in one_factor_x1_x9=x1..x9 visual=x1..x3 textual=x4..x6 speed=x7,x8,x9; do
    agrees "holzinger1939: ${scale%=*}" holzinger1939 ".${scale%=*}" ".scales.${scale%=*}" --range 0:10 --scale "$scale"
done
for scale in COHES LEAD; do
    agrees "bh1996: $scale" bh1996 ".variables.$scale" ".scales.$scale.score" --group GRP --range 1:5 \
        --scale COHES=COHES --scale LEAD=LEAD
done
# Some well-being scores of the file are below 1, so that the reference's range is a mistake here.
agrees "bh1996: WBEING" bh1996 '.variables.WBEING | del(.rwg, .per_group.rwg_raw, .per_group.rwg)' .scales.w.score \
    --group GRP --scale w=WBEING
agrees "bh1996: HRS" bh1996 .variables.HRS .scales.HRS.score --group GRP --scale HRS=HRS
agrees "dyestuff" dyestuff .yield .scales.yield.score --group Batch --scale yield=Yield
# The reference has battalion and company in one name.
awk -F, 'NR == 1 { print "unit,JOBSAT1" } NR > 1 { print $2 " " $3 "," $4 }' "$reference/univbct.csv" >units.csv
run "$HECHT" analyse teams units.csv --json --group unit --range 1:5 --scale j=JOBSAT1
printf '%s' "$out" | jq '.scales.j.score' >result.json
jq '.jobsat1_by_battalion_company | del(.per_group)' "$reference/univbct.json" >expected.json
check "univbct: satisfaction by battalion and company" same \
    "$code $(jq -n -r --slurpfile a result.json --slurpfile b expected.json -f "$root/tests/cli/compare.jq")" "0 "

# The same answers in another guise.
run "$HECHT" analyse teams "$reference/bhr2000.csv" --json "${lead[@]}"
printf '%s' "$out" >plain.json
{ head -n 1 "$reference/bhr2000.csv"; tail -n +2 "$reference/bhr2000.csv" | sort -t, -k5,5 -k3,3; } >shuffled.csv
run "$HECHT" analyse teams shuffled.csv --json "${lead[@]}"
check "rows in another order: not a digit differs" same "$(printf '%s' "$out" | cksum)" "$(cksum <plain.json)"
run "$HECHT" analyse teams - --json "${lead[@]}" <"$reference/bhr2000.csv"
check "standard input" same "$(printf '%s' "$out" | cksum)" "$(cksum <plain.json)"
sed 's/,/;/g' "$reference/bhr2000.csv" >semicolon.csv
run "$HECHT" analyse teams semicolon.csv --json "${lead[@]}"
check "semicolons" same "$(printf '%s' "$out" | cksum)" "$(cksum <plain.json)"
awk -F, -v OFS=, 'NR > 1 { for (i = 2; i <= 12; i++) $i = $i ".0" } 1' "$reference/bhr2000.csv" >decimal.csv
run "$HECHT" analyse teams decimal.csv --json "${lead[@]}"
check "whole numbers with a point" same "$(printf '%s' "$out" | jq .scales.lead.listwise.alpha)" \
    "$(jq .scales.lead.listwise.alpha plain.json)"
awk -F, -v OFS=, 'NR > 1 { for (i = 2; i <= 12; i++) $i = $i + 0.5 } 1' "$reference/bhr2000.csv" >half.csv
run "$HECHT" analyse teams half.csv --json --group GRP --range 1.5:5.5 --scale lead=AF06..AS28
printf '%s' "$out" | jq '.scales.lead.rwg_j' >result.json
jq .rwg_j "$reference/bhr2000.json" >expected.json
check "decimals take the general way to the same agreement" same \
    "$(jq -n -r --slurpfile a result.json --slurpfile b expected.json -f "$root/tests/cli/compare.jq")" ""
awk -F, -v OFS=, 'NR == 1 { $1 = "g" } NR > 1 { $1 = $1 "x"; $3 = 6 - $3; $7 = 6 - $7 } 1' \
    "$reference/bhr2000.csv" >reversed.csv
run "$HECHT" analyse teams reversed.csv --json --group g --range 1:5 --scale lead=AF06..AS28 --reverse AF07,AP34
check "reversed items are named" same "$(printf '%s' "$out" | jq -c .scales.lead.reversed)" '["AF07","AP34"]'
printf '%s' "$out" | jq '.scales.lead | del(.reversed)' >result.json
jq '.lead_items | del(.reversed)' "$reference/bhr2000.json" >expected.json
check "and turned" same "$(jq -n -r --slurpfile a result.json --slurpfile b expected.json -f "$root/tests/cli/compare.jq")" ""
check "names that are no numbers stand by bytes" same \
    "$(printf '%s' "$out" | jq -c '.scales.lead.score.per_group.group[:3]')" '["10x","11x","12x"]'
run "$HECHT" analyse teams "$reference/bhr2000.csv" --json "${lead[@]}" --no-per-group
check "--no-per-group leaves out the lists only" same \
    "$out" "$(jq -c 'del(.scales.lead.rwg_j.per_group, .scales.lead.score.per_group)' plain.json)"

# What does not exist is null with a reason.
printf 'a,b\n' >header.csv
cat >small.csv <<'END'
team,a,b,c,d
1,1,2,3,2
2,2,2,3,
3,5,4,3,1
10,3,3,3,4
END
run "$HECHT" analyse teams small.csv --json --group team --range 1:5 --scale s=a,b,c
check "small: done" same "$code" 0
printf '%s' "$out" >out.json
check "no null without a reason" reasoned out.json
check "no zero for what is not there" same "$(printf '%s' "$out" | jq -c '.scales.s.item.item_rest_r[2]')" null
check "groups of one agree with nobody" same "$(printf '%s' "$out" | jq -c '.scales.s.rwg_j.per_group.rwg_j')" \
    '[null,null,null,null]'
check "numbers stand by number" same "$(printf '%s' "$out" | jq -c '.scales.s.rwg_j.per_group.group')" \
    '["1","2","3","10"]'
check "no model without two in a group" same "$(printf '%s' "$out" | jq -c '.scales.s.score.reml.mu')" null
run "$HECHT" analyse teams small.csv --json --scale s=a,b --scale one=d
check "two items" same "$(printf '%s' "$out" | jq -c '.scales.s | [.one_factor_ml, .item.alpha_if_deleted, .reason]')" \
    '[null,[null,null],"one factor needs 3 items"]'
check "one item and no group" same "$(printf '%s' "$out" | jq -c '.scales.one | keys_unsorted')" \
    '["items","reversed","scale","n_rows","n_complete","k"]'
check "a missing answer" same "$(printf '%s' "$out" | jq -c '.scales.one | [.n_rows, .n_complete]')" '[4,3]'

# Words: one sentence per finding, in both languages.
words() {
    local name=$1 part=$2
    shift 2
    run "$HECHT" analyse teams "$@"
    check "$name" has "$code $(printf '%s' "$out" | tr '\n' ' ' | tr -s ' ')" "$part"
}
words "alpha" "0 Scales and teams" "$reference/bhr2000.csv" "${lead[@]}"
check "reliability" has "$(tr -s '\n' ' ' <<<"$out")" "The questions pull in the same direction (alpha 0.89, 95 % interval 0.89 to 0.90;"
check "one dimension" has "$(tr -s '\n' ' ' <<<"$out")" "One common factor does not describe the answers well (CFI 0.75, RMSEA 0.18)"
check "share of teams" has "$out" "Of the differences between people, 16 % are differences between teams."
check "agreement" has "$out" "Teams in which people agree: 39; in which views are mixed: 60; split in two camps: 0."
check "a team" has "$(tr -s ' ' <<<"$out")" "16 26 3.74 3.59 (3.38 to 3.80) agree"
words "Dutch" "Van de verschillen tussen mensen bestaat 16 % uit verschillen tussen teams." \
    "$reference/bhr2000.csv" "${lead[@]}" --language nl
check "Dutch numbers" has "$out" "3,59 (3,38 tot 3,80)"
words "a small share stands inside its sentence" "Of the differences between people, less than 1 % are" \
    "$reference/bhr2000.csv" --group GRP --range 1:5 --scale relig=RELIG
# Two camps, a question against the others, one that is constant, no difference between teams.
{
    echo team,a,b,c,d
    for team in north south; do
        for i in 1 2 3; do printf '%s,1,1,5,3\n%s,5,5,1,3\n%s,5,4,1,3\n%s,1,2,4,3\n' $team $team $team $team; done
    done
} >camps.csv
words "two camps" "split in two camps: 2" camps.csv --group team --range 1:5 --scale s=a,b,c
check "a question against the others" has "$out" "c runs against the other questions"
check "no differences" has "$out" "No differences between teams can be told from chance."
check "in the table" has "$out" "split in two camps"
words "a constant question" "d: everybody gave the same answer." camps.csv --scale s=a,b,d
check "no factor with a constant question" has "$out" "There is no factor model: an item does not vary."
words "no range" "Agreement cannot be set against chance: no --range was given." camps.csv --group team --scale s=a,b
words "nothing there" "cannot be computed: fewer than 2 complete rows." header.csv --scale s=a,b
cat >heywood.csv <<'END'
a,b,c
END
# Covariances .7 .7 .3 of four-valued items: a residual variance below 0.
awk 'BEGIN { srand(7); for (i = 0; i < 400; i++) { u = rand() + rand() - 1; v = rand() + rand() - 1
    printf "%.3f,%.3f,%.3f\n", u + v, u + .1 * rand(), v + .1 * rand() } }' >>heywood.csv
words "Heywood" "The factor model breaks down at a:" heywood.csv --scale s=a,b,c
run "$HECHT" analyse teams heywood.csv --scale s=a,b,c --json
check "Heywood in the JSON" same "$(jq -c '.scales.s.one_factor_ml | [.heywood, .heywood_item, .residual_variances[0],
    .omega_se_delta, (.reason | length > 0)]' <<<"$out")" '[true,"a",0,null,true]'
run "$HECHT" analyse teams "$reference/bhr2000.csv" "${lead[@]}" --html page.html
check "a page: done" same "$code" 0
check "a page with pictures" same "$(grep -o 'class="pic pic-strip"' page.html | wc -l)" \
    "$(jq '.scales.lead.score.groups' plain.json)"
check "every picture ends" same "$(grep -o '<svg' page.html | wc -l)" "$(grep -o '</svg>' page.html | wc -l)"

# Mistakes: exit code 2, and a sentence that names what is wrong.
wrong() {
    local name=$1 part=$2
    shift 2
    run "$HECHT" analyse teams "$@"
    check "$name: code" same "$code" 2
    check "$name: words" has "$err" "$part"
    check "$name: no output" same "$out" ""
}
wrong "no scale" "--scale is needed" small.csv
wrong "no file" "give one file" --scale s=a
wrong "a file that is not there" "missing.csv" missing.csv --scale s=a
wrong "a folder" "$work" "$work" --scale s=a
wrong "an unknown column" 'nearest name is "team"'  small.csv --scale s=a,b,tea
wrong "an unknown group" 'nearest name is "team"'  small.csv --scale s=a --group teams
wrong "a scale without a name" "NAME=COLUMN" small.csv --scale =a
wrong "a scale with a name of bytes that are no text" "a name is text" small.csv --scale $'\xff=a'
wrong "a scale without columns" "NAME=COLUMN" small.csv --scale s=
wrong "an empty column" "empty name" small.csv --scale s=a,,b
wrong "a column twice" "twice" small.csv --scale s=a,b,a
wrong "a scale twice" "twice" small.csv --scale s=a --scale s=b
wrong "a range of columns backwards" "stands before" small.csv --scale s=c..a
wrong "an unknown end of a range of columns" "no column" small.csv --scale s=a..z
wrong "an answer out of range" "row 4" small.csv --scale s=a,b,c --range 1:4
wrong "its column" "column a" small.csv --scale s=a,b,c --range 1:4
wrong "a range that runs down" "lowest answer comes first" small.csv --scale s=a --range 5:1
wrong "no range" "two numbers" small.csv --scale s=a --range 5
wrong "reversing without a range" "--range" small.csv --scale s=a,b --reverse a
wrong "reversing what no scale has" "no scale has" small.csv --scale s=a,b --range 1:5 --reverse d
wrong "another score" "complete answered" small.csv --scale s=a --score best
wrong "a range that is none" "wider than any scale" small.csv --scale s=a --range -1e300:1e300
ln small.csv link.csv
wrong "a page over the data" "would overwrite the data" small.csv --scale s=a,b --html link.csv
check "which are still there" same "$(head -n 1 small.csv)" "team,a,b,c,d"
wrong "a page in no folder" "nowhere/page.html" small.csv --scale s=a,b --html nowhere/page.html
wrong "the same as JSON" "nowhere/page.html" small.csv --scale s=a,b --html nowhere/page.html --json
printf 'a,b\n1,2\nx,3\n' >text.csv
wrong "a text among numbers" "row 3" text.csv --scale s=a,b
run "$HECHT" analyse teams text.csv --scale s=a,b --skip-bad --json
check "--skip-bad counts" same "$code $(printf '%s' "$out" | jq -c '[.scales.s.n_rows, .left_out.rows]')" "0 [1,1]"
: >empty.csv
wrong "an empty file" "empty.csv" empty.csv --scale s=a
run "$HECHT" analyse teams header.csv --scale s=a,b --group a --range 1:5 --json
check "a header and nothing else" same "$code $(printf '%s' "$out" | jq -c '[.scales.s.n_rows, .scales.s.listwise.alpha]')" \
    "0 [0,null]"
done_testing
