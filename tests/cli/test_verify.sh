#!/bin/bash
# hecht verify on the records of a running server: what is published holds, what is changed is named.
. "$(dirname "$0")/lib.sh"

run "$HECHT" verify
check "nothing to verify is wrong use" same "$code" 2
run "$HECHT" verify missing.json
check "a file that is not there" same "$code" 1
check "is named" has "$err" "missing.json"
printf '{"format":"hecht-record-v2"}' >other.json
run "$HECHT" verify other.json
check "another format" same "$code" 1
check "says so" has "$out" "hecht-record-v1"
run "$HECHT" verify http://127.0.0.1:1
check "a server that is not there" same "$code" 1

"$HECHT" demo --port 0 --language en >demo.out 2>demo.err &
server=$!
for _ in $(seq 3000); do
    [ -s demo.out ] && break
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
done
base=$(head -n 1 demo.out | sed 's#/$##')

run "$HECHT" verify --json "$base"
check "all records of the server hold" same "$code" 0
check "as JSON" jq -e '.holds and (.records | length > 50) and all(.records[]; .holds)' <<<"$out"
check "one history for all rounds of a team" jq -e \
    '[.records[].checks[] | select(.check == "same-log")] | length > 100 and all(.[]; .state == "holds")' <<<"$out"
check "keys were fixed before" jq -e '[.records[].checks[] | select(.check == "key-entry")] | length > 50' <<<"$out"

# A record with open cells, and one of a group whose cells are closed.
curl -s "$base/api/records" | jq -r '.records[]' >rids
: >open.json
: >closed.json
while read -r rid; do
    curl -s "$base/api/rounds/$rid/record" >one.json
    if jq -e '.eligibility.open and any(.cells[]; .open)' one.json >/dev/null; then
        cp one.json open.json
    else
        cp one.json closed.json
    fi
    [ -s open.json ] && [ -s closed.json ] && break
done <rids
check "a round with open cells" test -s open.json
run "$HECHT" verify open.json
check "holds from a file" same "$code" 0
check "computes figures again" has "$out" "computed again from the cells"
run "$HECHT" verify - <open.json
check "holds from standard input" same "$code" 0
run "$HECHT" verify "$base/anything/$(tail -n 1 rids)?page=1"
check "any address with a rid in it" same "$code" 0

# lie NAME WORDS FILTER: the record changed by this filter of jq.
lie() {
    jq "$3" open.json >lie.json
    run "$HECHT" verify lie.json
    check "$1: exit code" same "$code" 1
    check "$1: said" has "$(grep FAILS <<<"$out")" "$2"
}
lie "an answer left out" "the tree of tokens" 'del(.eligibility.open[0])'
lie "a cell changed" "the tree of" '(.cells[] | select(.open) | .open[] | select(.value) | .value) |= (. % 5 + 1)'
lie "a result changed" "the result statement is not the one" '.result |= sub(" mean ."; " mean 1")'
lie "a log cut off" "entries are missing" '.log.leaves |= .[:-1]'
lie "an entry changed" "not what stands in the log" '.log.entries[0] |= sub("[0-9]"; "x")'
lie "another key" "not a checkpoint of" '.log.log_key |= sub("^..."; "AAA")'
lie "another member count" "not in the log" '.descriptor |= sub("roster [0-9]+"; "roster 77")'
jq --slurpfile other closed.json '.issuance = $other[0].issuance' open.json >lie.json
run "$HECHT" verify lie.json
check "a tree of another record: exit code" same "$code" 1
check "a tree of another record: said" has "$(grep FAILS <<<"$out")" "the tree of forms fetched"
jq --slurpfile other closed.json '.log.checkpoint = $other[0].log.checkpoint' open.json >lie.json
run "$HECHT" verify lie.json
check "a checkpoint of another log" has "$(grep FAILS <<<"$out")" "not a checkpoint of"
jq '.more = 1' open.json >lie.json
run "$HECHT" verify --json lie.json
check "something unknown in it" same "$code" 1
check "is a format that does not hold" jq -e '.holds == false and .records[0].checks[0].check == "format"' <<<"$out"
done_testing
