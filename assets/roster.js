// The list of members of a round: its descriptor fixed how many there are and the root of a tree over them. A member gets all leaves,
// which are hashes, and what opens the own one (src/pulse/roster.h). A server that counted more members than it shows could invent
// answers for the rest. Nothing here asks the server anything: the caller fetches, this checks.
import { join } from './bytes.js';
import { leafHash, logRoot } from './ledger.js';
import { fromBase64url, hex } from './protocol.js';

// list: {salt, leaves}; round: {rosterCount, rosterRoot}; person: the own number as text. Whether it is all as it should be.
export async function holdsMember(list, round, person) {
  const leaves = list.leaves.map(fromBase64url);
  const own = hex(await leafHash(join(fromBase64url(list.salt), 'hecht-member-v1', [0], person)));
  const names = leaves.map(hex);
  return leaves.length === round.rosterCount && leaves.every((leaf) => leaf.length === 32) &&
    names.every((name, i) => i === 0 || names[i - 1] < name) &&
    hex(await logRoot(leaves)) === round.rosterRoot && names.includes(own);
}
