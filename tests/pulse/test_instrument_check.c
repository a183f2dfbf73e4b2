/* The rules of a questionnaire file: what is wrong is found, in its line, once. */
#include "instrument_reading.h"

#include "pulse/questionnaire.h"

/* The file in which the first `from` is `to`; `from` must be there. */
static struct slice changed(struct region *region, struct slice text, const char *from, const char *to)
{
    struct slice old = slice_from_text(from);
    size_t at = slice_find(text, old);
    assert_true(at < text.length);
    struct slice behind = slice_from(text, at + old.length);
    CLEANUP(buffer_free) struct buffer buffer = BUFFER(1 << 20);
    buffer_append(&buffer, slice_part(text, 0, at));
    buffer_append_text(&buffer, to);
    buffer_append(&buffer, behind);
    assert_false(buffer.failed);
    return region_copy(region, buffer_slice(&buffer));
}

/* The number of the line that holds the mark first; 0 for no mark. */
static int line_of(struct slice text, const char *mark)
{
    if (mark == NULL)
        return 0;
    size_t at = slice_find(text, slice_from_text(mark));
    assert_true(at < text.length);
    int line = 1;
    for (size_t i = 0; i < at; i++)
        line += text.data[i] == '\n';
    return line;
}

static const struct broken {
    const char *from, *to;
    const char *rule;
    const char *mark; /* in the line of the finding; NULL: the file as a whole */
    size_t findings;  /* how many in all, so that one slip does not give a flood */
} broken[] = {
    /* statements */
    {"instrument hecht-trust\n", "", "missing-statement", NULL, 1},
    {"version 1\n", "", "missing-statement", NULL, 1},
    {"status not-validated\n", "", "missing-statement", NULL, 1},
    {"frame.nl Denk", "# Denk", "missing-text", NULL, 1},
    {"no-answer\n", "# none\n", "missing-statement", NULL,
     3}, /* and its texts come twice to the option above */
    {"version 1\n", "version 1\nversion 2\n", "repeated", "version 2", 1},
    {"version 1\n", "version one\n", "value", "version one", 1},
    {"version 1\n", "version 0\n", "value", "version 0", 1},
    {"status not-validated", "status excellent", "value", "status excellent", 1},
    {"status not-validated", "status", "value", "status\n", 1},
    {"version 1\n", "version 1\nauthor me\n", "unknown-statement", "author me", 1},
    {"version 1\n", "version 1\naéééééééééééééééééééé\n", "unknown-statement", "aééé",
     1}, /* is cut in a finding */
    {"frame.nl", "frame.de", "unknown-statement", "frame.de", 2},
    {"version 1\n", "version 1\n  nl Hoi\n", "outside-block", "  nl Hoi", 1},
    {"  nl {L} heeft verstand", "nl {L} heeft verstand", "indentation", "nl {L} heeft verstand", 1},
    {"  anchor 7\n", "  anker 7\n", "unknown-statement", "  anker 7", 3},
    {"option 5\n", "optie 5\n", "unknown-statement", "optie 5", 1},
    /* ids */
    {"instrument hecht-trust", "instrument Hecht", "id", "instrument Hecht", 1},
    {"item lr2\n", "item lr_2\n", "id", "item lr_2", 1},
    {"item lr2\n", "item\n", "id", "item\n", 1},
    {"item lr2\n", "item abcdefghijklmnopqrstuvwxy\n", "id", "item abcdefghij", 1},
    {"item lr2\n", "item promise\n", "id", "item promise", 1},
    {"item li2\n", "item lr2\n", "repeated", "item lr2\n  construct leader\n  facet integ", 1},
    {"construct safety\n", "construct team\n", "repeated", "construct team\n  nl je veilig", 11},
    {"facet team integrity", "facet team reliability", "repeated",
     "facet team reliability\n  kind core\n  nl eerl", 3},
    /* references */
    {"  construct leader\n  facet reliability\n  anchor 7",
     "  construct boss\n  facet reliability\n  anchor 7", "unknown-construct", "  construct boss", 2},
    {"  facet reliability\n  anchor 7", "  facet rely\n  anchor 7", "unknown-facet", "  facet rely", 1},
    {"  facet reliability\n  anchor 7", "  facet goal\n  anchor 7", "unknown-facet", "  facet goal", 1},
    {"  construct leader\n  facet reliability\n  anchor 7", "  facet reliability\n  anchor 7",
     "missing-statement", "item lr1", 2},
    {"  facet competence\n  nl {L} heeft", "  nl {L} heeft", "missing-statement", "item lc1", 1},
    {"facet leader integrity", "facet boss integrity", "unknown-construct", "facet boss", 3},
    {"  kind core\n", "", "facet-kind", "facet leader reliability", 1},
    {"  kind core\n", "  kind main\n", "facet-kind", "  kind main", 1},
    {"# ---- Trust in the team", "construct x\n  nl iks\n  en ex\n#", "unused", "construct x", 1},
    {"# ---- Trust in the team", "facet leader x\n  kind core\n  nl iks\n  en ex\n#", "unused",
     "facet leader x", 1},
    /* values */
    {"  rotate\n", "  rotate yes\n", "value", "  rotate yes", 1},
    {"  anchor 7\n", "  anchor\n", "value", "  anchor\n", 4},
    {"  line\n", "  line\n  line\n", "repeated", "  line\nfacet leader", 1},
    {"no-answer\n", "no-answer 9\n", "value", "no-answer 9", 1},
    /* texts */
    {"  nl {L} heeft verstand van ons werk.\n", "", "missing-text", "item lc1", 1},
    {"  nl {L} heeft verstand van ons werk.\n", "  nl\n", "missing-text", "  nl\n", 2},
    {"  en not true\n", "", "missing-text", "option 2", 1},
    {"  en trust in the team\n", "", "missing-text", "construct team", 1},
    {"  nl Geen antwoord", "  # Geen", "missing-text", "no-answer\n", 1},
    {"  nl {L} heeft verstand van ons werk.\n", "  nl {L} is oké.\n  nl {L} is goed.\n", "repeated",
     "  nl {L} is goed", 1},
    {"{L} heeft verstand van ons werk.", "{L} knows a lot about our work.", "missing-text",
     "  en {L} knows a lot about our work.", 1},
    {"Na een werkdag houd ik energie over.",
     "Na een werkdag houd ik energie over voor alles wat ik daarna nog wil gaan doen met familie, vrienden "
     "en buren "
     "en ook met mijzelf.",
     "text-length", "  nl Na een werkdag", 1},
    {"In dit team is elke vraag welkom.", "Mijn collega’s in dit team zijn goed in hun werk.", "same-text",
     "  nl Mijn collega’s in dit team zijn goed in hun werk.\n  en In this", 1},
    {"  en completely true", "  en Not At All true", "same-text", "  en Not At All", 1},
    {"In dit team is elke vraag welkom.", "Niemand vindt een vraag hier niet welkom.", "double-negation",
     "  nl Niemand", 1},
    {"every question is welcome.", "you don't hear that a question is not welcome.", "double-negation",
     "you don't hear", 1},
    {"every question is welcome.", "you don’t hear that no question is welcome.", "double-negation",
     "you don’t", 1},
    {"version 1\n", "version\t1\n", "characters", "version\t1", 3},
    {"elke vraag", "elke\xFFvraag", "characters", "elke\xFFvraag", 1},
    {"elke vraag", "elke \xE2\x80\xAEvraag", "characters", "elke \xE2\x80\xAEvraag", 1},
    {"elke vraag", "elke \x01 vraag", "characters", "elke \x01", 1},
    {"# Hecht: trust", "\xEF\xBB\xBF# Hecht: trust", "characters", "# Hecht: trust", 1},
    /* the name of the leader */
    {"{L} heeft verstand", "Mijn baas heeft verstand", "placeholder", "Mijn baas heeft", 1},
    {"  nl {L} houdt zich aan wat we afspreken.\n  en {L} keeps to what we agree.\n",
     "  nl Mijn baas houdt zich aan wat we afspreken.\n  en My boss keeps to what we agree.\n", "placeholder",
     "item lr1", 1},
    {"In dit team is elke vraag", "Bij {N} is elke vraag", "placeholder", "Bij {N}", 1},
    {"In dit team is elke vraag", "Bij {L is elke vraag", "placeholder", "Bij {L is", 1},
    {"In dit team is elke vraag", "Bij L} is elke vraag", "placeholder", "Bij L}", 1},
    {"  nl vertrouwen in het team\n  en trust in the team", "  nl het team van {L}\n  en the team of {L}",
     "placeholder", "  nl het team van", 2},
    {"  nl klopt niet", "  nl {L} klopt niet", "placeholder", "  nl {L} klopt", 2},
    {"Ik hoor er in dit team echt bij.\n  en I truly belong in this team.",
     "Ik hoor er bij {L} echt bij.\n  en I truly belong with {L}.", "leader-in-pulse", "  anchor 3", 1},
    {"Ik ben blij dat ik in dit team werk.\n  en I am glad that I work in this team.",
     "Ik ben blij dat ik bij {L} werk.\n  en I am glad that I work with {L}.", "leader-in-pulse",
     "  rotate\n  nl Ik ben blij", 1},
    {"In dit team leven we met elkaar mee.\n  en In this team we care about how each of us is doing.\nitem "
     "cr1\n"
     "  construct connection\n  facet respect\n  nl In dit team nemen we elkaar serieus.\n"
     "  en In this team we take each other seriously.\n",
     "{L} leeft met ons mee.\n  en {L} cares about how we are doing.\nitem cr1\n  construct connection\n"
     "  facet empathy\n  nl In dit team nemen we elkaar serieus.\n"
     "  en In this team we take each other seriously.\n",
     "mixed-facet", "item cr1", 2},
    {"  about-leader\n", "", "placeholder", "  nl vertrouwen in {L}", 4},
    /* lines and pulse */
    {"  en trust in the team\n  line\n", "  en trust in the team\n", "lines", NULL, 3},
    {"  en productivity\nfacet", "  en productivity\n  line\nfacet", "lines", NULL, 3},
    {"  anchor 8\n", "", "pulse-anchors", NULL, 2},
    {"  anchor 8\n", "  anchor 9\n", "pulse-anchors", "  anchor 9", 3},
    {"  anchor 8\n", "  anchor 7\n", "pulse-anchors", "  anchor 7\n  nl {L} zegt", 2},
    {"item lc1\n  construct leader\n  facet competence\n",
     "item lc1\n  construct leader\n  facet competence\n  anchor 4\n", "pulse-anchors", "construct leader",
     2},
    {"  facet reliability\n  anchor 7\n", "  facet empathy\n  anchor 7\n", "pulse-anchors", "  anchor 7", 1},
    {"  rotate\n", "  anchor 8\n", "pulse-anchors", "  anchor 8\n  nl In dit team bespreken", 2},
    {"item sx1\n  construct safety\n  facet exploring\n",
     "item sx1\n  construct safety\n  facet exploring\n  rotate\n", "pulse-rotating",
     "  rotate\n  nl In dit team is elke", 1},
    {"  anchor 5\n", "  anchor 5\n  rotate\n", "pulse-rotating", "  rotate\n  nl In dit team durf", 2},
    {"  kind outcome\n  nl sfeer", "  kind core\n  nl sfeer", "pulse-rotating",
     "  rotate\n  nl Als we als team", 1},
    {"facet safety exploring\n  kind core", "facet safety exploring\n  kind outcome", "outcome-apart",
     "facet safety exploring", 1},
    /* reversed */
    {"  anchor 5\n", "  anchor 5\n  reversed\n", "reversed", "  reversed", 1},
    {"  rotate\n", "  rotate\n  reversed\n", "reversed", "  reversed", 2},
    {"item betweenteams\n", "item betweenteams\n  reversed\n", "reversed", "  reversed", 1},
    /* options */
    {"option 5\n", "option 6\n", "options", "option 6", 1},
    {"option 2\n", "option two\n", "options", "option two", 1},
    {"option 1\n", "option 0\n", "options", "option 0", 1},
};

