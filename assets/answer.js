// Leads through the questions, one step at a time. All words stand in the page (src/pulse/answer.html).
import { chooseMoment, watchQueue } from './answer_queue.js';
import { countsAsNone, obtainForm, queueAnswer, sendAnswer } from './answer_send.js';
import { forgetDraft, forgetPast, loadCode, loadDraft, loadRecord, saveDraft } from './answer_store.js';
import { cleanComment, commentOf, queueComment } from './comment.js';
import { tellingDetails } from './comment_warn.js';
import { fromHex } from './protocol.js';
import { canRecover, importCode, readCode } from './recovery.js';
import { Failure } from './request.js';
import { ridWords } from './words.js';

const root = document.getElementById('answer');
const forms = Array.from(root.querySelectorAll('form[data-item]'));
const wrong = root.querySelector('[data-wrong]');
const live = root.querySelector('[data-live]');
const wordOf = (place) => place?.textContent ?? '';

// What is checked against the questionnaire of the round before anything is sent.
function wordsOf(form) {
  const labels = Array.from(form.querySelectorAll('.choice-label')), none = labels.pop();
  const places = [form.querySelector('.ask-words'), root.querySelector(`[data-review="${form.dataset.item}"] .review-sentence`)];
  return {
    item: form.dataset.item,
    language: none.closest('[lang]').lang,
    frame: wordOf(form.querySelector('.ask-quote blockquote, .ask-frame')),
    sentences: places.map(wordOf),
    options: labels.map(wordOf),
    none: wordOf(none),
  };
}

const page = {
  rid: root.dataset.rid,
  csrf: root.dataset.csrf,
  person: root.dataset.person,
  team: root.dataset.team,
  round: root.dataset.round,
  teamName: root.dataset.teamName,
  leader: root.dataset.leader,
  promise: root.dataset.promise,
  comments: root.dataset.comments === '1',
  issued: root.dataset.issued === '1',
  logKey: root.dataset.logKey,
  closes: Number(root.dataset.closes),
  extended: Number(root.dataset.extended),
  items: forms.map((form) => form.dataset.item),
  words: forms.map(wordsOf),
};
// What cannot be mended by going on: it is told at once, not only when sending.
const LOG = ['log', 'log-key', 'log-signature', 'log-round', 'log-older', 'log-changed', 'log-next-key'];
const FINAL = ['elsewhere', 'roster', 'members', 'form', 'words', 'signature', 'insecure', 'storage', 'closed', ...LOG];
const BUTTON = {
  'signed-out': 'signin', 'old-page': 'reload', window: 'reload', roster: '', members: '', form: '', words: '', signature: '', insecure: '',
  ...Object.fromEntries(LOG.map((kind) => [kind, ''])),
};

// Only to be looked at (/try): nothing is fetched, sent or kept.
const trying = root.dataset.trying === '1';

let values = {}; // item: value, 0 for no answer
let comment = ''; // only in rounds that take some
let commentLost = false; // it could not be kept for sending
let record; // of this device, once known
let preparing; // a promise of undefined or a Failure
let busy = false;
let place = { step: 'start', depth: 0, changing: false };

const step = (name) => root.querySelector(`[data-step="${name}"]`);
const message = (name) => root.querySelector(`[data-message="${name}"]`).textContent;
const isAnswered = (item) => values[item] !== undefined;
const allAnswered = () => page.items.every(isAnswered);
const afterQuestions = () => (page.comments ? 'comment' : 'check');
const firstOpen = () => page.items.findIndex((item) => !isAnswered(item)) + 1; // 0: none

// ---- Steps ---------------------------------------------------------------------------------------------------

const afterSending = () => (countsAsNone(record.sent) ? 'withdrawn' : 'thanks');

// Only to where the answers so far lead.
function allowed(name) {
  if (name === 'elsewhere' || name === 'start') return name;
  if (name === 'tried') return trying && allAnswered() ? name : 'start';
  if (name === 'thanks' || name === 'withdrawn') return record?.sent ? afterSending() : 'start';
  if (name === 'comment') return page.comments && allAnswered() ? name : allowed('check');
  if (name === 'recovered') return record?.recovered ? name : 'start';
  if (name === 'withdraw') return record?.sent || record?.pending || record?.recovered ? name : 'start';
  if (name === 'waiting') return record?.sendAfter !== undefined ? name : 'check';
  if (name === 'check' || name === 'later') return allAnswered() ? name : String(firstOpen() || 'check');
  const at = Number(name);
  if (!Number.isInteger(at) || at < 1 || at > forms.length) return 'start';
  const open = firstOpen();
  return open && at > open ? String(open) : String(at);
}

