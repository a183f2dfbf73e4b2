// A recovery code: what is made from it, and a form that comes back on another device, with what is then counted, changed, taken
// back and checked.
import assert from 'node:assert/strict';
import {createPrivateKey, createPublicKey} from 'node:crypto';
import test from 'node:test';

import {blind, importKey, prepare} from '../../assets/blind.js';
import {hex} from '../../assets/protocol.js';
import {codeWords, deriveSecrets, importCode, readCode} from '../../assets/recovery.js';
import {bytesOf, wordsOf} from '../../assets/words.js';
import {answerAndSend, answerQuestions, assertGoodPage, changeKept, launch, person, DESKTOP} from './chromium.mjs';
import {claim, closeRound, hecht, openRound, signinLink, start, temporaryFolder} from './hecht.mjs';

const MEMBERS = Array.from({length: 11}, (_, i) => `m${i + 1}@example.org`).join('\n');
const CODE = Uint8Array.from({length: 16}, (_, i) => i);
const RID = '11'.repeat(32), MODULUS = 2n ** 2048n - 1n;

test('words and secrets of a code', async (t) => {
  await t.test('every pair of bytes is a word of its own, and comes back', () => {
    const all = Uint8Array.from({length: 131072}, (_, i) => (i % 2 ? (i >> 1) & 255 : i >> 9));
    const words = wordsOf(all);
    assert.equal(new Set(words).size, 65536);
    assert.equal(hex(bytesOf(words)), hex(all));
    assert.deepEqual(['babab', 'zuzuz'].map((word) => hex(bytesOf([word]))), ['0000', 'ffff']);
    for (const word of ['', 'baba', 'bababa', 'aabab', 'bebab', 'cabab', 'BABAB']) assert.equal(bytesOf([word]), undefined, word);
  });

  await t.test('a code is read whatever stands between its words, and no slip of the pen', async () => {
    const words = await codeWords(CODE);
    assert.equal(words.length, 9);
    for (const text of [words.join(' '), words.join('-').toUpperCase(), ` 1. ${words.join('\n 2) ')}\n`]) assert.equal(hex(await readCode(text)), hex(CODE));
    const swapped = [words[1], words[0], ...words.slice(2)];
    for (const wrong of [words.slice(1), [...words, words[0]], swapped, ['babab', ...words.slice(0, 8)], ['x', ...words.slice(1)], []])
      assert.equal(await readCode(wrong.join(' ')), undefined, wrong.join(' '));
  });

  await t.test('the same code makes the same secrets, any other person, round or use others', async () => {
    const make = async (code, about) => deriveSecrets(await importCode(code), {person: '7', rid: RID, use: 'answer', ...about}, MODULUS, true);
    const one = await make(CODE), again = await make(CODE);
    const text = ({key, prefix, salt, factor}) => [hex(key.opk), hex(prefix), hex(salt), factor];
    assert.deepEqual(text(one), text(again));
    const others = [await make(CODE.map((byte) => byte ^ 1)), await make(CODE, {person: '8'}), await make(CODE, {rid: '12'.repeat(32)}), await make(CODE, {use: 'comment'})];
    for (const other of others) text(other).forEach((value, i) => assert.notEqual(value, text(one)[i]));
    assert.deepEqual([one.prefix.length, one.salt.length, one.key.opk.length], [32, 48, 65]);
    assert.ok(one.factor > 0n && one.factor < MODULUS && one.factor > 2n ** 1984n);
  });

  // What two independent implementations of HKDF and of the curve make of it: node:crypto and this one.
  await t.test('they follow from RFC 5869 and the curve as node:crypto has them', async () => {
    const {hkdfSync, createECDH} = await import('node:crypto');
    const bytes = Buffer.from(hkdfSync('sha256', CODE, Buffer.from(RID, 'hex'), 'hecht-recovery-v1 answer 7', 48 + 32 + 48 + 272));
    const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
    const number = (from, to) => BigInt(`0x${bytes.subarray(from, to).toString('hex')}`);
    const curve = createECDH('prime256v1');
    curve.setPrivateKey(((number(0, 48) % (order - 1n)) + 1n).toString(16).padStart(64, '0'), 'hex');
    const made = await deriveSecrets(await importCode(CODE), {person: '7', rid: RID, use: 'answer'}, MODULUS, false);
    assert.equal(hex(made.key.opk), curve.getPublicKey('hex'));
    assert.equal(hex(made.prefix), bytes.subarray(48, 80).toString('hex'));
    assert.equal(hex(made.salt), bytes.subarray(80, 128).toString('hex'));
    assert.equal(made.factor, (number(128, 400) % (MODULUS - 1n)) + 1n);
    assert.equal(made.key.osk.extractable, false);
  });

  await t.test('the private half signs for the public one, and the blinded message is the same each time', async () => {
    const {key, ...rest} = await deriveSecrets(await importCode(CODE), {person: '7', rid: RID, use: 'answer'}, MODULUS, true);
    const jwk = await crypto.subtle.exportKey('jwk', key.osk);
    const publicKey = createPublicKey(createPrivateKey({key: jwk, format: 'jwk'})).export({format: 'jwk'});
    assert.equal(hex(key.opk), `04${Buffer.from(publicKey.x, 'base64url').toString('hex')}${Buffer.from(publicKey.y, 'base64url').toString('hex')}`);
    const pair = await crypto.subtle.generateKey({name: 'RSA-PSS', hash: 'SHA-384', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1])}, true, ['sign', 'verify']);
    const round = await importKey(new Uint8Array(await crypto.subtle.exportKey('spki', pair.publicKey)));
    const secrets = await deriveSecrets(await importCode(CODE), {person: '7', rid: RID, use: 'answer'}, round.modulus, true);
    const blinded = async () => hex((await blind(round, prepare(secrets.key.opk, secrets.prefix), secrets)).blinded);
    assert.equal(await blinded(), await blinded());
    assert.ok(rest.prefix);
  });
});

