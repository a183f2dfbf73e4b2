// What in a text may show who wrote it, or names somebody. Looked at on this device only; nothing of it is sent anywhere.

const WORDS = /[\p{L}\p{M}][\p{L}\p{M}'’-]*/gu;
const ADDRESSES = /[^\s@]+@[^\s@]+|https?:\/\/\S+|www\.\S+|\+?[0-9][0-9 ()-]{7,}[0-9]/gu;
const DAYS = 'maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|monday|tuesday|wednesday|thursday|friday|saturday|sunday';
const MONTHS = 'januari|februari|maart|april|juni|juli|augustus|september|oktober|november|december|january|february|march|june|july|august|october';
const NUMBERS = new RegExp(`(?<![\\p{L}\\p{N}])(?:[\\p{N}]+(?:[.,:/-][\\p{N}]+)*|${DAYS}|${MONTHS}|gisteren|yesterday)(?![\\p{L}\\p{N}])`, 'giu');
const ROLES = new RegExp(`(?<![\\p{L}])(?:${[
  'als enige', 'de enige', 'het enige', 'als nieuwste', 'de nieuwste', 'mijn functie', 'mijn rol', 'mijn ziekte', 'mijn verlof',
  'mijn zwangerschap', 'mijn leeftijd', 'mijn collega', 'as the only', 'the only one', 'the newest', 'my role', 'my job', 'my position',
  'my leave', 'my illness', 'my pregnancy', 'my age', 'my colleague', 'since I joined', 'sinds ik hier werk',
].join('|')})(?![\\p{L}])`, 'giu');
const SHORT = 3; // shorter parts of names are words as well: "de", "van"
const COMMON = new Set(['I', "I'm", "I've", "I'd", "I'll", 'I’m', 'I’ve', 'I’d', 'I’ll', 'Hecht']);

const unique = (found) => [...new Set(found)];
const all = (text, pattern) => unique(Array.from(text.matchAll(pattern), ([match]) => match.trim()));

const partsOf = (names) => new Set(names.flatMap((name) => name.toLocaleLowerCase().match(WORDS) ?? []).filter((part) => part.length >= SHORT));

// Capitals at the beginning of a sentence say nothing.
function capitals(text, known) {
  const found = [];
  for (const match of text.matchAll(WORDS)) {
    const before = text.slice(0, match.index).trimEnd();
    const begins = before === '' || /[.!?:…\n"“”‘(]$/u.test(before) || /\n\s*$/u.test(text.slice(0, match.index));
    if (!begins && /^\p{Lu}/u.test(match[0]) && !COMMON.has(match[0]) && !known.has(match[0].toLocaleLowerCase())) found.push(match[0]);
  }
  return unique(found);
}

// names: of people in the team, leader included. Resolves with lists of words by kind; all empty when nothing was found.
export function tellingDetails(text, names) {
  const known = partsOf(names);
  const addresses = all(text, ADDRESSES);
  const rest = text.replace(ADDRESSES, ' ');
  return {
    names: unique((rest.match(WORDS) ?? []).filter((word) => known.has(word.toLocaleLowerCase()))),
    capitals: capitals(rest, known),
    numbers: all(rest, NUMBERS),
    addresses,
    roles: all(rest, ROLES),
  };
}