function fillQuestion(form) {
  const value = values[form.dataset.item];
  for (const input of form.elements.answer) input.checked = value !== undefined && input.value === String(value);
  form.querySelector('[data-choose]').hidden = true;
  for (const part of form.querySelectorAll('[data-when]'))
    part.hidden = part.dataset.when !== (place.changing ? 'changing' : 'asking');
}

function fillReview() {
  for (const row of root.querySelectorAll('[data-review]')) {
    const form = root.querySelector(`form[data-item="${row.dataset.review}"]`);
    const chosen = form.querySelector(`input[value="${values[row.dataset.review]}"]`);
    const text = row.querySelector('[data-chosen]');
    text.textContent = chosen ? chosen.nextElementSibling.textContent : text.dataset.missing;
    text.classList.toggle('soft', !chosen || chosen.value === '0');
  }
  const own = root.querySelector('[data-comment]');
  if (!own) return;
  own.textContent = comment || own.dataset.missing;
  own.classList.toggle('soft', !comment);
}

function fillComment() {
  const area = step('comment').elements.comment;
  area.value = comment;
  warnOf(comment);
}

function tellLostComment() {
  for (const notice of root.querySelectorAll('[data-comment-lost]')) notice.hidden = !commentLost;
}

function fillThanks() {
  const waits = root.querySelector('[data-comment-waits]');
  if (waits) waits.hidden = !record?.comment?.pending?.text;
  tellLostComment();
  for (const part of root.querySelectorAll('[data-receipt]'))
    part.hidden = part.dataset.receipt !== (record?.verified ? 'verified' : 'unverified');
  root.querySelector('[data-words]').textContent = ridWords(fromHex(page.rid));
}

function fillWaiting() {
  tellLostComment();
  const moment = new Date(record.sendAfter * 1000);
  root.querySelector('[data-after]').textContent = new Intl.DateTimeFormat(document.documentElement.lang.replace(/^en$/, 'en-GB'), {
    weekday: 'long', hour: '2-digit', minute: '2-digit',
  }).format(moment);
}

function show(moveFocus) {
  for (const section of root.querySelectorAll('[data-step]')) section.hidden = section.dataset.step !== place.step;
  const section = step(place.step);
  wrong.hidden = true;
  if (section.dataset.item) fillQuestion(section);
  if (place.step === 'comment') fillComment();
  if (place.step === 'check') fillReview();
  if (place.step === 'thanks') fillThanks();
  if (place.step === 'waiting') fillWaiting();
  if (place.step === 'start')
    for (const part of section.querySelectorAll('[data-when]'))
      part.hidden = part.dataset.when !== (Object.keys(values).length > 0 ? 'begun' : 'fresh');
  if (!moveFocus) return;
  section.querySelector('h2').focus({ preventScroll: true });
  scrollTo(0, 0);
}

function go(name, { replace = false, changing = false } = {}) {
  place = { step: allowed(name), depth: replace ? place.depth : place.depth + 1, changing };
  history[replace ? 'replaceState' : 'pushState'](place, '', place.step === 'start' ? location.pathname : `#${place.step}`);
  show(true);
}

function goBack() {
  if (place.depth > 0) history.back();
  else if (place.step === 'comment' && !place.changing) go(String(forms.length), { replace: true });
  else go(place.changing ? 'check' : Number(place.step) > 1 ? String(Number(place.step) - 1) : 'start', { replace: true });
}

addEventListener('popstate', (event) => {
  if (busy) return;
  const known = event.state?.step ? event.state : { step: location.hash.slice(1) || 'start', depth: 0, changing: false };
  place = { ...known, step: allowed(known.step) };
  show(true);
});

// ---- What went wrong -----------------------------------------------------------------------------------------

function showFailure(error) {
  let kind = error instanceof Failure ? error.kind : 'other';
  if (kind === 'elsewhere') {
    go('elsewhere', { replace: true });
    return;
  }
  if (kind === 'closed' && Date.now() / 1000 < page.extended) kind = 'closing';
  const button = BUTTON[kind] ?? (kind === 'closed' ? '' : 'retry');
  wrong.querySelector('[data-wrong-text]').textContent = message(kind);
  wrong.querySelector('h3').hidden = kind === 'receipt';
  wrong.querySelector('.acts').hidden = button === '';
  for (const act of wrong.querySelectorAll('.acts > *')) act.hidden = act.dataset.for !== button;
  const section = step(place.step);
  section.insertBefore(wrong, section.querySelector(':scope > .acts, :scope > .ask-foot, :scope > .answer-go'));
  wrong.hidden = false;
  wrong.scrollIntoView({ block: 'nearest' });
}

