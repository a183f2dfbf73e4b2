#!/bin/bash
# Breaks signer, client and the rules of answers on purpose, one line at a time, and sees whether a test notices. TAP.
#     tests/mutants.sh BUILD        a build folder with tests (gcc, sanitizers)
# Needs HECHT_BLIND_TOOL for the browser's side. Each mutant: the file with one change is compiled in the way of the build,
# takes the place of the right one in its library, and a test program is linked anew; nothing of the build is touched.
set -u
cd "$(dirname "$0")/.." || exit 1
build=${1:?build folder}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
number=0
cut=$'\001' # stands in no pattern
export HECHT_TEST_SQLITE_ONLY=1 CMOCKA_MESSAGE_OUTPUT=TAP UBSAN_OPTIONS=halt_on_error=1

report() { # good, name, log
    number=$((number + 1))
    if [ "$1" = 0 ]; then
        echo "ok $number - caught: $2"
    else
        echo "not ok $number - $2"
        tail -n 5 "$3" 2>/dev/null | sed 's/^/# /'
    fi
}

# command of the build that makes $1, with its output as $2 and $3 replaced by $4
command_of() { ninja -C "$build" -t commands "$1" | tail -n 1 | sed "s| $3| $4|; s|-o $1|-o $2|; s|-MF [^ ]*|-MF $work/d|"; }

