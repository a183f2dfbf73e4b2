// The way of an answer (docs/privacy.md): the form is fetched once, by name, but closed; the answer goes without a name.
// Every secret is durable on this device before anything that depends on it is sent, so that each step may be repeated.
import { finalize, importKey } from './blind.js';
import { obtainCommentForm } from './comment.js';
import { signRequest } from './device.js';
import { LogFault, checkLog } from './ledger.js';
import {
  answerMessage, answerText, base64url, descriptorRid, fromBase64url, fromHex, hex, makeSalt, readDescriptor,
  receiptText, sha256, signAnswer, verifyReceipt,
} from './protocol.js';
import { keyOf, makeFormSecrets } from './form_secrets.js';
import { isWorded } from './questionnaire.js';
import { Failure, request, requestJson } from './request.js';
import { holdsMember } from './roster.js';
import {
  addRecord, loadCode, loadLog, loadRecord, markToCheck, markWaiting, removeRecord, saveLog, updateRecord,
} from './answer_store.js';

const VERSION_STEP_MAXIMUM = 2 ** 18; // together half of what a version may be

// ---- The form: fetched once ----------------------------------------------------------------------------------

// The round as the server fixed it, fetched without saying who asks, must be the one that this page shows.
async function fetchRound(page) {
  const bytes = await request(`/api/rounds/${page.rid}/descriptor`, { credentials: 'omit' });
  try {
    const round = readDescriptor(bytes);
    const good = hex(await descriptorRid(bytes)) === page.rid && round.team === page.team &&
      String(round.round) === page.round && round.teamName === page.teamName && round.leader === page.leader &&
      round.promise === page.promise && round.items.join(' ') === page.items.join(' ') &&
      round.extended === page.extended && Boolean(round.commentSpki) === page.comments;
    if (!good) throw new Error('not as shown');
    return { round, key: await importKey(round.spki) };
  } catch {
    throw new Failure('form');
  }
}

// The team's log is the same for everybody and can only grow; it must hold this round with this key before anything is asked
// in one's own name. A round from before there were logs has none; a team whose log this device has seen always has one.
async function checkRoundInLog(page, round) {
  const seen = await loadLog(page.team).catch(() => undefined);
  let log;
  try {
    log = await request(`/api/rounds/${page.rid}/log`, { credentials: 'omit' });
  } catch (error) {
    if (error.kind === 'not-logged' && !seen) return;
    throw error.kind === 'not-logged' ? new Failure('log-older') : error;
  }
  const about = { rid: page.rid, team: page.team, logKey: page.logKey, spki: round.spki };
  try {
    const { logKey, size, root } = await checkLog(JSON.parse(new TextDecoder().decode(log)), about, seen);
    await saveLog({ team: page.team, logKey, size, root });
  } catch (error) {
    throw error instanceof LogFault ? new Failure(error.kind) : new Failure('log');
  }
}

// The words that are on the page are those of the questionnaire that the round fixed. Looked at once in the life of a page, also when
// the form is there already: each page could have other words. Fetched by its hash, without a name.
async function checkWords(page, round) {
  const bytes = await request(`/api/questionnaires/${round.instrumentHash}`, { credentials: 'omit' }).catch((error) => {
    throw error.kind === 'other' ? new Failure('words') : error; // there is none
  });
  const good = hex(await sha256(bytes)) === round.instrumentHash && isWorded(new TextDecoder().decode(bytes), round, page.words);
  if (!good) throw new Failure('words');
  page.words = undefined;
}

// Asked for by name, which the server knows; what it is compared with was fetched without one.
async function checkMembers(page, round) {
  const list = await request(`/api/rounds/${page.rid}/roster`, { credentials: 'same-origin' });
  try {
    if (await holdsMember(JSON.parse(new TextDecoder().decode(list)), round, page.person)) return;
  } catch { /* not even a list */ }
  throw new Failure('members');
}