async function makeCode(page, server) {
  await page.goto(`${server.url}/me`);
  await page.click('#recovery [data-act=make]');
  await page.locator('#recovery [data-part=words]').waitFor();
  const words = await page.locator('#recovery [data-words] li').allTextContents();
  await assertGoodPage(page);
  await page.click('#recovery [data-act=written]');
  await page.locator('#recovery [data-part=kept]').waitFor();
  return words.join(' ');
}

async function found(page, server, kind) {
  await changeKept(page, 'record.closes = 1;');
  await page.goto(`${server.url}/check`);
  await page.locator('#check[aria-busy=false]').waitFor({timeout: 30000});
  assert.equal(await page.locator('[data-part=list] [data-fill=sentence]').first().textContent(), await page.textContent(`[data-found="${kind}"]`));
}

test('a form comes back on another device', async (t) => {
  const folder = temporaryFolder(t), browser = await launch(t);
  const server = await start(t, folder, ['serve', '--port', '0']);
  const {owner} = await claim(server, {members: MEMBERS});
  const team = (await owner.page('/')).url.pathname.match(/teams\/(\d+)/)[1];
  const enter = async (number, more = {}) => person(browser, {link: await signinLink(folder, `m${number}@example.org`, server.url), ...more});
  const answerPage = `${server.url}/teams/${team}/answer`;
  const settled = async (page, step) => page.locator(`[data-step=${step}]`).waitFor({timeout: 30000});
  const type = async (page, words) => {
    if (!(await page.locator('[data-recover]').isVisible())) await page.click('[data-code-offer] summary');
    await page.fill('[data-recover] textarea', words);
    await page.click('[data-recover] [type=submit]');
  };

  const first = await enter(1), codes = [];
  await t.test('the code is made on the page about oneself, seen once and never sent', async () => {
    const sent = [];
    first.on('request', (request) => sent.push(request.url() + (request.postData() ?? '')));
    codes.push(await makeCode(first, server));
    assert.equal(codes[0].split(' ').length, 9);
    assert.ok(sent.length > 0 && sent.every((text) => codes[0].split(' ').every((word) => !text.includes(word))));
    assert.equal(await first.locator('#recovery [data-words] li').count(), 0);
    await first.reload();
    await first.locator('#recovery [data-part=kept]').waitFor();
    assert.ok(!(await first.content()).includes(codes[0].split(' ')[0]));
    await assertGoodPage(first);
  });

  await openRound(owner);
  await t.test('a wrong code is told from a slip of the pen; the right one brings the form, by desktop and keyboard', async () => {
    await first.goto(answerPage);
    await answerAndSend(first, '4');
    const second = await enter(1, {viewport: DESKTOP, language: 'en-GB'});
    await second.goto(answerPage);
    await settled(second, 'elsewhere');
    await second.locator('[data-code-offer]').waitFor();
    await assertGoodPage(second);
    await type(second, codes[0].replace(' ', ' babab '));
    await second.locator('[data-code-wrong=form]:visible').waitFor();
    await type(second, (await codeWords(crypto.getRandomValues(new Uint8Array(16)))).join(' '));
    await second.locator('[data-code-wrong=other]:visible').waitFor({timeout: 30000});
    await assertGoodPage(second);
    await second.fill('[data-recover] textarea', codes[0].toUpperCase());
    await second.keyboard.press('Tab');
    await second.keyboard.press('Enter');
    await settled(second, 'recovered');
    await assertGoodPage(second);
    await second.reload();
    await settled(second, 'recovered');
    await second.click('[data-step=recovered] [data-act=restart]');
    for (let at = 1; at <= await second.locator('form[data-item]').count(); at++) {
      await second.locator(`form[data-step="${at}"] input[value="2"]`).check();
      await second.locator(`form[data-step="${at}"] button[type=submit]`).click();
    }
    await second.click('[data-step=check] [data-act=send]');
    await settled(second, 'thanks');
    codes.push(second);
  });

  await t.test('a device that keeps the code finds the form by itself, and takes the answer back', async () => {
    const one = await enter(2), other = await enter(2);
    const code = await makeCode(one, server);
    await other.goto(`${server.url}/me`);
    await other.click('#recovery [data-act=type]');
    await other.fill('#recovery textarea', 'babab');
    await other.click('#recovery form [type=submit]');
    await other.locator('#recovery [data-code-wrong]:visible').waitFor();
    await assertGoodPage(other);
    await other.fill('#recovery textarea', code);
    await other.click('#recovery form [type=submit]');
    await other.locator('#recovery [data-part=kept]').waitFor();
    await one.goto(answerPage);
    await answerAndSend(one, '3');
    await other.goto(answerPage);
    await settled(other, 'recovered');
    await other.click('[data-step=recovered] [data-act=withdraw]');
    await other.click('[data-act=take-back]');
    await settled(other, 'withdrawn');
    codes.push(one, other);
  });

  await t.test('what waited on the first device does not undo what the second sent; it is told', async () => {
    const one = await enter(3), other = await enter(3);
    const code = await makeCode(one, server);
    await one.goto(answerPage);
    await answerQuestions(one, '1');
    await one.click('[data-step=check] [data-act=later]');
    await one.click('[data-act=queue]');
    await settled(one, 'waiting');
    await other.goto(answerPage);
    await settled(other, 'elsewhere');
    await type(other, code);
    await settled(other, 'recovered');
    await other.click('[data-step=recovered] [data-act=restart]');
    for (let at = 1; at <= await other.locator('form[data-item]').count(); at++) {
      await other.locator(`form[data-step="${at}"] input[value="4"]`).check();
      await other.locator(`form[data-step="${at}"] button[type=submit]`).click();
    }
    await other.click('[data-step=check] [data-act=send]');
    await settled(other, 'thanks');
    await changeKept(one, 'record.sendAfter = 1;');
    const tried = one.waitForResponse((response) => response.url().endsWith('/api/answers'), {timeout: 60000});
    await one.goto(`${server.url}/teams/${team}`);
    assert.equal((await tried).status(), 409);
    await one.waitForTimeout(300);
    await one.goto(answerPage);
    await settled(one, 'check');
    assert.equal(await one.textContent('[data-wrong-text]'), await one.textContent('[data-message=overtaken]'));
    await assertGoodPage(one);
    await one.click('[data-step=check] [data-act=send]');
    await settled(one, 'thanks');
  });

  await t.test('what was changed elsewhere is not called a lie, and what this device sent last is found', async () => {
    for (let number = 4; number <= 10; number++) {
      const link = await signinLink(folder, `m${number}@example.org`, server.url);
      assert.equal((await hecht(folder, 'answer', link, '--values', '4,4,3,4,3,4,3,4,4,4')).code, 0);
    }
    await closeRound(owner);
    const [, second, one, other] = codes;
    await found(first, server, 'fault-elsewhere');
    await found(second, server, 'counted');
    await found(one, server, 'fault-elsewhere');
    await found(other, server, 'withdrawn');
    await assertGoodPage(first);
  });
});

