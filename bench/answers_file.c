/* A file of made-up answers like that of r/gen.R, for machines without R: answers_file ROWS OUT.csv.
 * People in teams of 5 to 20, 20 questions with 5 options, one common factor, .15 of its variance between
 * teams. Always the same. */
#include "base/base.h"

#include <math.h>

enum { QUESTIONS = 20, LEAST = 5, MOST = 20 };

static uint64_t seed = 20240607;

/* SplitMix64 (Steele, Lea & Flood 2014). */
static uint64_t draw(void)
{
    seed += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = seed;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static double draw_uniform(void)
{
    return ((double)(draw() >> 11) + 0.5) * 0x1p-53;
}

static double draw_normal(void)
{
    double radius = sqrt(-2 * log(draw_uniform()));
    return radius * cos(2 * M_PI * draw_uniform());
}

static int answer(int question, double trait)
{
    static const double cuts[] = {-1.6, -.7, .1, 1.1};
    double loading = .45 + (.80 - .45) * question / (QUESTIONS - 1);
    double value = loading * trait + sqrt(1 - loading * loading) * draw_normal() - .4 + .2 * (question % 5);
    int option = 1;
    for (size_t c = 0; c < COUNT_OF(cuts); c++)
        option += value >= cuts[c];
    return option;
}

static void write_row(FILE *out, int64_t team, double of_team)
{
    double trait = of_team + sqrt(.85) * draw_normal();
    fprintf(out, "%" PRId64, team);
    for (int question = 0; question < QUESTIONS; question++)
        fprintf(out, ",%d", answer(question, trait));
    fputc('\n', out);
}

int main(int argc, char **argv)
{
    int64_t rows = 0;
    FILE *out = argc == 3 ? fopen(argv[2], "we") : NULL;
    if (out == NULL || !slice_to_integer(slice_from_text(argv[1]), 1, 100000000, &rows))
        return 2;
    fputs("team", out);
    for (int question = 1; question <= QUESTIONS; question++)
        fprintf(out, ",i%02d", question);
    fputc('\n', out);
    for (int64_t team = 1; rows > 0; team++) {
        int64_t people = LEAST + (int64_t)(draw() % (MOST - LEAST + 1));
        if (people > rows || rows - people < LEAST)
            people = rows;
        double of_team = sqrt(.15) * draw_normal();
        for (int64_t i = 0; i < people; i++)
            write_row(out, team, of_team);
        rows -= people;
    }
    return fclose(out) == 0 ? 0 : 1;
}
