// People without mail: by a join link with a yes of the leader, by a card, on a phone without an account; what strangers, old
// links and second tries meet; and codes that a reader reads.
import assert from 'node:assert/strict';
import test from 'node:test';
import jsqr from 'jsqr';

import {answerAndSend, assertGoodPage, launch, person, DESKTOP} from './chromium.mjs';
import {claim, closeRound, openRound, signIn, signinLink, start, temporaryFolder, Visitor} from './hecht.mjs';

const WORDS = /\/join\/((?:[a-z]{5}-){5}[a-z]{5})/;

async function enter(browser, server, words, name, more = {}) {
  const page = await person(browser, more);
  await page.goto(`${server.url}/join/${words}`);
  await page.fill('#name', name);
  await page.click('main form button[type=submit]');
  return page;
}

test('joining without mail', async (t) => {
  const folder = temporaryFolder(t), browser = await launch(t);
  const server = await start(t, folder, ['serve', '--port', '0']);
  const {owner} = await claim(server, {leads: 'other', leader: 'fatima@example.org'});
  const team = (await owner.page('/people')).text.match(/\/people\/team\/(\d+)/)[1];
  const joining = `/teams/${team}/joining`;
  const leader = await person(browser, {link: await signinLink(folder, 'fatima@example.org', server.url)});
  let words;

  await t.test('the leader makes a link; members and strangers cannot', async () => {
    await leader.goto(`${server.url}/teams/${team}`);
    await leader.click(`a[href="${joining}"]`);
    await assertGoodPage(leader);
    await leader.click(`form[action="${joining}/link"] button`);
    await leader.locator('.join-address').waitFor();
    await assertGoodPage(leader);
    [, words] = (await leader.textContent('.join-address')).match(WORDS);
    assert.equal(await leader.locator('.qr').count(), 0); // no phone can come to this address
    const member = await signIn(folder, server.url, 'a1@example.org'), nobody = new Visitor(server.url);
    assert.equal((await member.page(joining)).status, 403);
    assert.match((await nobody.page(joining)).url.pathname, /signin/);
    assert.equal((await member.post(`${joining}/link`, new URLSearchParams())).status, 403);
    assert.match((await owner.page(joining)).text, new RegExp(words));
  });

  const sam = await person(browser);
  await t.test('a phone asks: no address, no account; looking alone asks nothing', async () => {
    for (let i = 0; i < 5; i++) await new Visitor(server.url).page(`/join/${words}`);
    assert.doesNotMatch((await owner.page(joining)).text, /id="askers"/);
    await sam.goto(`${server.url}/join`);
    await sam.fill('#words', words.slice(0, -2));
    await sam.click('main form button[type=submit]');
    await sam.locator('#words-wrong').waitFor();
    await assertGoodPage(sam);
    await sam.fill('#words', words.toUpperCase().replaceAll('-', '  '));
    await sam.click('main form button[type=submit]');
    await sam.waitForURL(`**/join/${words}`);
    await assertGoodPage(sam);
    await sam.click('main form button[type=submit]');
    await sam.locator('#name-wrong').waitFor();
    await assertGoodPage(sam);
    await sam.fill('#name', 'Sam <b>de</b> Vries');
    await sam.click('main form button[type=submit]');
    await sam.waitForURL('**/joining');
    await assertGoodPage(sam);
    await sam.goto(`${server.url}/teams/${team}`);
    assert.match(await sam.innerText('main'), /toegang|team/i);
    assert.equal((await sam.request.get(`${server.url}/teams/${team}`)).status(), 403);
    await sam.goto(`${server.url}/join/${words}`); // once more: nobody is made a second time
    await sam.click('main form button[type=submit]');
    await sam.waitForURL('**/joining');
  });

  await t.test('the leader sees who asks, and who is there twice, and says yes or no', async () => {
    const stranger = await enter(browser, server, words, 'Onbekend');
    await enter(browser, server, words, 'sam <B>de</b> vries', {language: 'en-GB', viewport: DESKTOP});
    await leader.goto(`${server.url}/teams/${team}`);
    await leader.click('main .notice a');
    assert.equal(await leader.locator('#askers li').count(), 3);
    assert.equal(await leader.locator('#askers li', {hasText: 'there twice'}).count(), 2);
    await assertGoodPage(leader);
    const answer = (name, value) => leader.locator('#askers li', {hasText: name}).locator(`button[value=${value}]`).click();
    await answer(/Onbekend/, 'no');
    await leader.locator('#askers li', {hasText: 'Onbekend'}).waitFor({state: 'detached'});
    await answer(/sam <B>/, 'no');
    await leader.locator('#askers li', {hasText: /sam <B>/}).waitFor({state: 'detached'});
    await answer(/Sam <b>/, 'yes');
    await leader.locator('#askers').waitFor({state: 'detached'});
    await stranger.goto(`${server.url}/`);
    await stranger.waitForURL('**/signin'); // nothing is kept of the refused, not even a session
    const again = await owner.post(`${joining}/answer`, new URLSearchParams(Visitor.forms((await owner.page(joining)).text)
      .find(({action}) => action.endsWith('/joining/link')).fields.concat([['person', '1'], ['answer', 'yes']])));
    assert.equal(again.status, 404);
  });

  await t.test('who joined is on the list, answers, and comes back with the same browser alone', async () => {
    assert.match((await owner.page(`/people/team/${team}`)).text, /Sam &lt;b&gt;de&lt;\/b&gt; Vries/);
    await openRound(owner);
    await sam.goto(`${server.url}/`);
    await answerAndSend(sam, '4');
    const cookie = (await sam.context().cookies()).find(({name}) => /session|hecht/i.test(name));
    assert.ok(cookie.expires > Date.now() / 1000 + 390 * 86400, 'a year later the phone still knows the way');
    await sam.goto(`${server.url}/me`);
    await assertGoodPage(sam);
    assert.match(await sam.innerText('main'), /zonder adres/);
    await closeRound(owner);
  });

  await t.test('an old link, a new one, somebody who is signed in, and the leader', async () => {
    await leader.goto(`${server.url}/join/${words}`);
    await leader.locator('main a.button').waitFor();
    assert.equal(await leader.locator('main form').count(), 0);
    const member = await signIn(folder, server.url, 'a1@example.org');
    assert.match((await member.page(`/join/${words}`)).text, /belong to this team already/);
    await owner.submit(joining, '/joining/link');
    const visitor = new Visitor(server.url);
    const gone = await visitor.page(`/join/${words}`);
    assert.equal(gone.status, 410);
    assert.match(gone.text, /does not work any more/);
    const [, next] = (await owner.page(joining)).text.match(WORDS);
    assert.notEqual(next, words);
    const asked = await owner.submit(`/join/${next}`, `/join/${next}`); // an owner who is in no team
    assert.equal(asked.status, 200);
    assert.match((await owner.page(joining)).text, /id="askers"/);
    await owner.submit(joining, '/joining/link/end');
    assert.equal((await visitor.page(`/join/${next}`)).status, 410);
    for (const nonsense of ['x', 'lusab-babad-gutih-tugad-lusab-babad', '%00', 'a'.repeat(300)])
      assert.ok([404, 410, 414].includes((await visitor.page(`/join/${nonsense}`)).status), nonsense);
  });

  await t.test('no cards where no phone can come', async () => {
    const form = Visitor.forms((await owner.page(joining)).text).find(({action}) => action.endsWith('/joining/link'));
    const refused = await owner.post(`${joining}/cards`, new URLSearchParams([...form.fields, ['count', '3']]));
    assert.equal(refused.status, 409);
    assert.equal((await owner.page(`${joining}/poster`)).status, 410);
  });
});

