#include "analyse/analyse_power.h"

#include <math.h>

void analyse_power_json(const void *result, struct json_writer *json)
{
    const struct analyse_power *power = result;
    json_write_object_begin(json);
    json_write_key(json, "n");
    json_write_integer(json, power->options.n);
    json_write_key(json, "sd_diff");
    json_write_real(json, power->options.sd_difference);
    json_write_key(json, "delta");
    json_write_real(json, power->options.delta);
    json_write_key(json, "mdc95_power80_paired");
    json_write_real(json, power->smallest_change);
    json_write_key(json, "power");
    json_write_real(json, power->power);
    if (isnan(power->power)) {
        json_write_key(json, "reason");
        json_write_text(json, S("no --delta was given"));
    }
    if (!isnan(power->design_effect)) {
        json_write_key(json, "design_effect");
        json_write_real(json, power->design_effect);
        json_write_key(json, "effective_n");
        json_write_real(json, power->effective_n);
    }
    json_write_object_end(json);
}
