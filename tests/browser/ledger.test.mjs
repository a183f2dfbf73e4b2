// assets/ledger.js: what a device checks of its team's log. Trees and signatures against straightforward ones made here with
// node:crypto, every lie of a server by its name, and the log of the real program.
import assert from 'node:assert/strict';
import {createHash, generateKeyPairSync, sign} from 'node:crypto';
import test from 'node:test';

import {checkLog, logRoot, readCloseEntry} from '../../assets/ledger.js';
import {base64url, fromHex, hex, readDescriptor} from '../../assets/protocol.js';
import {ridWords} from '../../assets/words.js';
import {claim, signIn, start, temporaryFolder, openRound} from './hecht.mjs';

const sha = (...parts) => createHash('sha256').update(Buffer.concat(parts.map((part) => Buffer.from(part)))).digest();
const fresh = (bytes) => new Uint8Array(bytes);

// RFC 6962 2.1 as it is written: by the largest power of two below n.
function naiveRoot(leaves) {
  if (leaves.length === 0) return sha('');
  if (leaves.length === 1) return leaves[0];
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return sha([1], naiveRoot(leaves.slice(0, k)), naiveRoot(leaves.slice(k)));
}

test('roots are those of RFC 6962, for every small size', async () => {
  const leaves = Array.from({length: 70}, (_, i) => sha([0], `leaf ${i}`));
  for (let n = 0; n <= leaves.length; n++)
    assert.equal(hex(await logRoot(leaves.slice(0, n).map(fresh))), naiveRoot(leaves.slice(0, n)).toString('hex'), `${n}`);
});

test('words of a round are proquints', () => {
  // 127.0.0.1 and 63.84.220.193 are examples of the proposal.
  assert.equal(ridWords(fromHex('7f0000013f54dcc1')), 'lusab babad gutih tugad');
});

// ---- A log that is made here -----------------------------------------------------------------------------------

const {privateKey, publicKey} = generateKeyPairSync('ed25519');
const raw = publicKey.export({format: 'der', type: 'spki'}).subarray(-32);
const other = generateKeyPairSync('ed25519');
const TEAM = '4711';
const origin = `hecht-${sha(raw).toString('hex').slice(0, 16)}/team/${TEAM}`;
const H = (text) => sha(text).toString('hex');
const spki = Buffer.from('the public key of this round');

const roundEntry = (rid, from) => `hecht-log-round-v1\nrid ${rid}\nkey-from ${from}\n`;
const closeEntry = (rid, next) => `hecht-log-close-v1\nrid ${rid}\nroster 12\nanswers 11\nissued 12\neligibility ${H('t')}\n` +
  `issuance ${H('i')}\ncells a ${H('a')}\ncells b ${H('b')}\nresult ${H('r')}\nnext-key ${next}\n`;
const leafOf = (entry) => sha([0], entry);

function noteOf(leaves, {key = privateKey, name = origin, root = naiveRoot(leaves), size = leaves.length} = {}) {
  const text = `${name}\n${size}\n${root.toString('base64')}\n`;
  const id = sha(`${name}\n`, [1], raw).subarray(0, 4);
  return `${text}\n— ${name} ${Buffer.concat([id, sign(null, Buffer.from(text), key)]).toString('base64')}\n`;
}

const ENTRIES = [
  roundEntry(H('round 1'), 'none'), closeEntry(H('round 1'), sha(spki).toString('hex')), roundEntry(H('round 2'), 1),
];
function logOf(entries, {first = 1, opening = 2, close, note} = {}) {
  const leaves = entries.map(leafOf);
  return {
    log_key: base64url(raw), checkpoint: note ?? noteOf(leaves), leaves: leaves.map((leaf) => base64url(leaf)),
    first, entries: entries.slice(first, (close ?? opening) + 1), opening, ...(close === undefined ? {} : {close}),
  };
}
const about = {rid: H('round 2'), team: TEAM, logKey: base64url(raw), spki};
const fails = (kind, log, seen, of = about) => assert.rejects(checkLog(log, of, seen), (error) => {
  assert.equal(error.kind, kind, error.stack);
  return true;
});

test('an honest log is taken, and what was seen of it can only grow', async () => {
  const first = await checkLog(logOf(ENTRIES.slice(0, 1), {first: 0, opening: 0}), {...about, rid: H('round 1')});
  assert.equal(first.size, 1);
  const second = await checkLog(logOf(ENTRIES), about, first);
  assert.equal(second.size, 3);
  assert.equal(second.verified, true);
  await checkLog(logOf(ENTRIES), about, second); // the same again
});

test('a witness may have signed as well', async () => {
  const log = logOf(ENTRIES);
  log.checkpoint += `— witness.example/w1 ${Buffer.alloc(76, 7).toString('base64')}\n`;
  await checkLog(log, about);
});

