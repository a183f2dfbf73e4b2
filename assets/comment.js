// The way of a comment: a form of its own, fetched closed together with that of the answer, and a moment of its own for the
// sending. Nothing joins it to an answer: other key, other token, other one-time key, other time.
import { finalize, importKey } from './blind.js';
import {
  base64url, commentBody, commentMessage, commentReceiptText, commentText, fromBase64url, fromHex, sha256, signAnswer, verifyReceipt,
} from './protocol.js';
import { keyOf, makeFormSecrets } from './form_secrets.js';
import { Failure, requestJson } from './request.js';
import { loadRecord, markWaiting, updateRecord } from './answer_store.js';

const VERSION_STEP_MAXIMUM = 2 ** 18; // as in answer_send.js

// Every browser fetches it, whether its owner will write anything or not; one that cannot goes on without. The same bytes are
// asked for again, so that nothing is lost when something breaks off; of two windows the secrets of the first count. code: from
// which they are made where those of the answer were.
export async function obtainCommentForm(page, round, code) {
  const record = await loadRecord(page.rid);
  if (!round.commentSpki || record.comment?.signature) return;
  const key = await importKey(round.commentSpki);
  const messageOf = (opk) => commentMessage(fromHex(page.rid), opk);
  const from = { code: record.recovery ? code : undefined, person: page.person, rid: page.rid, use: 'comment' };
  const secrets = record.comment ?? await makeFormSecrets(key, messageOf, from, Boolean(record.oskText));
  const { comment: { m, inverse, blinded } } = await updateRecord(page.rid, (now) => { now.comment ??= secrets; });
  const reply = await requestJson(`/api/rounds/${page.rid}/comment-token`, JSON.stringify({ blinded: base64url(blinded) }),
    { credentials: 'same-origin', headers: { 'X-CSRF-Token': page.csrf } });
  const signature = await finalize(key, m, inverse, fromBase64url(reply.blind_signature));
  await updateRecord(page.rid, (now) => { now.comment.signature = signature; });
}

async function makePending(rid, comment, text) {
  const version = Math.max(comment.version, comment.pending?.version ?? 0) + 1;
  const body = commentBody(text);
  const signed = await commentText(fromHex(rid), version, body);
  return {
    version, text, bytes: body,
    body: JSON.stringify({
      rid,
      m: base64url(comment.m),
      sig: base64url(comment.signature),
      opk: base64url(comment.opk),
      osig: base64url(await signAnswer(await keyOf(comment), signed)),
      version,
      body: base64url(body),
    }),
  };
}

export const commentOf = (record) => record?.comment?.pending?.text ?? record?.comment?.sent ?? '';

// What the server takes as text: no control characters but the end of a line, no blanks around it.
export const cleanComment = (text) => text.replace(/\r\n?/g, '\n').replace(/\t/g, ' ').replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, '').trim();

// Keeps the text on this device until `sendAfter` (seconds); answer_queue.js sends it then. An empty text takes back what may
// have been sent; `unseen`: also from another device. Throws when this device holds no form for a comment.
export async function queueComment(rid, text, sendAfter, unseen = false) {
  const record = await loadRecord(rid);
  const overtaken = record.comment?.overtaken;
  if (text === commentOf(record) && !overtaken && !unseen) return record;
  if (!record.comment?.signature) throw new Failure('other');
  const pending = await makePending(rid, record.comment, text);
  const changes = { pending, sendAfter, insists: record.comment.insists || overtaken, overtaken: undefined };
  const kept = await updateRecord(rid, (now) => Object.assign(now.comment, changes));
  markWaiting(true);
  return kept;
}

// The server holds a version that this device does not know of: as with answers (answer_send.js).
async function deliverAbove(record, step) {
  const { rid, comment, recovered } = record;
  if (!recovered && !comment.insists)
    return updateRecord(rid, (now) => Object.assign(now.comment, { overtaken: true, sendAfter: undefined }));
  const version = comment.pending.version + step - 1;
  const pending = await makePending(rid, { ...comment, version, pending: undefined }, comment.pending.text);
  return deliverComment(await updateRecord(rid, (now) => Object.assign(now.comment, { pending })), 2 * step);
}

export async function deliverComment(record, step = 1) {
  const { pending, opk } = record.comment;
  let reply;
  try {
    reply = await requestJson('/api/comments', pending.body, { credentials: 'omit' });
  } catch (error) {
    if (error.kind !== 'window' || step > VERSION_STEP_MAXIMUM) throw error;
    return deliverAbove(record, step);
  }
  const text = await commentReceiptText(fromHex(record.rid), await sha256(opk), pending.version, pending.bytes);
  const good = new TextDecoder().decode(text) === reply.receipt &&
    (await verifyReceipt(fromBase64url(record.logKey), text, fromBase64url(reply.signature)).catch(() => false)) !== false;
  if (!good) throw new Failure('receipt');
  return updateRecord(record.rid, ({ comment }) => {
    Object.assign(comment, { version: pending.version, sent: pending.text });
    if (comment.pending?.version > pending.version) return;
    delete comment.pending;
    delete comment.sendAfter;
  });
}
