// On the page about oneself: a recovery code for this device (src/people/me.html, which has all words). A code becomes the one of
// this device only when its owner says that it is written down, and is not to be seen again after that.
import { loadCode, removeCode, saveCode } from './answer_store.js';
import { canRecover, codeWords, importCode, makeCode, readCode } from './recovery.js';

const root = document.getElementById('recovery');
const person = root.dataset.person;
const typed = root.querySelector('form');
const part = (name) => root.querySelector(`[data-part="${name}"]`);
let shown; // the code that is on the page

function show(name) {
  for (const one of root.querySelectorAll('[data-part]')) one.hidden = one.dataset.part !== name;
  const heading = part(name).querySelector('h3');
  heading?.focus({ preventScroll: true });
  part(name).scrollIntoView({ block: 'nearest' });
}

// A browser that cannot keep it, in a private window for instance, is as one that cannot make one.
async function keep(code) {
  try {
    await saveCode(person, await importCode(code));
    show('kept');
  } catch {
    show('cannot');
  }
  shown = undefined;
  root.querySelector('[data-words]').replaceChildren();
}

async function make() {
  shown = makeCode();
  const words = (await codeWords(shown)).map((word) => Object.assign(document.createElement('li'), { textContent: word }));
  root.querySelector('[data-words]').replaceChildren(...words);
  show('words');
}

const acts = {
  make,
  written: () => keep(shown),
  type: () => { typed.reset(); show('type'); },
  back: async () => show((await loadCode(person)) ? 'kept' : 'none'),
  async forget() {
    await removeCode(person).catch(() => {});
    show('none');
  },
};

root.addEventListener('click', (event) => {
  const button = event.target.closest('[data-act]');
  if (button) acts[button.dataset.act]();
});

typed.addEventListener('submit', async (event) => {
  event.preventDefault();
  const code = await readCode(typed.elements.code.value);
  typed.querySelector('[data-code-wrong]').hidden = code !== undefined;
  typed.elements.code.setAttribute('aria-invalid', String(code === undefined));
  if (!code) typed.elements.code.focus();
  else {
    await keep(code);
    typed.reset();
  }
});

const first = (await canRecover()) ? ((await loadCode(person)) ? 'kept' : 'none') : 'cannot';
for (const one of root.querySelectorAll('[data-part]')) one.hidden = one.dataset.part !== first;
root.hidden = false;