static bool found(const struct reading *reading, const char *rule, int line)
{
    for (size_t i = 0; i < reading->count; i++)
        if (strcmp(reading->findings[i].rule, rule) == 0 && reading->findings[i].line == line)
            return true;
    return false;
}

static void test_each_broken_file_has_its_finding(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < COUNT_OF(broken); i++) {
        CLEANUP(region_cleanup) struct region *region = region_new(REGION_MAXIMUM);
        CLEANUP(reading_free) struct reading reading;
        struct slice text = changed(region, shipped, broken[i].from, broken[i].to);
        read_text(text, &reading);
        int line = line_of(text, broken[i].mark);
        if (found(&reading, broken[i].rule, line) && reading.count == broken[i].findings)
            continue;
        wrong++;
        print_message("# row %zu \"%s\": want %s in line %d and %zu in all, got %zu\n", i, broken[i].to,
                      broken[i].rule, line, broken[i].findings, reading.count);
        findings_print(&reading);
    }
    assert_int_equal(wrong, 0);
}

static void test_degenerate_files(void **state)
{
    (void)state;
    static const struct {
        struct slice text;
        const char *rule;
    } files[] = {
        {{NULL, 0}, "missing-statement"},     {{"", 0}, "missing-statement"},
        {{"\n", 1}, "missing-statement"},     {{" ", 1}, "missing-statement"},
        {{"#", 1}, "missing-statement"},      {{"\0", 1}, "characters"},
        {{"\xFF", 1}, "characters"},          {{"item", 4}, "missing-text"},
        {{"facet", 5}, "unknown-construct"},  {{"option", 6}, "options"},
        {{"frame.", 6}, "unknown-statement"}, {{"\r", 1}, "missing-statement"},
    };
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        CLEANUP(reading_free) struct reading reading;
        read_text(files[i].text, &reading);
        bool has = false;
        for (size_t j = 0; j < reading.count; j++)
            has = has || strcmp(reading.findings[j].rule, files[i].rule) == 0;
        if (!has)
            fail_msg("file %zu: no %s", i, files[i].rule);
    }
}

