#!/bin/bash
# People from a file at the prompt: what would change, all or nothing, every mistake with its line.
. "$(dirname "$0")/lib.sh"

engines="own.db"
[ -n "${HECHT_TEST_POSTGRES:-}" ] && {
    psql "$HECHT_TEST_POSTGRES" -qc "CREATE DATABASE hecht_people TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'" >/dev/null 2>&1
    engines="own.db ${HECHT_TEST_POSTGRES/\/postgres/\/hecht_people}"
}
export HECHT_KEY_FILE=$work/people.key

# An organisation comes with the claim, or as here with answers from elsewhere.
{ echo team,q1; for value in 1 2 3 4 5; do echo Blue,$value; done; } >answers.csv
cat >people.csv <<'END'
E-mail;Naam;Team;Rol;Afdeling;Salaris
anna@example.org;Anna de Vries;Day care;leidinggevende;Care / North;1000
bram@example.org;Bram Smit;Day care;lid;Care / North;1000
chi@example.org;"Tran; Chi";Planning;;Office;
END
cat >bad.csv <<'END'
email,team,role
new@example.org,New,member
nobody,New,boss
END

for database in $engines; do
    rm -f "$HECHT_KEY_FILE"
    kind=${database%%:*}
    people() { run "$HECHT" import people "$@" --db "$database"; }
    "$HECHT" import answers answers.csv --group team --item q1:a --range 1:5 --org Works --db "$database" >/dev/null 2>&1

    people people.csv --dry-run
    check "$kind: a dry run" same "$code" 0
    check "$kind: says who comes" has "$out" "  Tran; Chi: chi@example.org · Planning"
    check "$kind: and which column is not used" has "$err" "column Salaris is not used"
    people people.csv --json
    check "$kind: the dry run changed nothing, this does" jq -e '.applied and .people == 3 and .new_people == 3 and
        (.join | length) == 2 and .leaders == [{team: "Day care", to: "Anna de Vries"}] and
        ([.new_units[].team] == ["Care", "Care › North", "Office"]) and (.talk_without_figures | length) == 2' <<<"$out"
    people people.csv
    check "$kind: a second time changes nothing" has "$out" "Nothing changes."
    people bad.csv
    check "$kind: mistakes" same "$code" 1
    check "$kind: with their lines" has "$err" "line 3: “nobody” is not an e-mail address"
    check "$kind: all of them" has "$err" "line 3: “boss” is no role"
    check "$kind: and how many" has "$err" "2 mistakes in the file. Nothing was changed."
    people bad.csv --json
    check "$kind: mistakes as JSON" jq -e '.applied == false and .mistakes == 2 and .problems[0].line == 3' <<<"$out"
    printf 'email,team\nbram@example.org,Planning\n' >move.csv
    people move.csv --dry-run --json
    check "$kind: who is not in the file leaves" jq -e '.applied == false and .new_people == 0 and
        (.leave | map(.address)) == ["chi@example.org"] and (.join | map(.address)) == ["bram@example.org"]' <<<"$out"
    people move.csv --only-add --json
    check "$kind: unless it only adds" jq -e '.applied and .leave == [] and (.join | length) == 1' <<<"$out"
    people - <people.csv
    check "$kind: from standard input" same "$code" 0

    "$HECHT" import answers answers.csv --group team --item q1:a --range 1:5 --org Another --db "$database" >/dev/null 2>&1
    people people.csv
    check "$kind: of two organisations one must be named" has "$err" "say which with --org"
    people people.csv --org Works --dry-run
    check "$kind: and then is" has "$out" "Nothing changes."
done

run "$HECHT" import people people.csv --db none.db
check "no database" same "$code" 1
run "$HECHT" import people --db own.db
check "no file is wrong use" same "$code" 2
done_testing
