#!/bin/bash
# All that is kept about a person at the prompt: as a file, and deleted.
. "$(dirname "$0")/lib.sh"

engines="own.db"
[ -n "${HECHT_TEST_POSTGRES:-}" ] && {
    psql "$HECHT_TEST_POSTGRES" -qc "CREATE DATABASE hecht_person TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'" >/dev/null 2>&1
    engines="own.db ${HECHT_TEST_POSTGRES/\/postgres/\/hecht_person}"
}
export HECHT_KEY_FILE=$work/person.key
{ echo team,q1; for value in 1 2 3 4 5; do echo Blue,$value; done; } >answers.csv
printf 'email,name,team,role\nanna@example.org,Anna,Blue,leader\nbram@example.org,Bram,Blue,member\n' >people.csv

for database in $engines; do
    rm -f "$HECHT_KEY_FILE"
    kind=${database%%:*}
    for org in Works Elsewhere; do
        "$HECHT" import answers answers.csv --group team --item q1:a --range 1:5 --org $org --owner ada@example.org --db "$database" >/dev/null 2>&1
        "$HECHT" import people people.csv --org $org --db "$database" >/dev/null 2>&1
    done
    person() { run "$HECHT" "$1" person "${@:2}" --db "$database"; }

    person export anna@example.org
    check "$kind: an address in two organisations is asked about" same "$code" 1
    check "$kind: and how to say which" has "$err" "--org NAME"
    person export anna@example.org --org Works
    check "$kind: the file" jq -e '.format == "hecht-my-data-v1" and .organisation == "Works" and
        .kept.person[0].address == "anna@example.org" and (.kept.team_role | map(.role)) == ["leader"]' <<<"$out"
    check "$kind: has nobody else in it" hasnt "$out" "bram@"
    person delete anna@example.org --org Works
    check "$kind: nothing is deleted without --sure" same "$code" 2
    person delete anna@example.org --org Works --sure
    check "$kind: with it" same "$code" 0
    person export anna@example.org --org Works
    check "$kind: nobody has that address there any more" has "$err" "nobody here has the address"
    person export anna@example.org
    check "$kind: the other organisation keeps its own" jq -e '.organisation == "Elsewhere"' <<<"$out"
    person delete anna@example.org bram@example.org --sure
    check "$kind: one at a time" same "$code" 2
    person delete nobody@example.org --sure
    check "$kind: an address that nobody has" same "$code" 1
    person delete ada@example.org --org Works --sure
    check "$kind: the last owner stays" has "$err" "at least one owner"
    check "$kind: with exit code 1" same "$code" 1
done
done_testing
