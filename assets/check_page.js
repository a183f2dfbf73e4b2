// The page on which a device checks its own answers. All words stand in the page (src/pulse/check.html).
import { runChecks, runLeafChecks } from './check_run.js';
import { fromHex } from './protocol.js';
import { ridWords } from './words.js';

const root = document.getElementById('check');
const part = (name) => root.querySelector(`[data-part="${name}"]`);
const format = new Intl.DateTimeFormat(document.documentElement.lang.replace(/^en$/, 'en-GB'), { day: 'numeric', month: 'long', year: 'numeric' });

function row(found) {
  const item = root.querySelector('template').content.cloneNode(true);
  const fill = (name, text) => { item.querySelector(`[data-fill="${name}"]`).textContent = text; };
  const words = root.querySelector(`[data-found="${found.kind}"]`) ?? root.querySelector('[data-found="fault-record"]');
  fill('team', found.teamName);
  fill('date', format.format(new Date(found.closes * 1000)));
  fill('sentence', words.textContent);
  fill('words', ridWords(fromHex(found.rid)));
  fill('command', `hecht verify ${location.origin}/api/rounds/${found.rid}/record`);
  item.querySelector('[data-fill-link]').href = `/api/rounds/${found.rid}/record`;
  item.querySelector('[data-record]').hidden = !found.kind.startsWith('counted') && !found.kind.startsWith('fault-');
  item.firstElementChild.classList.toggle('warm', found.kind.startsWith('fault-') || found.kind === 'fetched-unsigned');
  return item;
}

try {
  const own = await runChecks();
  const others = root.dataset.person === '0' ? [] : await runLeafChecks().catch(() => []);
  const all = [...own, ...others].sort((a, b) => b.closes - a.closes);
  part('list').append(...all.map(row));
  part('none').hidden = all.length > 0;
} catch {
  part('storage').hidden = false;
}
part('busy').hidden = true;
root.setAttribute('aria-busy', 'false');