static void test_failure_leaves_the_result_alone(void **state)
{
    (void)state;
    CLEANUP(region_cleanup) struct region *region = region_new(REGION_MAXIMUM);
    struct instrument_finding *findings =
        REGION_ARRAY(region, INSTRUMENT_FINDINGS_MAXIMUM, struct instrument_finding);
    struct instrument instrument = {.version = 77};
    size_t count;
    struct error error = {0};
    assert_int_equal(instrument_read(S("nonsense"), region, &error, findings, &count, &instrument),
                     ERROR_INPUT);
    assert_int_equal(instrument.version, 77);
    assert_true(count > 0);
    CLEANUP(region_cleanup) struct region *tiny = region_new(16);
    assert_int_equal(instrument_read(shipped, tiny, &error, findings, &count, &instrument), ERROR_MEMORY);
    assert_int_equal(count, 0);
    assert_int_equal(instrument.version, 77);
}

static void test_limits(void **state)
{
    (void)state;
    CLEANUP(region_cleanup) struct region *region = region_new(REGION_MAXIMUM);
    CLEANUP(buffer_free) struct buffer buffer = BUFFER(1 << 20);
    /* Two more items fit, the third does not, and the fourth is not said again. */
    static const char *const words[] = {"een", "twee", "drie", "vier"};
    buffer_append(&buffer, shipped);
    for (int i = 0; i < 4; i++) {
        buffer_format(&buffer, "item more%d\n  construct safety\n  facet exploring\n", i);
        buffer_format(&buffer, "  nl Hier tellen we tot %s.\n  en Here we count up to %d.\n", words[i], i);
        CLEANUP(reading_free) struct reading reading;
        read_text(buffer_slice(&buffer), &reading);
        assert_int_equal(reading.count, i < 2 ? 0 : 1);
        if (i >= 2)
            assert_true(found(&reading, "too-many", line_of(buffer_slice(&buffer), "item more2")));
        else
            assert_int_equal(reading.instrument.item_count, 44 + i);
    }
    /* An eighth option. */
    CLEANUP(reading_free) struct reading options;
    struct slice text = changed(region, shipped, "no-answer\n",
                                "option 6\n  nl zes\n  en six\noption 7\n  nl zeven\n  en seven\n"
                                "option 8\n  nl acht\n  en eight\nno-answer\n");
    read_text(text, &options);
    assert_int_equal(options.count, 1);
    assert_true(found(&options, "options", line_of(text, "option 8")));
    /* One option only. */
    CLEANUP(reading_free) struct reading one;
    read_text(changed(region, shipped,
                      "option 2\n  nl klopt niet\n  en not true\noption 3\n"
                      "  nl deels wel en deels niet\n  en partly true and partly not\noption 4\n"
                      "  nl klopt\n  en true\noption 5\n  nl klopt helemaal\n  en completely true\n",
                      ""),
              &one);
    assert_int_equal(one.count, 1);
    assert_true(found(&one, "options", 0));
    /* More findings than fit, and a file that is too large. */
    buffer_clear(&buffer);
    for (int i = 0; i < 500; i++)
        buffer_append_text(&buffer, "nonsense\n");
    CLEANUP(reading_free) struct reading flood;
    read_text(buffer_slice(&buffer), &flood);
    assert_int_equal(flood.count, INSTRUMENT_FINDINGS_MAXIMUM);
    while (buffer.length <= INSTRUMENT_SIZE_MAXIMUM)
        buffer_append_text(&buffer, "nonsense\n");
    CLEANUP(reading_free) struct reading large;
    read_text(buffer_slice(&buffer), &large);
    assert_int_equal(large.count, 1);
    assert_true(found(&large, "too-large", 0));
}