# mutant FILE PATTERN REPLACEMENT TEST WHAT: FILE below src, PATTERN and REPLACEMENT of sed -E, TEST below tests
mutant() {
    local file=$1 pattern=$2 replacement=$3 test=$4 what=$5
    local folder=${file%%/*} object archive program log=$work/log
    object=src/$folder/lib$folder.a.p/$(basename "$file" .c).c.o
    archive=src/$folder/lib$folder.a
    program=tests/$test
    sed -E "s$cut$pattern$cut$replacement$cut" "src/$file" >"$work/mutant.c"
    if cmp -s "src/$file" "$work/mutant.c"; then
        report 1 "$what: the line to be changed is not there any more" /dev/null
        return
    fi
    local compile link
    compile=$(command_of "$object" "$work/mutant.o" "[^ ]*src/$file" "$work/mutant.c")
    # The build folder is where the commands run; a header of the file's own folder is found through -I.
    (cd "$build" && sh -c "${compile/-Werror/} -w") >"$log" 2>&1 || { report 1 "$what: it does not compile" "$log"; return; }
    ar_copy "$build/$archive" "$work/lib$folder.a" "$(basename "$object")" "$work/mutant.o"
    link=$(command_of "$program" "$work/program" "$archive" "$work/lib$folder.a")
    (cd "$build" && sh -c "$link") >"$log" 2>&1 || { report 1 "$what: it does not link" "$log"; return; }
    if (cd "$build/$(dirname "$program")" && timeout 120 "$work/program") >"$log" 2>&1; then
        report 1 "$what: no test noticed" "$log"
    else
        report 0 "$what" "$log"
    fi
}

# A copy of a thin or whole archive with one member replaced.
ar_copy() { # archive, copy, member, object
    rm -f "$2"
    local members
    members=$(cd "$(dirname "$1")" && ar t "$(basename "$1")" | grep -v "/$3\$\|^$3\$")
    (cd "$(dirname "$1")" && for m in $members; do [ -f "$m" ] && echo "$PWD/$m" || echo "$PWD/$(basename "$1").p/$m"; done) |
        xargs ar rcs "$2" "$4"
}

# mutant_js FILE PATTERN REPLACEMENT TEST WHAT: FILE below assets, TEST below tests/browser
mutant_js() {
    local file=$1 pattern=$2 replacement=$3 test=$4 what=$5 log=$work/log
    rm -rf "$work/js"
    mkdir -p "$work/js/tests"
    cp -r assets "$work/js/assets"
    cp -r tests/browser tests/reference "$work/js/tests/"
    sed -E "s$cut$pattern$cut$replacement$cut" "assets/$file" >"$work/js/assets/$file"
    if cmp -s "assets/$file" "$work/js/assets/$file"; then
        report 1 "$what: the line to be changed is not there any more" /dev/null
    elif timeout 120 "$work/js/tests/browser/node.sh" --test "$work/js/tests/browser/$test" >"$log" 2>&1; then
        report 1 "$what: no test noticed" "$log"
    else
        report 0 "$what" "$log"
    fi
}

# ---- Signer
mutant privacy/blind.c 'saltlen\(parameters, BLIND_SALT_BYTES\)' 'saltlen(parameters, 32)' privacy/test_blind "signer: salt of another length"
mutant privacy/blind.c 'mgf1_md\(parameters, EVP_sha384' 'mgf1_md(parameters, EVP_sha256' privacy/test_blind "signer: another mask"
mutant privacy/blind.c 'text, message.length\) != 1\)' 'text, message.length) == 7)' privacy/test_blind "signer: every signature holds"
mutant privacy/blind.c 'tail, sizeof tail\) != 0' 'tail, 0) != 0' privacy/test_blind "signer: any exponent"
# (A signer without its own check of the length is not among them: OpenSSL refuses other lengths too. Nor is one without
# the check m = s^e, which only a fault in the hardware would show.)
# ---- Client in C
mutant privacy/blind_client.c 'BN_mod_mul\(product, product, inverse, key' 'BN_mod_mul(product, product, BN_value_one(), key' privacy/test_blind "client: does not unblind"
mutant privacy/blind_client.c 'BN_priv_rand_range\(b.factor, key->modulus\) == 1' 'BN_one(b.factor)' privacy/test_blind "client: does not blind"
mutant privacy/blind_client.c '    random_bytes\(random_system\(\), prepared, BLIND_PREFIX_BYTES\);' '    memset(prepared, 0, BLIND_PREFIX_BYTES);' privacy/test_blind "client: a message that can be guessed"
mutant privacy/blind_client.c 'TRAILER = 0xBC' 'TRAILER = 0xBD' privacy/test_blind "client: another encoding"
mutant privacy/blind_client.c '    TRY\(blind_verify\(key, blinded->prepared, result, error\)\);' '' privacy/test_blind "client: believes the signer"
# ---- What an answer must be
mutant privacy/protocol.c 'sha256\(slice_from_bytes\(opk, ONE_TIME_PUBLIC_BYTES\), ret_message \+ tag \+ HASH_BYTES\);' 'memset(ret_message + tag + HASH_BYTES, 7, 32); (void)opk;' privacy/test_protocol "message: bound to no key"
mutant pulse/answer.c 'if \(blind_verify\(round->key, submission->prepared, submission->signature, error\) != OK\)' 'if (false)' pulse/test_answer "answers: any token"
mutant pulse/answer.c 'if \(one_time_verify\(submission->opk, text, submission->osig, error\) != OK\)' 'if (false)' pulse/test_answer "answers: not signed by their own key"
mutant pulse/answer.c 'write->version <= version' 'write->version < 0 * version' pulse/test_answer "answers: an older one comes back"
mutant pulse/answer.c '    if \(!same\)$' '    if (false)' pulse/test_answer "tokens: a second one for a member"
mutant pulse/round.c 'closes_at <= clock_seconds\(application->clock\)' 'closes_at == 1' pulse/test_answer "answers: after the close"
mutant pulse/bodies.c 'cells\[i\].value != 0' 'cells[i].value >= 0' pulse/test_round "answers: counted though taken back"
mutant pulse/comment.c 'blind_verify\(round->comment_key,' 'blind_verify(round->key,' pulse/test_comment "comments: paid with the token of an answer"
mutant pulse/comment_kept.c 'answers < COMMENT_ANSWERS_MINIMUM' 'answers < 5' pulse/test_comment "comments: kept of fewer than ten"
mutant privacy/disclosure.c 'bool stays = tally->residual >= k' 'bool stays = tally->residual >= k - 1' privacy/test_disclosure "disclosure: one fewer"
mutant privacy/disclosure.c 'return bars > 1 && ' 'return ' privacy/test_disclosure "disclosure: bars of people who are alike"
mutant pulse/totals.c 'if \(share_a_question' 'if (false \&\& share_a_question' pulse/test_combinations "totals: a scale holds others than its line"
mutant pulse/totals.c 'if \(totals->skipped\[node\]\)' 'if (false)' pulse/test_combinations "totals: scores of few in a withheld team"
mutant pulse/tally.c ' \|\| few\(apart->complete, plan->k\)' '' pulse/test_combinations "scores: few who answered everything"
mutant pulse/close_pool.c 'people_one_step_away = 3' 'people_one_step_away = 0' insight/test_solving "uncertainty: told where all are alike"
mutant pulse/close_pool.c 't < count; t\+\+' 't < 1; t++' insight/test_solving "uncertainty: of the first team only"
mutant privacy/later_release.c 'apart < k' 'apart < k - 1' privacy/test_later_release "later rounds: one fewer"
mutant privacy/later_release.c '            join\(sets, now, before\);' '            sets[now].apart += sets[before].apart;' privacy/test_later_release "later rounds: teams looked at one by one only"
mutant pulse/round_close.c 'TRY\(hold_cells\(work\)\);' '(void)hold_cells;' pulse/test_later_rounds "later rounds: nothing is held"
mutant pulse/close_earlier.c 'AND r.closed_at > .3 ' 'AND CAST($3 AS BIGINT) > 0 ' pulse/test_later_rounds "later rounds: held for ever"
# ---- Who may do and read what
mutant people/policy.c 'return permission == PERMISSION_TEAM \|\|' 'return permission == PERMISSION_TEAM_LEADER || permission == PERMISSION_TEAM ||' people/test_people "deputies: do what only a leader may"
mutant people/deputy.c 'OR d.until > .3\)' 'OR d.until > 0)' people/test_deputy "deputies: for ever"
mutant people/people.c '    TRY\(deputy_end\(session, org, team, 0, clock_seconds\(application->clock\), error\)\);$' '' people/test_deputy "deputies: beside another leader"
mutant pulse/comment_kept.c ' AND l.since <= r.opens_at' '' people/test_deputy "comments: to who came to lead later"
mutant http/compress.c 'return own && ' 'return ' http/test_compress "pages: compressed for whoever made a browser fetch them"
# ---- Mail
mutant job/mail_job.c '!recipient.stopped && ' '' job/test_mail_job "mail: to who wants none"
mutant mail/outbox.c 'AND o.claimed_until <= .2 ' '' mail/test_outbox "mail: claimed twice"
mutant pulse/round_mail.c '"AND \(CAST\(\$6 AS BIGINT\) = 0 OR r.team_id = \$6\) "' '"AND (CAST($6 AS BIGINT) = 0 OR r.team_id = $6) AND (r.person_id % 2 = 0 OR CAST($3 AS TEXT) <> '"'round-last'"') "' job/test_mail_job "mail: reminders to some only"
mutant net/header.c 'return text.length == slice_trim\(text\).length;' 'return true;' net/test_header "mail: blanks at the ends of a name"
mutant net/header.c 'c < 0x20 \|\| c == 0x7F' 'c == 0x7F' net/test_header "mail: line ends stay in a name"
# ---- Client in the browser
mutant_js blind.js 'while \(factor === undefined \|\| factor <= 0n \|\| factor >= key.modulus\) factor = toNumber\(random\(key.size\)\);' 'factor ??= 1n;' blind.test.mjs "browser: does not blind"
mutant_js blind.js 'toBytes\(\(toNumber\(blindSignature\) \* toNumber\(inverseBytes\)\) % key.modulus, key.size\)' 'blindSignature' blind.test.mjs "browser: does not unblind"
mutant_js blind.js '  if \(!\(await verify\(key, prepared, signature\)\)\)' '  if (false)' blind.test.mjs "browser: believes the signer"
mutant_js blind.js "e !== 'AQAB' \\|\\| " '' blind.test.mjs "browser: any exponent"
mutant_js blind.js 'prefix = random\(PREFIX_BYTES\)' 'prefix = new Uint8Array(PREFIX_BYTES)' blind.test.mjs "browser: a message that can be guessed"
mutant_js protocol.js 'K_MINIMUM = 5' 'K_MINIMUM = 3' blind.test.mjs "browser: rounds of fewer than five"
mutant_js ledger.js 'key-from' 'key-fram' ledger.test.mjs "browser: another register"
echo "1..$number"