// ---- Fetching and sending ------------------------------------------------------------------------------------

// While the questions are read. What fails for a moment only is tried again when sending.
function prepareForm() {
  if (trying) return;
  preparing ??= obtainForm(page).then(
    () => undefined,
    (error) => {
      preparing = undefined;
      if (FINAL.includes(error.kind) && !busy) showFailure(error);
      return error;
    },
  );
}

function setBusy(now) {
  busy = now;
  live.textContent = now ? message('sending') : '';
  for (const acts of root.querySelectorAll('[data-send]')) acts.setAttribute('aria-busy', String(now));
}

async function finish(act, next) {
  if (busy) return;
  wrong.hidden = true;
  setBusy(true);
  try {
    await preparing;
    record = await act();
    setBusy(false);
    go(next, { replace: true });
  } catch (error) {
    setBusy(false);
    showFailure(error);
  }
}

const chosen = () => page.items.map((item) => values[item]);

// It goes at a moment of its own. Where it cannot be kept the answer goes all the same, and that is said.
async function withComment(sent, takesBack = false) {
  if (!page.comments) return sent;
  const kept = await queueComment(page.rid, comment, chooseMoment(page.closes), takesBack && record?.recovered).catch(() => undefined);
  commentLost = kept === undefined;
  if (kept?.comment?.pending) watchQueue();
  return kept ?? sent;
}

const end = () => allAnswered() && go('tried', { replace: true });

const send = () => (trying ? end() : allAnswered() && finish(async () => withComment(await sendAnswer(page, chosen())), 'thanks'));

async function takeBack() {
  const none = await sendAnswer({ ...page, words: undefined }, page.items.map(() => 0)); // it answers nothing
  values = {};
  comment = '';
  forgetDraft(page.rid);
  return withComment(none, true);
}

async function queue() {
  if (trying) return end();
  if (!allAnswered()) return;
  await finish(async () => withComment(await queueAnswer(page, chosen(), chooseMoment(page.closes))), 'waiting');
  if (record?.sendAfter !== undefined) watchQueue();
}

// ---- From another device ---------------------------------------------------------------------------------------

const isFresh = (kept) => kept?.recovered && !kept.sent && !kept.pending;

// A device that keeps the code needs nobody to type it.
async function bringBack() {
  if (!(await loadCode(page.person))) return undefined;
  await obtainForm(page).catch(() => {});
  return loadRecord(page.rid).catch(() => undefined);
}

function tellWrongCode(kind) {
  const form = root.querySelector('[data-recover]');
  for (const text of form.querySelectorAll('[data-code-wrong]')) text.hidden = text.dataset.codeWrong !== kind;
  form.elements.code.setAttribute('aria-invalid', String(kind !== undefined));
  if (kind) form.elements.code.focus();
}

async function recover() {
  const code = await readCode(root.querySelector('[data-recover]').elements.code.value);
  tellWrongCode(code ? undefined : 'form');
  if (!code) return;
  wrong.hidden = true;
  setBusy(true);
  try {
    record = await obtainForm(page, await importCode(code));
    setBusy(false);
    go('recovered', { replace: true });
  } catch (error) {
    setBusy(false);
    if (error.kind === 'elsewhere') tellWrongCode('other');
    else showFailure(error);
  }
}

// ---- What a person does --------------------------------------------------------------------------------------

const keepDraft = () => trying || saveDraft(page.rid, { values, comment, extended: page.extended });

function choose(form, input) {
  input.checked = true;
  values[form.dataset.item] = Number(input.value);
  form.querySelector('[data-choose]').hidden = true;
  keepDraft();
}

function warnOf(text) {
  const found = tellingDetails(text, root.dataset.names.split('\n'));
  const warning = root.querySelector('[data-warn]');
  for (const line of warning.querySelectorAll('[data-warn-kind]')) {
    const words = found[line.dataset.warnKind];
    line.hidden = words.length === 0;
    line.querySelector('[data-warn-words]').textContent = words.join(', ');
  }
  warning.hidden = Object.values(found).every((words) => words.length === 0);
  for (const part of step('comment').querySelectorAll('[data-when]')) part.hidden = part.dataset.when !== (text.trim() ? 'some' : 'none');
}

function write(area) {
  comment = cleanComment(area.value);
  warnOf(area.value);
  keepDraft();
}