static void test_one_reversed_item_in_a_long_scale(void **state)
{
    (void)state;
    CLEANUP(region_cleanup) struct region *region = region_new(REGION_MAXIMUM);
    struct slice once = changed(region, shipped, "item ss2\n", "item ss2\n  reversed\n");
    CLEANUP(reading_free) struct reading good;
    read_text(once, &good);
    assert_int_equal(good.count, 0);
    assert_true(instrument_item_find(&good.instrument, S("ss2"))->reversed);
    CLEANUP(reading_free) struct reading twice;
    struct slice text = changed(region, once, "item sx2\n", "item sx2\n  reversed\n");
    read_text(text, &twice);
    assert_int_equal(twice.count, 1);
    assert_true(found(&twice, "reversed", line_of(text, "item sx2") + 1));
    /* One item fewer, and the scale is too short for it. */
    CLEANUP(reading_free) struct reading five;
    text = changed(region, once,
                   "item sx2\n  construct safety\n  facet exploring\n"
                   "  nl In dit team is er ruimte om iets nieuws te proberen.\n"
                   "  en In this team there is room to try something new.\n",
                   "");
    read_text(text, &five);
    assert_int_equal(five.count, 1);
    assert_true(found(&five, "reversed", line_of(text, "item ss2") + 1));
}