// What a reader makes of a code as it is drawn.
async function read(page, locator) {
  const side = 600;
  const pixels = await page.evaluate(async ([svg, size]) => {
    const image = new Image(size, size);
    image.src = URL.createObjectURL(new Blob([svg], {type: 'image/svg+xml'}));
    await image.decode();
    const canvas = Object.assign(document.createElement('canvas'), {width: size, height: size});
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0, size, size);
    return Array.from(context.getImageData(0, 0, size, size).data);
  }, [locator.replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ').replace('qr-ground"', 'qr-ground" fill="#fff"'), side]);
  return jsqr(Uint8ClampedArray.from(pixels), side, side)?.data;
}

test('posters and cards', async (t) => {
  const folder = temporaryFolder(t), browser = await launch(t);
  const server = await start(t, folder, ['demo', '--port', '0'], 4);
  const links = Object.fromEntries(server.lines.slice(1).map((line) => line.split(/\s+/)));
  const leader = await person(browser, {link: links.leader}), plain = await browser.newPage();
  const team = new URL(leader.url()).pathname.match(/\d+/)[0];
  const svg = (page, at = 0) => page.locator('.qr').nth(at).evaluate((element) => element.outerHTML);

  await t.test('a poster with a code that leads to the link', async () => {
    await leader.goto(`${server.url}/teams/${team}/joining`);
    await leader.click('form[action$="/joining/link"] button');
    const address = await leader.textContent('.join-address');
    await assertGoodPage(leader);
    await leader.click('a[href$="/poster"]');
    await leader.waitForURL('**/poster');
    assert.equal(await read(plain, await svg(leader)), address);
    await assertGoodPage(leader);
  });

  let cards;
  await t.test('cards are shown once, each its own', async () => {
    await leader.goto(`${server.url}/teams/${team}/joining`);
    await leader.fill('#count', '201');
    await leader.click('form[action$="/joining/cards"] button');
    await leader.locator('#count-wrong').waitFor();
    await assertGoodPage(leader);
    await leader.fill('#count', '3');
    await leader.click('form[action$="/joining/cards"] button');
    await leader.locator('.join-card').first().waitFor();
    await assertGoodPage(leader);
    cards = [];
    for (let i = 0; i < 3; i++) cards.push(await read(plain, await svg(leader, i)));
    assert.equal(new Set(cards).size, 3);
    assert.ok(cards.every((card) => WORDS.test(card)), cards.join(' '));
    await leader.reload();
    assert.match(await leader.innerText('main'), /al gemaakt/);
    await assertGoodPage(leader);
  });

  await t.test('a card lets one person in, at once, and nobody a second time', async () => {
    const words = cards[0].match(WORDS)[1];
    const first = await enter(browser, server, words, 'Kim');
    await first.waitForURL(`**/teams/${team}**`);
    const second = new Visitor(server.url);
    const used = await second.page(`/join/${words}`);
    assert.equal(used.status, 410);
    // Two phones at the same moment: one gets in.
    const racing = cards[1].match(WORDS)[1], visitors = Array.from({length: 6}, () => new Visitor(server.url));
    const pages = await Promise.all(visitors.map((visitor) => visitor.page(`/join/${racing}`)));
    const replies = await Promise.all(visitors.map((visitor, i) => visitor.submit(pages[i], `/join/${racing}`, {name: `Kim ${i}`}, {follow: false})));
    assert.deepEqual(replies.map(({status}) => status).sort(), [303, 410, 410, 410, 410, 410]);
    const losers = visitors.filter((_, i) => replies[i].status === 410);
    for (const loser of losers) assert.match((await loser.page('/')).url.pathname, /signin/);
    await leader.goto(`${server.url}/teams/${team}/joining`);
    assert.match(await leader.innerText('main'), /Eén kaart is nog niet gebruikt. 2 zijn gebruikt./);
    await leader.click('form[action$="/cards/end"] button');
    assert.equal((await second.page(`/join/${cards[2].match(WORDS)[1]}`)).status, 410);
  });
});
