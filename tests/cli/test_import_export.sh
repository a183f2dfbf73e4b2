#!/bin/bash
# Real files through the same close; the export equals R (tests/reference/bhr2000.json), bad files name row and column.
. "$(dirname "$0")/lib.sh"

items=""
for column in AF06 AF07 AP12 AP17 AP33 AP34 AS14 AS15 AS16 AS17 AS28; do items="$items --item $column:trust"; done

engines="own.db"
[ -n "${HECHT_TEST_POSTGRES:-}" ] && {
    psql "$HECHT_TEST_POSTGRES" -qc "CREATE DATABASE hecht_import TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'" >/dev/null 2>&1
    engines="own.db ${HECHT_TEST_POSTGRES/\/postgres/\/hecht_import}"
}
export HECHT_KEY_FILE=$work/import.key
for database in $engines; do
    rm -f "$HECHT_KEY_FILE"
    kind=${database%%:*}
    # shellcheck disable=SC2086
    run "$HECHT" import answers "$root/tests/reference/bhr2000.csv" --group GRP $items --range 1:5 --org BHR --db "$database" --json
    check "$kind: import" same "$code" 0
    check "$kind: 5,400 rows in 99 groups" jq -e '.rows == 5400 and .groups == 99 and .groups_shown == 99' <<<"$out"
    run "$HECHT" export results --org BHR --json --db "$database"
    check "$kind: export" same "$code" 0
    printf '%s' "$out" >export.json
    check "$kind: means, pooled means and errors equal R to 1e-6" jq -en --slurpfile ours export.json \
        --slurpfile reference "$root/tests/reference/bhr2000.json" '
        ($reference[0].lead_score.per_group) as $r
        | ($ours[0] | map(select(.construct == "trust")) | INDEX(.team)) as $o
        | ($r.group | length) == ($o | length)
          and all(range($r.group | length) as $i
            | $o[$r.group[$i]] as $t
            | $t.shown and $t.n == $r.n[$i]
              and (($t.mean - $r.mean[$i]) | fabs) < 1e-6
              and (($t.pooled_mean - $r.shrunken_mean[$i]) | fabs) < 1e-6
              and (($t.se - $r.se_mean_incl_mu[$i]) | fabs) < 1e-6
              and $t.line90[0] < $t.line50[0] and $t.line50[0] < $t.mean and $t.mean < $t.line50[1]; .)'
    # shellcheck disable=SC2086
    run "$HECHT" import answers "$root/tests/reference/bhr2000.csv" --group GRP $items --range 1:5 --org BHR --db "$database" --json
    check "$kind: a second import is the next round" jq -e '.round == 2' <<<"$out"
done

header="team,q1,q2"
row() { printf '%s\n' "$header" "$@" >bad.csv; }
refused() { # what, words in the message
    run "$HECHT" import answers bad.csv --group team --item q1:a --item q2:a:reversed --range 1:5 --org Bad --db bad.db
    check "$1: refused" same "$code" 1
    check "$1: says where" has "$err" "$2"
}
row "x,1,2" "x,6,2"; refused "a value out of range" "row 3, column q1"
row "x,1,2" "x,two,2"; refused "a word for a number" "row 3, column q1"
row "x,1,2" "x,1.5,2"; refused "half a number" "row 3, column q1"
row "x,1,2" "x,1"; refused "a short row" "row 3"
row "x,1,2" ",1,2"; refused "no group" "row 3, column team"
row 'x,1,"2'; refused "an open quote" "row 2"
printf 'team,q1\nx,1\n' >bad.csv; refused "a missing column" "q2"
printf 'team,q1,q2\n' >bad.csv; refused "no rows" "no rows"
: >bad.csv; refused "an empty file" "empty"
printf 'team,q1,q2\nx,1,\xff\n' >bad.csv; refused "not UTF-8" "row 2"
run "$HECHT" export results --db bad.db
check "nothing of a refused file is kept" same "$out" "[]"
run "$HECHT" import answers bad.csv --group team --item q1 --range 1:5 --org Bad --db bad.db
check "an item without a construct is wrong use" same "$code" 2
run "$HECHT" import answers bad.csv --group team --item q1:a --range 5 --org Bad --db bad.db
check "a range without a colon is wrong use" same "$code" 2

# Small and low groups; semicolons, BOM and CRLF as Excel writes them.
{
    printf '\xef\xbb\xbfteam;q1\r\n'
    for value in 1 2 3 4; do printf 'small;%s\r\n' $value; done
    for value in 1 1 1 1 1; do printf 'low;%s\r\n' $value; done
    for value in 5 5 5 5 5; do printf 'good;%s\r\n' $value; done
    for value in 1 2 3 4 5 ''; do printf 'mixed;%s\r\n' $value; done
} >small.csv
"$HECHT" import answers small.csv --group team --item q1:trust --range 1:5 --org Small --db small.db >/dev/null 2>&1
run "$HECHT" export results --db small.db
check "a group of four is hidden" jq -e 'map(select(.team == "small")) | .[0] | .shown == false and .reason == "too-few" and .mean == null and .n == null' <<<"$out"
check "a low group has no figure" jq -e 'map(select(.team == "low")) | .[0] | .shown == false and .reason == "mostly-low" and .mean == null' <<<"$out"
check "a good group keeps its line" jq -e 'map(select(.team == "good")) | .[0] | .shown and .mean == 5' <<<"$out"
check "an empty cell is no answer" jq -e 'map(select(.team == "mixed")) | .[0] | .n == 5 and .mean == 3' <<<"$out"

# One hidden group beside shown ones: its answers are in nothing that goes out, totals included.
grep -v '^low' small.csv >one.csv
sed 's/^small;4/small;1/; s/^small;3/small;5/' one.csv >changed.csv
for file in one changed; do
    "$HECHT" import answers $file.csv --group team --item q1:trust --range 1:5 --org Small --db $file.db >/dev/null 2>&1
    "$HECHT" export results --db $file.db --totals >$file.json
done
check "the files differ" test "$(cksum <one.csv)" != "$(cksum <changed.csv)"
check "totals are exported" jq -e 'map(select(.group == "org")) | .[0] | .shown and .n == 10' one.json
check "no figure changes with the answers of a hidden group" diff one.json changed.json
done_testing