static void test_windows_line_ends_are_fine(void **state)
{
    (void)state;
    CLEANUP(buffer_free) struct buffer buffer = BUFFER(1 << 20);
    for (size_t i = 0; i < shipped.length; i++) {
        if (shipped.data[i] == '\n')
            buffer_append_byte(&buffer, '\r');
        buffer_append_byte(&buffer, shipped.data[i]);
    }
    CLEANUP(reading_free) struct reading reading;
    read_text(buffer_slice(&buffer), &reading);
    assert_int_equal(reading.count, 0);
    const struct instrument_item *item = instrument_item_find(&reading.instrument, S("cb1"));
    assert_true(slice_equal(item->text.text[LANGUAGE_EN], S("I truly belong in this team.")));
}

/* Without any one line, or with it twice, the file is wrong, unless the line may be left out. */
static void test_every_line_counts(void **state)
{
    (void)state;
    struct slice line, rest = shipped;
    for (size_t at = 0; slice_take(&rest, '\n', &line); at += line.length + 1) {
        struct slice words = slice_trim(line);
        if (words.length == 0 || words.data[0] == '#')
            continue;
        bool optional = slice_equal(words, S("rotate"));
        for (int times = 0; times <= 2; times += 2) {
            CLEANUP(buffer_free) struct buffer buffer = BUFFER(1 << 20);
            buffer_append(&buffer, slice_part(shipped, 0, at));
            for (int i = 0; i < times; i++) {
                buffer_append(&buffer, line);
                buffer_append_byte(&buffer, '\n');
            }
            buffer_append(&buffer, slice_from(shipped, at + line.length + 1));
            CLEANUP(reading_free) struct reading reading;
            read_text(buffer_slice(&buffer), &reading);
            if ((reading.count == 0) != (optional && times == 0))
                fail_msg("\"%.*s\" %d times: %zu findings", SLICE_ARG(line), times, reading.count);
        }
    }
}

/* Spoilt bytes give findings or another questionnaire, never a finding that is not clean text itself. */
static void test_spoilt_bytes(void **state)
{
    (void)state;
    static const char spoilt[] = {'\0', '\n', ' ', '{', '\t', (char)0x80, (char)0xE2, (char)0xFF};
    CLEANUP(region_cleanup) struct region *region = region_new(REGION_MAXIMUM);
    char *copy = region_allocate(region, shipped.length);
    for (size_t at = 0; at < shipped.length; at += 41) {
        memcpy(copy, shipped.data, shipped.length);
        copy[at] = spoilt[at % COUNT_OF(spoilt)];
        CLEANUP(reading_free) struct reading reading;
        read_text((struct slice){copy, shipped.length}, &reading);
    }
}

