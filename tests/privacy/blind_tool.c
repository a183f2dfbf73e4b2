/* The C side for tests in other languages (tests/browser/blind.test.mjs): one command a line on standard
 * input, one line of answer each. All arguments and answers are hexadecimal, "-" is the empty text. key a new
 * key pair; answers its SPKI sign BLINDED                                 with that key; answers the blind
 * signature verify SPKI PREPARED SIGNATURE               answers "valid" blind SPKI MESSAGE answers PREPARED
 * BLINDED INVERSE finalize SPKI PREPARED INVERSE BLINDSIG      answers the signature descriptor TEXT answers
 * its rid one-time OPK TEXT SIGNATURE                  answers "valid" log a new log key; answers its public
 * part receipt TEXT                                 signed with that key; answers the signature and "error
 * REASON" for whatever is refused. */
#include "base/base.h"
#include "privacy/blind.h"
#include "privacy/protocol.h"
#include "privacy/signature.h"

enum { ARGUMENTS = 4, LINE_MAXIMUM = 1 << 17 };

struct tool {
    struct region *region;
    struct error error;
    struct blind_key *key;
    uint8_t log_seed[LOG_SEED_BYTES];
    struct slice argument[ARGUMENTS];
};

static void print_hex(struct slice bytes)
{
    for (size_t i = 0; i < bytes.length; i++)
        printf("%02x", (unsigned char)bytes.data[i]);
}

static enum error_code run_key(struct tool *tool)
{
    struct slice spki;
    tool->key = blind_key_free(tool->key);
    TRY(blind_key_generate(&tool->error, &tool->key));
    TRY(blind_key_public(tool->key, tool->region, &tool->error, &spki));
    print_hex(spki);
    return OK;
}

static enum error_code run_sign(struct tool *tool)
{
    struct slice signature;
    if (tool->key == NULL)
        return FAIL(&tool->error, ERROR_INPUT, "no-key", "make a key first");
    TRY(blind_sign(tool->key, tool->argument[0], tool->region, &tool->error, &signature));
    print_hex(signature);
    return OK;
}

static enum error_code with_public_key(struct tool *tool, const char *command, struct blind_public_key *key)
{
    struct slice *a = tool->argument;
    if (strcmp(command, "verify") == 0) {
        TRY(blind_verify(key, a[1], a[2], &tool->error));
        printf("valid");
        return OK;
    }
    struct blinded_message blinded = {.prepared = a[1], .inverse = a[2]};
    if (strcmp(command, "finalize") == 0) {
        struct slice signature;
        TRY(blind_finalize(key, &blinded, a[3], tool->region, &tool->error, &signature));
        print_hex(signature);
        return OK;
    }
    TRY(blind_message(key, a[1], tool->region, &tool->error, &blinded));
    print_hex(blinded.prepared);
    printf(" ");
    print_hex(blinded.blinded);
    printf(" ");
    print_hex(blinded.inverse);
    return OK;
}

static enum error_code run_public(struct tool *tool, const char *command)
{
    struct blind_public_key *key = NULL;
    TRY(blind_public_key_import(tool->argument[0], &tool->error, &key));
    enum error_code code = with_public_key(tool, command, key);
    blind_public_key_free(key);
    return code;
}

static enum error_code run_descriptor(struct tool *tool)
{
    struct descriptor descriptor;
    uint8_t rid[32];
    TRY(descriptor_read(tool->argument[0], tool->region, &tool->error, &descriptor));
    descriptor_rid(tool->argument[0], rid);
    print_hex(slice_from_bytes(rid, sizeof rid));
    return OK;
}

static enum error_code run_one_time(struct tool *tool)
{
    struct slice *a = tool->argument;
    if (a[0].length != ONE_TIME_PUBLIC_BYTES || a[2].length != ONE_TIME_SIGNATURE_BYTES)
        return FAIL(&tool->error, ERROR_INPUT, "size", "a point or signature of a wrong length");
    TRY(one_time_verify((const uint8_t *)a[0].data, a[1], (const uint8_t *)a[2].data, &tool->error));
    printf("valid");
    return OK;
}

static enum error_code run_log(struct tool *tool)
{
    uint8_t public_key[LOG_PUBLIC_BYTES];
    TRY(log_key_make(&tool->error, tool->log_seed, public_key));
    print_hex(slice_from_bytes(public_key, sizeof public_key));
    return OK;
}

static enum error_code run_receipt(struct tool *tool)
{
    uint8_t signature[LOG_SIGNATURE_BYTES];
    TRY(log_sign(tool->log_seed, tool->argument[0], &tool->error, signature));
    print_hex(slice_from_bytes(signature, sizeof signature));
    return OK;
}

static enum error_code run(struct tool *tool, struct slice command)
{
    if (slice_equal(command, S("key")))
        return run_key(tool);
    if (slice_equal(command, S("sign")))
        return run_sign(tool);
    if (slice_equal(command, S("descriptor")))
        return run_descriptor(tool);
    if (slice_equal(command, S("one-time")))
        return run_one_time(tool);
    if (slice_equal(command, S("log")))
        return run_log(tool);
    if (slice_equal(command, S("receipt")))
        return run_receipt(tool);
    if (slice_equal(command, S("verify")) || slice_equal(command, S("blind")) ||
        slice_equal(command, S("finalize")))
        return run_public(tool, region_text(tool->region, command));
    return FAIL(&tool->error, ERROR_INPUT, "command", "no such command");
}

static bool take_argument(struct tool *tool, struct slice *rest, struct slice *ret_bytes)
{
    struct slice text;
    if (!slice_take(rest, ' ', &text) || slice_equal(text, S("-")))
        return true;
    uint8_t *bytes = region_allocate(tool->region, text.length / 2);
    if (bytes == NULL || !hex_decode(text, bytes, text.length / 2))
        return false;
    *ret_bytes = slice_from_bytes(bytes, text.length / 2);
    return true;
}

static void answer(struct tool *tool, struct slice line)
{
    struct slice command = {0};
    bool good = slice_take(&line, ' ', &command);
    memset(tool->argument, 0, sizeof tool->argument);
    for (size_t i = 0; i < ARGUMENTS; i++)
        good = good && take_argument(tool, &line, &tool->argument[i]);
    if (!good)
        printf("error hexadecimal");
    else if (run(tool, command) != OK)
        printf("error %s", tool->error.reason);
    printf("\n");
    fflush(stdout);
}

int main(void)
{
    static char line[LINE_MAXIMUM];
    struct tool tool = {.region = region_new(4 << 20)};
    if (tool.region == NULL)
        return 1;
    while (fgets(line, sizeof line, stdin) != NULL) {
        answer(&tool, slice_trim(slice_from_text(line)));
        region_clear(tool.region);
    }
    blind_key_free(tool.key);
    region_free(tool.region);
    return 0;
}
