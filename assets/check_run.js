// Looks at the answers that this device sent: are they in what was published? Records are fetched without saying who asks; only
// what the server noted about the own form is asked for by name, which it knows anyway.
import { loadLog, loadRecords, saveLog, updateRecord } from './answer_store.js';
import { checkOwnLeaf, checkRecord } from './check.js';
import { signedBy } from './device.js';
import { anonymousAddress, request } from './request.js';
import { base64url, sha256 } from './protocol.js';

const LATE_SECONDS = 24 * 3600; // after its last end a round is closed by then
// What another device with the same recovery code may have done.
const MAY_BE_OWN = ['missing', 'withdrawn', 'cell'];

async function fetchJson(path, credentials) {
  const address = credentials === 'omit' ? anonymousAddress(path) : path;
  const response = await fetch(address, { credentials, cache: 'no-store', referrerPolicy: 'no-referrer', redirect: 'error' });
  if (response.status === 404) return { gone: (await response.json().catch(() => ({}))).reason ?? 'unknown' };
  if (!response.ok) throw new Error(`status ${response.status}`);
  return response.json();
}

// A server that lost an answer could say that there is nothing to look at. Only a team of which this device never saw a log has no
// records, and a record is late for as long as a job may be.
function whatIsGone(reason, record, seen) {
  if (reason === 'record-not-yet' && Date.now() / 1000 < record.extended + LATE_SECONDS) return 'open';
  return reason === 'round-not-logged' && !seen ? 'no-record' : 'fault-record';
}

// By its hash, which the round fixed; undefined where this server has it no more.
async function fetchQuestionnaire(published) {
  const hash = /^instrument \S+ \d+ ([0-9a-f]{64})$/m.exec(published.descriptor)?.[1];
  return request(`/api/questionnaires/${hash}`, { credentials: 'omit' }).catch((error) => {
    if (error.kind === 'offline' || error.kind === 'busy') throw error;
    return undefined;
  });
}

async function look(record) {
  const published = await fetchJson(`/api/rounds/${record.rid}/record`, 'omit');
  const seen = await loadLog(record.team);
  if (published.gone) return { kind: whatIsGone(published.gone, record, seen) };
  const issuance = await fetchJson(`/api/rounds/${record.rid}/issuance`, 'same-origin').catch(() => undefined);
  const questionnaire = await fetchQuestionnaire(published);
  const own = {
    rid: record.rid, team: record.team, logKey: record.logKey, m: record.m, opk: record.opk, signature: record.signature,
    cells: record.cells, blindedHash: base64url(await sha256(record.blinded)), 
    // Bytes that were made from a recovery code say more than a signature, which is that of the first device.
    deviceSignature: record.recovery ? undefined : record.deviceSignature,
  };
  try {
    const { again, withdrawn, log } = await checkRecord(published, own, seen, issuance?.gone ? undefined : issuance, questionnaire);
    await saveLog({ team: record.team, logKey: log.logKey, size: log.size, root: log.root });
    if (withdrawn) return { kind: 'withdrawn' };
    return { kind: again ? 'counted-again' : 'counted' };
  } catch (error) {
    if (!error.kind) throw error;
    return { kind: record.recovery && MAY_BE_OWN.includes(error.kind) ? 'fault-elsewhere' : `fault-${error.kind}` };
  }
}

// Nothing that this device could look for: the form was fetched again with a recovery code, and not used.
const isEmpty = (record) => record.recovered && !record.sent;

// Every answer of this device with what was found: {rid, teamName, kind, at}; kind 'open' while its round is, 'not-sent' when it
// never went, 'unknown' when the server could not be reached. What was found once is kept, faults are looked at again.
export async function runChecks() {
  const now = Date.now() / 1000;
  const found = [];
  for (const record of (await loadRecords()).filter((one) => one.team && one.logKey && !isEmpty(one))) {
    let kind = record.checked;
    if (!record.sent) {
      if (!(record.extended < now)) continue;
      kind = 'not-sent';
    } else if (!kind || kind.startsWith('fault-')) {
      const result = record.closes < now || record.extended < now ? await look(record).catch(() => ({ kind: 'unknown' })) : undefined;
      kind = result?.kind ?? 'open';
      if (/^(counted|withdrawn|fault-)/.test(kind)) await updateRecord(record.rid, (now) => { now.checked = kind; });
    }
    found.push({ rid: record.rid, teamName: record.teamName, closes: record.closes ?? record.extended, kind });
  }
  return found.sort((a, b) => b.closes - a.closes);
}

// ---- Rounds of which this device holds no answer -------------------------------------------------------------

async function isOfOwnDevice(round, issuance, devices) {
  if (!issuance.device_signature) return false;
  for (const point of devices)
    if (await signedBy(point, round.rid, issuance.blinded_hash, issuance.device_signature).catch(() => false)) return true;
  return false;
}

async function lookAtLeaf(round, logKey, devices) {
  const published = await fetchJson(`/api/rounds/${round.rid}/record`, 'omit');
  const issuance = await fetchJson(`/api/rounds/${round.rid}/issuance`, 'same-origin');
  if (published.gone || issuance.gone) return undefined;
  const seen = await loadLog(round.team);
  try {
    const { log } = await checkOwnLeaf(published, { rid: round.rid, team: round.team, logKey }, seen, issuance);
    await saveLog({ team: round.team, logKey: log.logKey, size: log.size, root: log.root });
  } catch (error) {
    if (!error.kind) throw error;
    return `fault-${error.kind}`;
  }
  if (!issuance.issued) return 'none-fetched';
  return (await isOfOwnDevice(round, issuance, devices)) ? 'fetched-device' : 'fetched-unsigned';
}

// For a person who is signed in: what the server noted in that person's name for rounds in which this device did nothing, as
// {rid, teamName, closes, kind}. A server that answered for somebody shows it here.
export async function runLeafChecks() {
  const own = await fetchJson('/api/own-rounds', 'same-origin');
  const { devices } = await fetchJson('/api/devices', 'same-origin');
  const known = new Set((await loadRecords()).filter((record) => !isEmpty(record)).map((record) => record.rid));
  const found = [];
  for (const round of own.rounds.filter((one) => !known.has(one.rid))) {
    const kind = await lookAtLeaf(round, own.log_key, devices).catch(() => 'unknown');
    if (kind) found.push({ rid: round.rid, teamName: round.team_name, closes: round.closed, kind });
  }
  return found;
}