/* What an upload is checked for beyond the file alone, as `hecht instrument check` does without a database. */
static void check_upload(struct slice text, const char *rule)
{
    CLEANUP(region_cleanup) struct region *region = region_new(QUESTIONNAIRE_REGION_MAXIMUM);
    struct questionnaire_upload *upload = REGION_NEW(region, struct questionnaire_upload);
    const struct instrument *instrument;
    struct error error = {0};
    *upload = (struct questionnaire_upload){.text = text, .region = region};
    enum error_code code = questionnaire_check(NULL, upload, &error, &instrument);
    assert_int_equal(code, rule == NULL ? OK : ERROR_INPUT);
    assert_int_equal(upload->finding_count > 0, rule != NULL);
    for (size_t i = 0; i < upload->finding_count; i++)
        finding_verify(&upload->findings[i]);
    if (rule != NULL)
        assert_string_equal(upload->findings[upload->finding_count - 1].rule, rule);
}

static void test_the_rules_of_an_upload(void **state)
{
    (void)state;
    CLEANUP(region_cleanup) struct region *region = region_new(REGION_MAXIMUM);
    struct slice next = changed(region, shipped, "version 1\n", "version 2\n");
    check_upload(shipped, NULL);
    check_upload(next, NULL);
    check_upload(changed(region, shipped, "honest with each other.", "open with each other."),
                 "changed-item");
    check_upload(changed(region, next, "honest with each other.", "open with each other."), "changed-item");
    check_upload(changed(region, shipped, "four weeks.", "five weeks."), "changed-scale");
    check_upload(changed(region, next, "item ss2\n", "item ss3\n"), "changed-construct");
    check_upload(changed(region, next, "no-answer\n", "option 6\n  nl zes\n  en six\nno-answer\n"),
                 "changed-scale");
    check_upload(
        changed(region, next, "# ---- Trust in the team",
                "construct x-scale\n  nl iks\n  en ex\nfacet x-scale y\n  kind core\n  nl ij\n  en why\n"
                "item xy\n  construct x-scale\n  facet y\n  nl Dit is er een.\n  en This is one.\n#"),
        "scale-name");
    check_upload(changed(region, shipped, "item ss2\n", "item SS\n"), "id");
}

static void test_too_many_blocks_and_languages(void **state)
{
    (void)state;
    static const char *const files[] = {"language de Deutsch\nlanguage de Deutsch\n", "language x\n",
                                        "item a\nlanguage de Deutsch\n",
                                        "language de Deutsch\nitem a\n  nl Hoi\n"};
    CLEANUP(buffer_free) struct buffer buffer = BUFFER(1 << 16);
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        CLEANUP(reading_free) struct reading reading;
        read_text(slice_from_text(files[i]), &reading);
    }
    buffer_append_text(&buffer, "construct c\n  nl a\n  en b\n");
    for (int i = 0; i < INSTRUMENT_FACETS_MAXIMUM + 1; i++)
        buffer_format(&buffer, "facet c f%d\n  kind core\n  nl a%d\n  en b%d\n", i, i, i);
    CLEANUP(reading_free) struct reading facets;
    read_text(buffer_slice(&buffer), &facets);
    buffer_clear(&buffer);
    for (int i = 0; i < INSTRUMENT_CONSTRUCTS_MAXIMUM + 1; i++)
        buffer_format(&buffer, "construct c%d\n  nl a\n  en b\n", i);
    CLEANUP(reading_free) struct reading constructs;
    read_text(buffer_slice(&buffer), &constructs);
    buffer_clear(&buffer);
    for (char c = 'a'; c < 'm'; c++)
        buffer_format(&buffer, "language x%c Some\n", c);
    CLEANUP(reading_free) struct reading languages;
    read_text(buffer_slice(&buffer), &languages);
}

/* Each was said by some file above, and looked at in both languages. */
static void test_every_finding_was_said(void **state)
{
    (void)state;
    int missing = 0;
    for (size_t i = 0; i < COUNT_OF(finding_seen); i++) {
        CLEANUP(region_cleanup) struct region *region = region_new(1 << 12);
        if (finding_seen[i])
            continue;
        missing++;
        print_message(
            "# never said: %.*s\n",
            SLICE_ARG(message_text(region, LANGUAGE_EN, (enum message)(FIRST_FINDING + i), NO_ARGUMENTS)));
    }
    assert_int_equal(missing, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_degenerate_files),
        cmocka_unit_test(test_each_broken_file_has_its_finding),
        cmocka_unit_test(test_failure_leaves_the_result_alone),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_one_reversed_item_in_a_long_scale),
        cmocka_unit_test(test_windows_line_ends_are_fine),
        cmocka_unit_test(test_every_line_counts),
        cmocka_unit_test(test_spoilt_bytes),
        cmocka_unit_test(test_the_rules_of_an_upload),
        cmocka_unit_test(test_too_many_blocks_and_languages),
        cmocka_unit_test(test_every_finding_was_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
