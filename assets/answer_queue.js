// Answers that wait on this device until a later moment. Whatever page of Hecht is open then sends them, without a name; when
// none is, the next visit does. A moment between the visit and the sending keeps somebody who watches the network from laying
// the two side by side.
import { deliverQueued } from './answer_send.js';
import { deliverComment } from './comment.js';
import { loadRecord, loadRecords, markWaiting } from './answer_store.js';

const LONGEST_TIMER_SECONDS = 6 * 3600;
const RETRY_SECONDS = 300;
const SETTLE_SECONDS = 20; // after a page came up

const now = () => Date.now() / 1000;
const random = (limit) => (crypto.getRandomValues(new Uint32Array(1))[0] / 2 ** 32) * limit;

// Between half an hour and six hours from now, and well before the round closes (seconds).
export function chooseMoment(closes) {
  const room = Math.max(0, closes - now());
  const earliest = Math.min(1800, room / 4);
  const latest = Math.min(6 * 3600, (room * 3) / 4);
  return Math.floor(now() + earliest + random(Math.max(0, latest - earliest)));
}

// An answer and a comment of the same round wait each for itself.
const waiting = (records) => records.filter((record) => record.extended > now()).flatMap((record) => [
  ...(record.pending && record.sendAfter !== undefined ? [{ after: record.sendAfter, rid: record.rid, send: deliverQueued }] : []),
  ...(record.comment?.pending && record.comment.sendAfter !== undefined ? [{ after: record.comment.sendAfter, rid: record.rid, send: deliverComment }] : []),
]);

// Each for itself: one that cannot go now keeps no other from going. Resolves with whether all that was due went.
async function sendDue() {
  let all = true;
  for (const one of waiting(await loadRecords()).filter(({ after }) => after <= now())) {
    try {
      await one.send(await loadRecord(one.rid));
    } catch {
      all = false;
    }
  }
  return all;
}

let timer; // there is one, however often somebody asks

async function plan(first) {
  const left = waiting(await loadRecords());
  markWaiting(left.length > 0);
  if (left.length === 0) return;
  const soonest = Math.min(...left.map((one) => one.after)) - now();
  const seconds = Math.min(LONGEST_TIMER_SECONDS, Math.max(soonest, first));
  clearTimeout(timer);
  timer = setTimeout(work, seconds * 1000);
}

// Offline, closed, busy: it stays, and is tried again; the page of the answer says what stands in the way.
async function work() {
  const all = await sendDue().catch(() => false);
  await plan(all ? 1 : RETRY_SECONDS);
}

export const watchQueue = () => plan(1 + random(SETTLE_SECONDS));