const acts = {
  start() {
    go(String(firstOpen() || 'check'));
    prepareForm();
  },
  restart: () => acts.start(),
  back: goBack,
  change: (button) => go(button.dataset.to, { changing: true }),
  review: () => go('check'),
  later: () => go('later'),
  again: () => go('check'),
  recover,
  withdraw: () => go('withdraw'),
  'take-back': () => finish(takeBack, 'withdrawn'),
  send,
  queue,
  retry() {
    if (place.step === 'withdraw') acts['take-back']();
    else if (['check', 'later', 'waiting'].includes(place.step)) send();
    else if (place.step === 'elsewhere') recover();
    else {
      wrong.hidden = true;
      prepareForm();
    }
  },
  reload: () => location.reload(),
};

root.addEventListener('click', (event) => {
  const button = event.target.closest('[data-act]');
  if (button) begun.then(() => busy || acts[button.dataset.act](button));
});

root.addEventListener('change', (event) => {
  const form = event.target.closest('form[data-item]');
  if (form && event.target.name === 'answer') choose(form, event.target);
});

root.addEventListener('input', (event) => {
  if (event.target.name === 'comment') write(event.target);
});

root.addEventListener('submit', (event) => {
  const form = event.target;
  event.preventDefault();
  if (form.matches('[data-recover]')) {
    if (!busy) recover();
    return;
  }
  if (form.dataset.step === 'comment') {
    if (place.changing && place.depth > 0) history.back();
    else go('check', { replace: place.changing });
    return;
  }
  if (!isAnswered(form.dataset.item)) {
    form.querySelector('[data-choose]').hidden = false;
    form.elements.answer[0].focus();
  } else if (place.changing && place.depth > 0) history.back();
  else if (place.changing) go('check', { replace: true });
  else go(Number(place.step) < forms.length ? String(Number(place.step) + 1) : afterQuestions());
});

// Digits choose while the focus is in a question, and nowhere else (WCAG 2.1.4).
root.addEventListener('keydown', (event) => {
  const form = event.target.closest('form[data-item]');
  if (!form || event.ctrlKey || event.metaKey || event.altKey || !/^[0-9]$/.test(event.key)) return;
  const input = form.querySelector(`input[value="${event.key}"]`);
  if (!input) return;
  event.preventDefault();
  choose(form, input);
  input.focus();
});

// Enter on an answer goes on like the button; in a heading, where the focus is after a step, as well.
root.addEventListener('keydown', (event) => {
  const form = event.target.closest('form[data-item]');
  if (form && event.key === 'Enter' && event.target.tagName === 'H2') form.requestSubmit();
});

// ---- Beginning -----------------------------------------------------------------------------------------------

function readDraft() {
  const last = record?.pending?.values ?? record?.sent;
  const sent = last && !countsAsNone(last) ? Object.fromEntries(page.items.map((item, i) => [item, last[i]])) : {};
  const kept = { ...sent, ...(trying ? undefined : loadDraft(page.rid)?.values) };
  comment = page.comments ? loadDraft(page.rid)?.comment ?? commentOf(record) : '';
  for (const form of forms) {
    const value = kept[form.dataset.item];
    if (form.querySelector(`input[value="${Number(value)}"]`)) values[form.dataset.item] = Number(value);
  }
}

async function begin() {
  root.querySelector('[data-slow]').remove();
  forgetPast();
  if (!trying) record = await loadRecord(page.rid).catch(() => undefined);
  if (!record && page.issued) record = await bringBack();
  readDraft();
  const wanted = location.hash.slice(1);
  let name = wanted || 'start';
  if (record?.sent && !wanted) name = afterSending();
  if (record?.sendAfter !== undefined && !wanted) name = 'waiting';
  if (isFresh(record) && !wanted) name = 'recovered';
  if (record?.overtaken || record?.comment?.overtaken) name = 'check';
  if (!record && page.issued) name = 'elsewhere';
  const resumed = history.state?.step === wanted && wanted ? history.state : { depth: 0, changing: false };
  place = { ...resumed, step: allowed(name) };
  history.replaceState(place, '', place.step === 'start' ? location.pathname : `#${place.step}`);
  show(false);
  if (place.step === 'elsewhere') root.querySelector('[data-code-offer]').hidden = !(await canRecover());
  if (record?.overtaken || record?.comment?.overtaken) showFailure(new Failure('overtaken'));
  if (!record?.sent && forms.includes(step(place.step))) prepareForm();
}

const begun = begin();
