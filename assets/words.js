// Bytes as words that can be said aloud and written down: each of five letters is 16 bits (proquints; people/device.c makes the
// same).
const CONSONANTS = 'bdfghjklmnprstvz';
const VOWELS = 'aiou';
const LETTERS = [[CONSONANTS, 4], [VOWELS, 2], [CONSONANTS, 4], [VOWELS, 2], [CONSONANTS, 4]];

function wordOf(bits) {
  let word = '';
  for (let [at, left] = [0, 16]; at < LETTERS.length; at++) {
    const [letters, size] = LETTERS[at];
    left -= size;
    word += letters[(bits >> left) & (letters.length - 1)];
  }
  return word;
}

function bitsOf(word) {
  const places = Array.from(word, (letter, at) => LETTERS[at]?.[0].indexOf(letter) ?? -1);
  if (places.length !== LETTERS.length || places.includes(-1)) return undefined;
  return places.reduce((bits, place, at) => (bits << LETTERS[at][1]) | place, 0);
}

// An even number of bytes.
export const wordsOf = (bytes) => Array.from({ length: bytes.length / 2 }, (_, i) => wordOf(bytes[2 * i] * 256 + bytes[2 * i + 1]));

// What wordsOf made them from, or undefined when one is no such word.
export function bytesOf(words) {
  const bits = words.map(bitsOf);
  return bits.includes(undefined) ? undefined : Uint8Array.from(bits.flatMap((pair) => [pair >> 8, pair & 255]));
}

// The first 8 bytes of rid, for two colleagues to compare.
export const ridWords = (rid) => wordsOf(rid.slice(0, 8)).join(' ');
