/* The JSON of `hecht analyse promises`: the names are a contract (docs/analyse.md). */
#include "analyse/analyse_promises.h"
#include "analyse/left_out.h"

#include <math.h>

static void write_real(struct json_writer *json, const char *key, double value)
{
    json_write_key(json, key);
    json_write_real(json, value); /* not finite: null */
}

static void write_pair(struct json_writer *json, const char *key, double first, double second)
{
    json_write_key(json, key);
    json_write_array_begin(json);
    json_write_real(json, first);
    json_write_real(json, second);
    json_write_array_end(json);
}

static void write_integer(struct json_writer *json, const char *key, int64_t value)
{
    json_write_key(json, key);
    json_write_integer(json, value);
}

static void write_events(struct json_writer *json, const struct analyse_promises *result)
{
    json_write_key(json, "events");
    json_write_object_begin(json);
    write_integer(json, "kept", result->evidence.kept);
    write_integer(json, "broken", result->evidence.broken);
    write_integer(json, "after_now", result->evidence.later);
    write_integer(json, "undecided", result->undecided);
    json_write_object_end(json);
}

void analyse_promises_json(const void *result, struct json_writer *json)
{
    const struct analyse_promises *promises = result;
    const struct promise_model *model = &promises->options.model;
    const struct promise_evidence *evidence = &promises->evidence;
    json_write_object_begin(json);
    write_real(json, "half_life", model->half_life);
    write_real(json, "w_kept", model->weight_kept);
    write_real(json, "w_broken", model->weight_broken);
    write_pair(json, "prior", model->prior_kept, model->prior_broken);
    write_real(json, "now", model->now);
    write_real(json, "r", evidence->r);
    write_real(json, "s", evidence->s);
    write_real(json, "alpha", evidence->alpha);
    write_real(json, "beta", evidence->beta);
    write_real(json, "mean", evidence->mean);
    write_real(json, "median", evidence->median);
    write_pair(json, "ci90", evidence->ci90[0], evidence->ci90[1]);
    write_pair(json, "ci95", evidence->ci95[0], evidence->ci95[1]);
    write_real(json, "p_above_.8", evidence->above_80);
    write_real(json, "effective_events", evidence->remembered);
    json_write_key(json, "enough");
    json_write_boolean(json, evidence->remembered >= PROMISE_ENOUGH);
    write_events(json, promises);
    if (isnan(model->now)) {
        json_write_key(json, "reason");
        json_write_text(json, S("there is no day in the file, and --now was not given"));
    }
    left_out_json(&promises->counts, json);
    json_write_object_end(json);
}
