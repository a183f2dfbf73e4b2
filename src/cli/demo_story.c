#include "cli/demo_story.h"

/* A promise was broken before round 6; from round 8 on the leader said so, apologised and kept what was
 * agreed. */
static double breach_and_recovery(int round, int line)
{
    static const double before[DEMO_LINES] = {4.1, 3.9, 3.8, 3.9};
    static const double drop[DEMO_LINES] = {1.7, 0.3, 0.7, 1.1};
    double part = round < 6 ? 0 : round < 8 ? 1 : 1 - 0.15 * (round - 7);
    return before[line] - drop[line] * (part < 0.1 ? 0.1 : part);
}

static double very_good(int round, int line)
{
    (void)round;
    return line == 3 ? 4.6 : 4.7;
}

static double steady(int round, int line)
{
    static const double level[DEMO_LINES] = {3.5, 3.7, 3.4, 3.3};
    (void)round;
    return level[line];
}

static double slowly_growing(int round, int line)
{
    static const double level[DEMO_LINES] = {3.0, 3.3, 2.9, 2.8};
    return level[line] + 0.06 * round;
}

const struct demo_team DEMO_STORY[DEMO_TEAMS] = {
    {{"Wijkteam Oost", "District team East"}, {"Zorg", "Care"}, "Fatima", 9, false, breach_and_recovery},
    {{"Planning", "Planning"}, {"Zorg", "Care"}, "Joris", 7, false, very_good},
    {{"Werkplaats", "Workshop"}, {"Techniek", "Engineering"}, "Marit", 8, false, steady},
    {{"Magazijn", "Warehouse"}, {"Techniek", "Engineering"}, "Sven", 3, false, steady},
    {{"Klantenservice", "Customer service"}, {"Kantoor", "Office"}, "Aylin", 12, false, slowly_growing},
    {{"Nieuwe locatie", "New location"}, {"Kantoor", "Office"}, "Bram", 6, true, steady},
};

const struct demo_promise DEMO_PROMISES[] = {
    {0,
     3,
     {"Ik deel elke maandag de planning van de week.", "I share the plan for the week every Monday."},
     1},
    {0,
     7,
     {"Ik vertel in het teamoverleg wat er misging en wat ik anders doe.",
      "I tell the team meeting what went wrong and what I will do differently."},
     1},
    {0,
     9,
     {"Ik leg elk besluit over het rooster binnen een week uit.",
      "I explain every decision about the roster within a week."},
     1},
    {0, 12, {"Ik bespreek met iedereen apart wat je nodig hebt.", "I ask each of you what you need."}, 2},
    {0,
     13,
     {"Ik vraag voor elk besluit eerst wie er anders over denkt.",
      "Before each decision I first ask who sees it differently."},
     1},
    {1,
     11,
     {"Ik regel een vaste vervanger voor de avonddienst.", "I arrange a fixed stand-in for the late shift."},
     1},
    {2,
     12,
     {"Ik vraag in elk overleg eerst wie het anders ziet.",
      "In each meeting I first ask who sees it differently."},
     4},
    {4,
     12,
     {"Ik zorg dat de nieuwe koptelefoons er zijn.", "I see to it that the new headsets are there."},
     1},
};
const size_t DEMO_PROMISE_COUNT = COUNT_OF(DEMO_PROMISES);

const char *const DEMO_NAMES[] = {
    "Noor",  "Daan",  "Sanne", "Youssef", "Lotte",  "Milan", "Eva",    "Ruben", "Zeynep", "Tim",
    "Iris",  "Karim", "Femke", "Lars",    "Amira",  "Thijs", "Roos",   "Omar",  "Julia",  "Bas",
    "Naomi", "Koen",  "Esra",  "Wout",    "Hanna",  "Jesse", "Malika", "Pim",   "Vera",   "Ilias",
    "Anouk", "Sem",   "Dewi",  "Gijs",    "Samira", "Teun",  "Lieke",  "Adam",  "Maud",   "Rik",
    "Selin", "Niels", "Jade",  "Stijn",   "Leyla",  "Floor", "Hugo",   "Merel",
};
const size_t DEMO_NAME_COUNT = COUNT_OF(DEMO_NAMES);
