#!/bin/bash
# Help, versions, wrong use, exit codes: every command answers, every mistake has a clear sentence.
. "$(dirname "$0")/lib.sh"

run "$HECHT" --version
check "version" same "$code ${out%% *}" "0 hecht"
run "$HECHT" --help
check "help names every command" has "$out" "signin-link"
check "help ends with 0" same "$code" 0
run "$HECHT"
check "no command is wrong use" same "$code" 2
run "$HECHT" serv
check "an unknown command is wrong use" same "$code" 2
check "and gets a hint" has "$err" "did you mean"

# Every command there is, by the help itself.
mapfile -t commands < <("$HECHT" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z -]*[a-z]\)  .*/\1/p')
check "the help lists commands" test "${#commands[@]}" -ge 8
for command in "${commands[@]}"; do
    # shellcheck disable=SC2086
    run "$HECHT" $command --help
    check "$command --help" same "$code" 0
    check "$command has an example" has "$out" "Example"
    # shellcheck disable=SC2086
    run "$HECHT" $command --nonsense
    check "$command refuses an unknown option" same "$code" 2
    check "$command names it" has "$err" "--nonsense"
done

run "$HECHT" analyse
check "half a command is wrong use" same "$code" 2
check "and its family is listed" has "$err" "analyse power"
run "$HECHT" analyse --help
check "help of a family" same "$code" 0
check "lists it" has "$out" "analyse power"
run "$HECHT" analyse powr --n 5
check "a misspelt second word is wrong use" same "$code" 2
check "it is named" has "$err" "no command analyse powr"
check "beside its family" has "$err" "analyse power"
"$HECHT" --help >/dev/full 2>err
check "help that cannot be written is a failure" same "$? $(grep -c 'standard output' err)" "1 1"

"$HECHT" serve --port 0 --db closed.db >line 2>&- &
server=$!
for _ in $(seq 200); do [ -s line ] && break; sleep 0.05; done
check "nothing else is opened as a closed standard error" same "$(readlink "/proc/$server/fd/2")" /dev/null
stop_server

# The key as a credential of systemd; a path that is given goes before it.
mkdir credentials
cp closed.db.key credentials/hecht-key
mv closed.db.key elsewhere.key
run env CREDENTIALS_DIRECTORY="$PWD/credentials" "$HECHT" export results --db closed.db
check "the key comes from the credentials" hasnt "$err" "key"
check "and no other is made" test ! -e closed.db.key
printf 'hecht-key-v1 %064d\n' 7 >credentials/hecht-key
run env CREDENTIALS_DIRECTORY="$PWD/credentials" "$HECHT" export results --db closed.db
check "another credential is not the key of this database" has "$err" "not the key file"
run env CREDENTIALS_DIRECTORY="$PWD/credentials" HECHT_KEY_FILE=elsewhere.key "$HECHT" export results --db closed.db
check "HECHT_KEY_FILE goes before it" hasnt "$err" "key"

run "$HECHT" serve --port 70000
check "a port out of range" same "$code" 2
run "$HECHT" serve --port 1 --listen 127.0.0.1:1
check "--port and --listen exclude each other" same "$code" 2
run "$HECHT" export results --db missing.db
check "a database that is not there" same "$code" 1
check "is named" has "$err" "missing.db"
check "and is not made" test ! -e missing.db
run "$HECHT" signin-link nobody@example.org --db missing.db
check "signin-link without a database" same "$code" 1

run "$HECHT" instrument check "$root/instruments/hecht-trust.txt"
check "the shipped questionnaire is right" same "$code" 0
run "$HECHT" instrument check "$root/instruments/example.txt"
check "the example of the documents is right" same "$code" 0
printf 'instrument x\nversion 1\nnonsense\n' >wrong.txt
run "$HECHT" instrument check wrong.txt
check "a wrong questionnaire" same "$code" 1
check "its line is named" has "$out" "wrong.txt:3:"
run "$HECHT" instrument check wrong.txt --json
check "findings as JSON" jq -e '.ok == false and (.findings | length > 0)' <<<"$out"
run "$HECHT" instrument check wrong.txt --language nl
check "in Dutch" has "$out" "wrong.txt:3: “nonsense” is geen woord waarmee een regel kan beginnen"
sed 's/honest with each other/open with each other/' "$root/instruments/hecht-trust.txt" >changed.txt
run "$HECHT" instrument check changed.txt
check "what an upload would refuse" same "$code" 1
check "its rules are known" has "$out" "[changed-item]"
check "and the version" has "$out" "Write version 2."
run "$HECHT" instrument check changed.txt --org Works
check "--org without a database" same "$code" 2
run "$HECHT" instrument check changed.txt --db missing.db
check "a database that is not there, for a questionnaire" same "$code" 1
run "$HECHT" instrument check missing.txt
check "a questionnaire that is not there" same "$code" 1

printf 'not a database at all, just text that is long enough to be looked at' >text.db
run "$HECHT" export results --db text.db
check "a file that is no database" same "$code" 1
check "says so" has "$err" "text.db"
done_testing
