// Headless Chromium for the browser tests, and the checks that every page must pass.
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import assert from 'node:assert/strict';
import {chromium} from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const ARGUMENTS = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--disable-quic', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--no-first-run', '--disable-domain-reliability', '--disable-breakpad', '--no-pings'];

export const PHONE = {width: 360, height: 740}, DESKTOP = {width: 1280, height: 800};

export async function launch(t, more = []) {
  const browser = await chromium.launch({executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', chromiumSandbox: false, args: [...ARGUMENTS, ...more]});
  t.after(() => browser.close());
  return browser;
}

// Moments that a page draws at random (answer_queue.js, the only place that draws such numbers) become the earliest, so that no
// test waits for chance.
function drawEarliest() {
  const draw = crypto.getRandomValues.bind(crypto);
  crypto.getRandomValues = (array) => (array instanceof Uint32Array ? array.fill(0) : draw(array));
}

// A person with a browser of their own. Errors of scripts or of the content policy fail the test.
export async function person(browser, {link, language = 'nl-NL', viewport = PHONE, colorScheme = 'light', state, javaScriptEnabled = true, ignoreHTTPSErrors = false} = {}) {
  const context = await browser.newContext({viewport, locale: language, colorScheme, reducedMotion: 'reduce', storageState: state, javaScriptEnabled, ignoreHTTPSErrors});
  await context.addInitScript(drawEarliest);
  const page = await context.newPage();
  page.wrong = [];
  page.on('pageerror', (error) => page.wrong.push(String(error)));
  page.on('console', (message) => { if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) page.wrong.push(message.text()); });
  if (link) {
    await page.goto(link);
    await page.click('main button[type=submit]');
  }
  return page;
}

// Answers every question with `value`; ends before the step that comes after the last one.
export async function answerQuestions(page, value = '4') {
  await page.waitForURL('**/answer');
  await page.click('[data-act=start]');
  for (let at = 1; at <= await page.locator('form[data-item]').count(); at++) {
    const form = page.locator(`form[data-step="${at}"]`);
    await form.locator(`input[value="${value}"]`).check();
    await form.locator('button[type=submit]').click();
  }
}

// The same, and sends them.
export async function answerAndSend(page, value) {
  await answerQuestions(page, value);
  await page.locator('[data-step=check] [data-act=send]').click();
  await page.locator('[data-step=thanks]').waitFor({timeout: 30000});
}

// Changes the one record that this device keeps of a round, and resolves with what `text` returns: the body of a function of it.
export const changeKept = (page, text) => page.evaluate((body) => new Promise((done) => {
  const change = new Function('record', body);
  indexedDB.open('hecht').onsuccess = ({target: {result: database}}) => {
    const transaction = database.transaction('rounds', 'readwrite');
    let result;
    transaction.objectStore('rounds').openCursor().onsuccess = ({target: {result: cursor}}) => {
      const record = cursor.value;
      result = change(record);
      cursor.update(record);
    };
    transaction.oncomplete = () => { database.close(); done(result); };
  };
}), text);

// What axe finds, and what it does not: sideways scrolling, small text, decimal points in Dutch.
// axe is long: a page that is looked at once gets it with each document from then on, which browsers do from what they compiled.
async function findViolations(page) {
  if (!page.hasAxe) await page.addInitScript({content: axe});
  page.hasAxe = true;
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(`${axe};0`);
  return page.evaluate(async () => (await window.axe.run({preload: false, resultTypes: ['violations'],
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})).violations.map((v) => `${v.id}: ${v.nodes[0].html.slice(0, 160)}`));
}

const widerBy = (page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

// At 360 px with text twice as large, and at 320 px. Changing the window is what costs time here.
async function assertNarrow(page) {
  const viewport = page.viewportSize();
  if (viewport.width !== PHONE.width) await page.setViewportSize(PHONE);
  const large = await page.evaluate(() => {
    document.documentElement.style.fontSize = '200%';
    const wider = document.documentElement.scrollWidth - innerWidth;
    document.documentElement.style.fontSize = '';
    return wider;
  });
  await page.setViewportSize({width: 320, height: 700});
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  await page.setViewportSize(viewport);
  assert.ok(wide <= 0, `at 320 px it scrolls sideways by ${wide}`);
  assert.ok(large <= 0, `with text of 200 % it scrolls sideways by ${large}`);
}

// rules: also those of axe, which hardly depend on the language.
export async function assertGoodPage(page, {narrow = true, rules = true} = {}) {
  if (rules) assert.deepEqual(await findViolations(page), []);
  const seen = await page.evaluate(() => {
    const small = [];
    for (const element of document.querySelectorAll('body *')) {
      const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
      const box = element.getBoundingClientRect();
      if (!own || !box.width || !box.height || element.closest('.visually-hidden, [hidden], svg title, svg desc')) continue;
      const svg = element.ownerSVGElement;
      const scale = svg ? svg.getBoundingClientRect().width / (svg.viewBox.baseVal.width || 1) : 1;
      const size = parseFloat(getComputedStyle(element).fontSize) * scale;
      if (size < 11.95) small.push(`${element.tagName} ${size.toFixed(1)} ${element.textContent.trim().slice(0, 40)}`);
    }
    return {small, wide: document.documentElement.scrollWidth - innerWidth, language: document.documentElement.lang,
      text: document.body.innerText, h1: document.querySelectorAll('h1').length, title: document.title};
  });
  assert.deepEqual(seen.small, [], 'no text under 12 px');
  assert.ok(seen.wide <= 0, `scrolls sideways by ${seen.wide}`);
  assert.equal(seen.h1, 1, 'one main heading');
  assert.ok(seen.title.length > 0);
  if (seen.language === 'nl') assert.ok(!/\d\.\d(?!\d)/.test(seen.text.replace(/https?:\S+|\d+\.\d+\.\d+(\.\d+)?/g, '')), 'decimal comma in Dutch');
  if (narrow) await assertNarrow(page);
  assert.deepEqual(page.wrong, [], 'no script or policy errors');
}