test('a server that lies is found out, and it is said how', async (t) => {
  const seen = await checkLog(logOf(ENTRIES), about);
  const changed = (index, entry) => ENTRIES.map((old, i) => (i === index ? entry : old));
  await t.test('another past', () => fails('log-changed', logOf(changed(0, roundEntry(H('another round'), 'none'))), seen));
  await t.test('a backup that was put back', () => fails('log-older', logOf(ENTRIES.slice(0, 1), {first: 0, opening: 0}), seen,
    {...about, rid: H('round 1')}));
  await t.test('another key of the log', () => fails('log-key', logOf(ENTRIES), {...seen, logKey: base64url(Buffer.alloc(32))}));
  await t.test('a key that the page does not name', () =>
    fails('log-key', {...logOf(ENTRIES), log_key: base64url(Buffer.alloc(32))}));
  await t.test('signed by somebody else', () =>
    fails('log-signature', logOf(ENTRIES, {note: noteOf(ENTRIES.map(leafOf), {key: other.privateKey})})));
  await t.test('not signed by the log', () =>
    fails('log-signature', {...logOf(ENTRIES), checkpoint: noteOf(ENTRIES.map(leafOf)).replace('— hecht', '— nobody')}));
  await t.test('the checkpoint of another team', () =>
    fails('log', logOf(ENTRIES, {note: noteOf(ENTRIES.map(leafOf), {name: origin.replace(TEAM, '12')})})));
  await t.test('a root that is not of these leaves', () =>
    fails('log', logOf(ENTRIES, {note: noteOf(ENTRIES.map(leafOf), {root: sha('x')})})));
  await t.test('a size that is not theirs', () => fails('log', logOf(ENTRIES, {note: noteOf(ENTRIES.map(leafOf), {size: 2})})));
  await t.test('a round that is not in the log', () => fails('log-round', logOf(ENTRIES), undefined, {...about, rid: H('round 3')}));
  await t.test('an entry that is not the one in the list', () => {
    const log = logOf(ENTRIES);
    log.entries[1] = roundEntry(H('round 2'), 'none');
    return fails('log', log);
  });
  await t.test('another key than the last close fixed', () =>
    fails('log-next-key', logOf(ENTRIES), undefined, {...about, spki: Buffer.from('a key for this member only')}));
  await t.test('a close that is passed over', () =>
    fails('log-next-key', logOf(changed(2, roundEntry(H('round 2'), 'none')), {first: 0})));
  await t.test('a close that is passed over and not shown', () =>
    fails('log-next-key', logOf(changed(2, roundEntry(H('round 2'), 'none')), {first: 2})));
  await t.test('a commitment that is older than the last close', () => {
    const entries = [...ENTRIES.slice(0, 2), closeEntry(H('round x'), H('newer')), roundEntry(H('round 2'), 1)];
    return fails('log-next-key', logOf(entries, {opening: 3}));
  });
  await t.test('a round for each member in one log: the first is not the last, the others do not follow the close', async () => {
    const entries = [...ENTRIES.slice(0, 2), ...Array.from({length: 6}, (_, i) => roundEntry(H(`for member ${i}`), 1))];
    for (let i = 0; i < 6; i++)
      await fails(i < 5 ? 'log-round' : 'log-next-key', logOf(entries, {opening: 2 + i}), undefined, {...about, rid: H(`for member ${i}`)});
    const first = Array.from({length: 2}, (_, i) => roundEntry(H(`for member ${i}`), 'none'));
    await fails('log-round', logOf(first, {first: 0, opening: 0}), undefined, {...about, rid: H('for member 0')});
    await fails('log-next-key', logOf(first, {first: 0, opening: 1}), undefined, {...about, rid: H('for member 1')});
  });
  await t.test('a close that is that of another round, or stands elsewhere', async () => {
    const closed = [...ENTRIES, closeEntry(H('round 2'), H('next'))];
    await checkLog(logOf(closed, {close: 3}), about);
    await fails('log-round', logOf([...ENTRIES, closeEntry(H('round 9'), H('next'))], {close: 3}));
    await fails('log-round', logOf(closed)); // the close is kept back
    await fails('log-round', logOf([...ENTRIES, roundEntry(H('round 3'), 1), closeEntry(H('round 2'), H('next'))], {close: 4}));
  });
});

test('whatever is damaged is refused, never taken', async () => {
  const text = JSON.stringify(logOf(ENTRIES));
  const whole = await checkLog(JSON.parse(text), about);
  let seed = 12345;
  const random = (n) => (seed = (seed * 1103515245 + 12345) % 2147483648) % n;
  for (let i = 0; i < 400; i++) {
    const at = random(text.length);
    const broken = text.slice(0, at) + String.fromCharCode(32 + random(95)) + text.slice(at + 1 + random(3));
    let log;
    try {
      log = JSON.parse(broken);
    } catch {
      continue;
    }
    try {
      const taken = await checkLog(log, about);
      assert.equal(taken.root, whole.root, broken); // a change outside of what counts, such as an unknown signature
    } catch (error) {
      assert.notEqual(error.name, 'AssertionError', error.message);
    }
  }
});

test('close entries are read strictly', () => {
  const entry = closeEntry(H('round 1'), H('next'));
  assert.equal(readCloseEntry(entry).cells.get('b'), H('b'));
  for (const wrong of [entry.slice(0, -1), `${entry}\n`, entry.replace('roster 12', 'roster 012'), entry.replace('cells a', 'cells A'),
    entry.replace('answers 11', 'answers about-11')])
    assert.equal(readCloseEntry(wrong), undefined);
});

test('the log of the real program holds', async (t) => {
  const folder = temporaryFolder(t);
  const server = await start(t, folder, ['serve', '--port', '0']);
  const {owner} = await claim(server, {members: Array.from({length: 6}, (_, i) => `m${i}@example.org`).join('\n')});
  await openRound(owner);
  const member = await signIn(folder, server.url, 'm1@example.org');
  const [{rid}] = JSON.parse((await member.page('/api/rounds')).text).rounds;
  const get = (path) => fetch(server.url + path);
  const descriptor = readDescriptor(fresh(await (await get(`/api/rounds/${rid}/descriptor`)).arrayBuffer()));
  const log = await (await get(`/api/rounds/${rid}/log`)).json();
  const found = await checkLog(log, {rid, team: descriptor.team, logKey: log.log_key, spki: descriptor.spki});
  assert.equal(found.verified, true);
});
