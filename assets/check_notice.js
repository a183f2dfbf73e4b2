// On whatever page is visited first after a close: what this device found about its own answer, once, in one sentence. The words
// are those of the page that explains it.
import { runChecks } from './check_run.js';
import { loadRecords, markToCheck, updateRecord } from './answer_store.js';

// The one place where text becomes a document: a page of our own, of which text is read and nothing is run.
const policy = globalThis.trustedTypes?.createPolicy('hecht', { createHTML: (text) => text });

async function words(kind) {
  const page = await fetch('/check', { credentials: 'same-origin' }).then((response) => response.text());
  const found = new DOMParser().parseFromString(policy ? policy.createHTML(page) : page, 'text/html');
  return { sentence: found.querySelector(`[data-found="${kind}"]`)?.textContent, more: found.querySelector('h1')?.textContent };
}

function show({ sentence, more }, fault) {
  const notice = document.createElement('div');
  const text = document.createElement('p');
  const link = document.createElement('a');
  notice.className = fault ? 'notice warm' : 'notice';
  notice.setAttribute('role', 'status');
  text.textContent = `${sentence} `;
  link.href = '/check';
  link.textContent = more;
  text.append(link);
  notice.append(text);
  document.querySelector('main').prepend(notice);
}

export async function tellOnce() {
  const all = await runChecks();
  const records = await loadRecords();
  const waits = all.some((found) => ['open', 'unknown'].includes(found.kind));
  const news = all.find((found) => /^(counted|withdrawn|fault-|not-sent)/.test(found.kind) && records.find((record) => record.rid === found.rid).told !== found.kind);
  if (news) {
    const said = await words(news.kind);
    if (said.sentence) show(said, news.kind.startsWith('fault-'));
    await updateRecord(news.rid, (record) => { record.told = news.kind; });
  }
  markToCheck(waits);
}