// recovery: made from a code; recovered: for a form that another device had fetched already.
async function makeSecrets(page, key, code) {
  const { rid, team, teamName, closes, extended, logKey, person } = page;
  const secrets = await makeFormSecrets(key, (opk) => answerMessage(fromHex(rid), opk), { code, person, rid, use: 'answer' });
  const made = { recovery: code !== undefined, recovered: code !== undefined && page.issued };
  try {
    await addRecord({ rid, team, teamName, closes, extended, logKey, ...made, ...secrets });
  } catch (error) {
    if (error?.name !== 'ConstraintError') throw new Failure('storage'); // else another window was first
  }
}

async function loadOrFail(rid) {
  try {
    return await loadRecord(rid);
  } catch {
    throw new Failure('storage');
  }
}

// In the record at hand and on the device; whatever else another window noted there meanwhile stays.
async function note(record, changes) {
  Object.assign(record, changes);
  try {
    await updateRecord(record.rid, (now) => Object.assign(now, changes));
  } catch {
    throw new Failure('storage');
  }
}

// What may have arrived is asked for again with the same bytes, the signature of this device included.
async function requestSignature(page, record) {
  const ask = () => requestJson(`/api/rounds/${page.rid}/token`, JSON.stringify({
    blinded: base64url(record.blinded), device_signature: record.deviceSignature,
  }), { credentials: 'same-origin', headers: { 'X-CSRF-Token': page.csrf } });
  const sign = async (again) => {
    await note(record, { deviceSignature: await signRequest(page, record.blinded, again) });
  };
  if (!record.deviceSignature) await sign(false);
  try {
    return await ask();
  } catch (error) {
    if (error.kind !== 'device') throw error;
  }
  await sign(true);
  return ask();
}

async function fetchSignature(page, record, key) {
  let reply;
  try {
    reply = await requestSignature(page, record);
  } catch (error) {
    if (error.kind === 'elsewhere') await removeRecord(page.rid); // these secrets will never be signed
    throw error;
  }
  try {
    return await finalize(key, record.m, record.inverse, fromBase64url(reply.blind_signature));
  } catch {
    await removeRecord(page.rid);
    throw new Failure('signature');
  }
}

// Resolves with the record of this device, which then holds a form that can be sent. May be called again at any time. page.words: what
// it asks in (questionnaire.js), unless it asks nothing or was checked. typed: a recovery code that this device does not keep.
export async function obtainForm(page, typed) {
  if (!globalThis.crypto?.subtle) throw new Failure('insecure');
  const known = await loadOrFail(page.rid);
  const isWhole = known?.signature && !(page.comments && !known.comment?.signature);
  if (isWhole && !page.words) return known;
  const { round, key } = await fetchRound(page);
  if (page.words) await checkWords(page, round);
  if (isWhole) return known;
  const code = typed ?? (await loadCode(page.person));
  await checkRoundInLog(page, round);
  await checkMembers(page, round);
  if (known?.signature) return withCommentForm(page, round, code);
  if (!known) await makeSecrets(page, key, code);
  const record = await loadOrFail(page.rid);
  await note(record, { signature: await fetchSignature(page, record, key) });
  return withCommentForm(page, round, code);
}

// An answer never waits for that of a comment.
async function withCommentForm(page, round, code) {
  await obtainCommentForm(page, round, code).catch(() => {});
  return loadOrFail(page.rid);
}

// ---- The answer ----------------------------------------------------------------------------------------------

const sameValues = (a, b) => a && b && a.length === b.length && a.every((value, i) => value === b[i]);