test('a comment comes back as well', async (t) => {
  const folder = temporaryFolder(t), browser = await launch(t);
  const server = await start(t, folder, ['serve', '--port', '0']);
  const {owner} = await claim(server, {members: MEMBERS});
  await owner.submit('/settings', '/settings/comments');
  await openRound(owner);
  const team = (await owner.page('/')).url.pathname.match(/teams\/(\d+)/)[1];
  const [one, other] = await Promise.all([1, 1].map(async (number) => person(browser, {link: await signinLink(folder, `m${number}@example.org`, server.url)})));
  const statuses = new Map([one, other].map((page) => [page, []]));
  for (const [page, list] of statuses)
    page.on('response', (response) => { if (response.url().endsWith('/api/comments')) list.push(response.status()); });

  // From the questions, or from what was sent, to an answer with this comment.
  const send = async (page, words) => {
    await page.locator('[data-step=comment]').waitFor();
    await page.fill('#comment', words);
    await page.click('[data-step=comment] button[type=submit]');
    await page.click('[data-step=check] [data-act=send]');
    await page.locator('[data-step=thanks]').waitFor({timeout: 30000});
  };
  const deliver = async (page, ...expected) => {
    statuses.get(page).length = 0;
    await changeKept(page, 'record.comment.sendAfter = 1;');
    await page.goto(`${server.url}/me`);
    await page.waitForFunction(() => localStorage.getItem('hecht-waiting') === null, undefined, {timeout: 60000});
    assert.deepEqual(statuses.get(page), expected);
  };
  const goToAnswer = (page) => page.goto(`${server.url}/teams/${team}/answer`);

  const code = await makeCode(one, server);
  await other.goto(`${server.url}/me`);
  await other.click('#recovery [data-act=type]');
  await other.fill('#recovery textarea', code);
  await other.click('#recovery form [type=submit]');
  await other.locator('#recovery [data-part=kept]').waitFor();

  await t.test('one from another device is left alone by an answer without one', async () => {
    await goToAnswer(one);
    await answerQuestions(one);
    await send(one, 'van het eerste apparaat');
    await deliver(one, 200);
    await goToAnswer(other);
    await other.click('[data-step=recovered] [data-act=restart]');
    for (let at = 1; at <= await other.locator('form[data-item]').count(); at++) {
      await other.locator(`form[data-step="${at}"] input[value="2"]`).check();
      await other.locator(`form[data-step="${at}"] button[type=submit]`).click();
    }
    await send(other, '');
    assert.equal(await changeKept(other, 'return record.comment.pending === undefined && record.comment.signature !== undefined;'), true);
  });
  await t.test('a newer one takes its place', async () => {
    await other.click('[data-step=thanks] [data-act=again]');
    await other.click('[data-step=check] [data-to=comment]');
    await send(other, 'van het tweede');
    await deliver(other, 409, 200);
  });
  await t.test('one that was overtaken is told, and goes when its owner says so', async () => {
    await goToAnswer(one);
    await one.click('[data-step=thanks] [data-act=again]');
    await one.click('[data-step=check] [data-to=comment]');
    await send(one, 'van het eerste, veranderd');
    await deliver(one, 409);
    await goToAnswer(one);
    await one.locator('[data-step=check] [data-wrong]:visible').waitFor();
    await one.click('[data-step=check] [data-act=send]');
    await one.locator('[data-step=thanks]').waitFor({timeout: 30000});
    await deliver(one, 200);
  });
  await t.test('taking back on another device takes the comment back too', async () => {
    await goToAnswer(other);
    await other.click('[data-step=thanks] [data-act=withdraw]');
    await other.click('[data-act=take-back]');
    await other.locator('[data-step=withdrawn]').waitFor({timeout: 30000});
    await deliver(other, 409, 200);
    assert.equal(await changeKept(other, 'return record.comment.sent;'), '');
  });
});

test('a browser without such keys is not offered a code', async (t) => {
  const folder = temporaryFolder(t), browser = await launch(t);
  const server = await start(t, folder, ['serve', '--port', '0']);
  await claim(server, {members: MEMBERS});
  const page = await person(browser, {link: await signinLink(folder, 'm1@example.org', server.url)});
  await page.addInitScript(() => {
    const real = crypto.subtle.importKey.bind(crypto.subtle);
    crypto.subtle.importKey = (format, ...rest) => (format === 'pkcs8' ? Promise.reject(new DOMException('no', 'DataError')) : real(format, ...rest));
  });
  await page.goto(`${server.url}/me`);
  await page.locator('#recovery [data-part=cannot]').waitFor();
  assert.equal(await page.locator('#recovery [data-act]:visible').count(), 0);
  await assertGoodPage(page);
});
