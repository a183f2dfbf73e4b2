// The talk: a clock for the four steps, and the own answers of whoever holds this phone. Both are extras: the page
// works without them. Nothing is sent and nothing is stored.
import { loadDraft, loadRecord } from './answer_store.js';

const say = (root, name) => root.dataset[`text${name}`];

// ---- Clock ---------------------------------------------------------------------------------------------------

function startClock(clock, steps) {
  const time = clock.querySelector('[data-talk-time]');
  const label = clock.querySelector('[data-talk-step]');
  const voice = clock.querySelector('[data-talk-say]');
  const toggle = clock.querySelector('[data-talk-start]');
  const next = clock.querySelector('[data-talk-next]');
  let step = 0;
  let left = Number(steps[0].dataset.minutes) * 60;
  let endsAt = 0; // 0: the clock stands still

  const show = () => {
    const over = left < 0;
    const seconds = Math.abs(left);
    time.textContent = `${over ? '+' : ''}${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
    label.textContent = `${say(clock, 'Step')} ${step + 1}/${steps.length}`;
    clock.classList.toggle('over', over);
    steps.forEach((item, i) => {
      item.classList.toggle('now', i === step);
      item.classList.toggle('past', i < step);
    });
    next.hidden = step === steps.length - 1;
  };

  // From the time of day, so that a phone that slept shows the right time again.
  const tick = () => {
    if (endsAt === 0) return;
    const before = left;
    left = Math.round((endsAt - Date.now()) / 1000);
    if (before > 60 && left <= 60) voice.textContent = say(clock, 'Minute');
    if (before > 0 && left <= 0) voice.textContent = say(clock, step === steps.length - 1 ? 'Done' : 'Over');
    show();
  };

  toggle.addEventListener('click', () => {
    const runs = endsAt !== 0;
    endsAt = runs ? 0 : Date.now() + left * 1000;
    toggle.textContent = say(clock, runs ? 'Continue' : 'Pause');
    clock.classList.add('running');
  });
  next.addEventListener('click', () => {
    step = Math.min(step + 1, steps.length - 1);
    left = Number(steps[step].dataset.minutes) * 60;
    if (endsAt !== 0) endsAt = Date.now() + left * 1000;
    voice.textContent = steps[step].querySelector('h2').textContent;
    show();
  });
  setInterval(tick, 500);
  show();
  clock.hidden = false;
}

// ---- Own answers ---------------------------------------------------------------------------------------------

// {item: value} of that round, as far as this device knows.
async function ownValues(rid, items) {
  const record = await loadRecord(rid).catch(() => undefined);
  if (record?.sent) return Object.fromEntries(items.map((item, i) => [item, record.sent[i]]));
  return loadDraft(rid)?.values ?? {};
}

async function showOwn(own) {
  const values = await ownValues(own.dataset.rid, own.dataset.items.split(' '));
  const options = [...own.querySelectorAll('[data-options] li')].map((option) => option.textContent);
  let some = false;
  for (const row of own.querySelectorAll('[data-item]')) {
    const words = options[Number(values[row.dataset.item]) - 1];
    if (!words) continue;
    const answer = row.querySelector('[data-own-answer]');
    answer.textContent = words;
    answer.hidden = false;
    some = true;
  }
  own.querySelector('[data-own-none]').hidden = some;
  own.querySelector('[data-own-some]').hidden = !some;
}

const clock = document.querySelector('[data-talk-clock]');
const steps = [...document.querySelectorAll('[data-minutes]')];
const own = document.querySelector('[data-own]');
if (clock && steps.length > 0) startClock(clock, steps);
if (own?.dataset.rid) showOwn(own);