// What was sent before and may have arrived is sent again byte for byte; anything else is a newer version.
async function makePending(page, record, values) {
  const version = Math.max(record.version, record.pending?.version ?? 0) + 1;
  const cells = page.items.map((item, i) => ({ item, value: values[i], salt: makeSalt() }));
  const text = answerText(fromHex(page.rid), version, cells);
  const body = JSON.stringify({
    rid: page.rid,
    m: base64url(record.m),
    sig: base64url(record.signature),
    opk: base64url(record.opk),
    osig: base64url(await signAnswer(await keyOf(record), text)),
    version,
    cells: cells.map(({ item, value, salt }) => ({ q: item, value, salt: hex(salt) })),
  });
  await note(record, { pending: { version, values, cells, body } });
}

async function checkReceipt(record, logKey, reply) {
  const { version, cells } = record.pending;
  const text = await receiptText(fromHex(record.rid), await sha256(record.opk), version, cells);
  let verified = false;
  try {
    if (new TextDecoder().decode(text) === reply.receipt)
      verified = await verifyReceipt(fromBase64url(logKey), text, fromBase64url(reply.signature));
  } catch {
    // not even the form of a signature
  }
  if (verified === false) throw new Failure('receipt');
  return verified === true;
}

// Sends what is pending.
async function deliver(record, logKey) {
  const reply = await requestJson('/api/answers', record.pending.body, { credentials: 'omit' });
  const { version, values, cells } = record.pending;
  const verified = await checkReceipt(record, logKey, reply);
  const receipt = { text: reply.receipt, signature: reply.signature };
  const kept = await updateRecord(record.rid, (now) => {
    Object.assign(now, { logKey, verified, receipt, version, sent: values, cells, checked: undefined });
    if (now.pending?.version > version) return; // another window has a newer one
    delete now.pending;
    delete now.sendAfter;
    delete now.overtaken;
  }).catch(() => { throw new Failure('storage'); });
  markToCheck(true);
  return kept;
}

async function sendOnce(page, values) {
  const record = await obtainForm(page);
  if (!record.pending && !record.recovery && sameValues(record.sent, values)) return record;
  if (!sameValues(record.pending?.values, values)) await makePending(page, record, values);
  return deliver(record, page.logKey);
}

// Keeps the finished answer on this device; answer_queue.js sends it from any page after `sendAfter` (seconds).
export async function queueAnswer(page, values, sendAfter) {
  const record = await obtainForm(page);
  if (!sameValues(record.pending?.values, values)) await makePending(page, record, values);
  await note(record, { sendAfter, logKey: page.logKey, insists: record.insists || record.overtaken, overtaken: undefined });
  markWaiting(true);
  return record;
}

// An answer without any answer counts as none; so it also takes back what was sent before.
export const countsAsNone = (values) => values !== undefined && values.every((value) => value === 0);

// The server holds a version that this device does not know of: from another window, or sent from another device with the same
// recovery code. The next one is newer by a step that doubles, so that few tries pass whatever it holds.
async function sendAbove(page, values, step) {
  try {
    return await sendOnce(page, values);
  } catch (error) {
    if (error.kind !== 'window' || step > VERSION_STEP_MAXIMUM) throw error;
  }
  const record = await loadOrFail(page.rid);
  await note(record, { version: Math.max(record.version, record.pending?.version ?? 0) + step - 1, pending: undefined });
  return sendAbove(page, values, 2 * step);
}

// values: one for each item of the page, in its order; 0 for no answer. Resolves with the record when the server has
// taken them and its receipt holds.
export const sendAnswer = (page, values) => sendAbove(page, values, 1);

// What waited, from whatever page is open. Where another device of the same person was faster (one recovery code), only what
// was written after that goes in its place; of the rest it is told on the page of the answer (`overtaken`).
export async function deliverQueued(record) {
  const { rid, logKey, pending } = record;
  if (record.recovered || record.insists) return sendAnswer({ rid, logKey, items: pending.cells.map(({ item }) => item) }, pending.values);
  try {
    return await deliver(record, logKey);
  } catch (error) {
    if (error.kind !== 'window') throw error;
  }
  await note(record, { overtaken: true, sendAfter: undefined });
  return record;
}
