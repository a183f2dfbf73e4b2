// Members and their messages in Node, as the browser sends them: for tests that look from outside at what a server does with
// them. A Way is one member's way of an answer or of a comment; what it does next is drawn at random or said by a test.
import assert from 'node:assert/strict';

import {blind, finalize, importKey, prepare} from '../../assets/blind.js';
import {checkRecord} from '../../assets/check.js';
import * as protocol from '../../assets/protocol.js';
import {claim, openRound, signIn, start} from './hecht.mjs';

const {base64url, fromBase64url, fromHex, hex, sha256} = protocol;
const MEMBERS = 12, OTHERS = 6, TAKING_PART = 4;

// ---- Chance, which can be repeated --------------------------------------------------------------------------------

export function generator(seed) {
  let state = seed % 2147483647 || 1;
  const below = (limit) => Math.floor(((state = (state * 48271) % 2147483647) / 2147483647) * limit);
  return {below, one: (list) => list[below(list.length)], chance: (share) => below(1000) < share * 1000};
}

// ---- The two kinds of message ---------------------------------------------------------------------------------------

// What answers and comments have in common, so that one model serves both.
export const ANSWER = {
  name: 'answer', token: 'token', path: '/api/answers',
  message: protocol.answerMessage,
  key: (round) => round.spki,
  random: (random, round, none) => round.items.map((item) => ({item, value: none ? 0 : 1 + random.below(4), salt: protocol.makeSalt()})),
  fields: (cells) => ({cells: cells.map(({item, value, salt}) => ({q: item, value, salt: hex(salt)}))}),
  text: (rid, version, cells) => protocol.answerText(rid, version, cells),
  receipt: (rid, id, version, cells) => protocol.receiptText(rid, id, version, cells),
  says: (cells) => cells.some(({value}) => value > 0),
};
export const COMMENT = {
  name: 'comment', token: 'comment-token', path: '/api/comments',
  message: protocol.commentMessage,
  key: (round) => round.commentSpki,
  random: (random, round, none) => protocol.commentBody(none ? '' : `words ${random.below(1e9)}`),
  fields: (body) => ({body: base64url(body)}),
  text: (rid, version, body) => protocol.commentText(rid, version, body),
  receipt: (rid, id, version, body) => protocol.commentReceiptText(rid, id, version, body),
  says: (body) => body[0] + body[1] > 0,
};

class Way {
  constructor(world, member, kind) {
    Object.assign(this, {world, member, kind, issued: 'no', old: [], version: 0});
  }

  async prepare() {
    const own = await protocol.makeOneTimeKey();
    const m = prepare(await this.kind.message(fromHex(this.member.rid), own.opk));
    return {...own, m, ...await blind(this.member.keys[this.kind.name], m)};
  }

  askToken(secrets) {
    return this.world.post(`/api/rounds/${this.member.rid}/${this.kind.token}`, {blinded: base64url(secrets.blinded)}, this.member);
  }

  async body(version, content) {
    const {opk, osk, m} = this.secrets;
    const text = await this.kind.text(fromHex(this.member.rid), version, content);
    return {rid: this.member.rid, m: base64url(m), sig: base64url(this.signature), opk: base64url(opk),
      osig: base64url(await protocol.signAnswer(osk, text)), version, ...this.kind.fields(content)};
  }

  // ---- What may happen

  async fetch() {
    this.secrets ??= await this.prepare();
    this.issued = this.issued === 'no' ? 'maybe' : this.issued;
    const reply = await this.askToken(this.secrets);
    if (reply.lost) return;
    assert.equal(reply.status, 200, `a first token: ${reply.text}`);
    const bytes = fromBase64url(reply.json.blind_signature);
    if (this.blindSignature) assert.deepEqual(bytes, this.blindSignature, 'the same signature for the same bytes');
    this.blindSignature = bytes;
    this.signature = await finalize(this.member.keys[this.kind.name], this.secrets.m, this.secrets.inverse, bytes);
    this.issued = 'yes';
  }

  async fetchAgain() {
    const reply = await this.askToken(await this.prepare());
    if (!reply.lost) assert.equal(reply.json.reason, 'token-issued', 'a second token');
  }

  async send(pending) {
    this.pending = pending;
    const reply = await this.world.post(this.kind.path, pending.body);
    if (reply.lost) return;
    assert.equal(reply.status, 200, `${this.kind.name} version ${pending.version}: ${reply.text}`);
    const text = await this.kind.receipt(fromHex(this.member.rid), await sha256(this.secrets.opk), pending.version, pending.content);
    assert.equal(reply.json.receipt, new TextDecoder().decode(text));
    assert.ok(await protocol.verifyReceipt(this.world.logKey, text, fromBase64url(reply.json.signature)));
    if (this.stored && this.stored !== pending) this.old.push(this.stored);
    this.stored = pending;
    this.pending = undefined;
  }

  async sendNew(random) {
    const version = this.version += 1 + random.below(2);
    const content = this.kind.random(random, this.member.round, random.chance(0.15));
    await this.send({version, content, body: await this.body(version, content)});
  }

  async refused(body, reasons, what) {
    const reply = await this.world.post(this.kind.path, body);
    if (reply.lost) return;
    assert.ok(reply.status >= 400 && reply.status < 500, `${what} was answered ${reply.status}: ${reply.text}`);
    if (reasons) assert.ok(reasons.includes(reply.json.reason), `${what}: ${reply.text}`);
  }

  async sendOther(random) {
    const content = this.kind.random(random, this.member.round, false);
    await this.refused(await this.body(this.stored.version, content), [`${this.kind.name}-version`], 'other content, same version');
  }

  // Each is one small change of a good message; none of them may be taken.
  async sendDamaged(random) {
    const good = this.stored?.body ?? await this.body(this.version + 1, this.kind.random(random, this.member.round, false));
    const other = random.one(this.world.members.filter((one) => one.rid !== this.member.rid));
    const flip = (text) => {
      const bytes = fromBase64url(text);
      bytes[random.below(bytes.length)] ^= 1 << random.below(8);
      return base64url(bytes);
    };
    const damages = [
      ...['m', 'sig', 'opk', 'osig'].map((name) => () => ({...good, [name]: flip(good[name])})),
      () => ({...good, version: good.version + 1}), () => ({...good, version: 0}), () => ({...good, version: 1e15}), () => ({...good, version: '1'}),
      () => ({...good, rid: other.rid}), () => ({...good, rid: 'ff'.repeat(32)}), () => ({...good, more: 1}),
      () => { const less = {...good}; delete less[random.one(Object.keys(good))]; return less; },
    ];
    if (this.kind === ANSWER) {
      const cell = random.below(good.cells.length);
      const changed = (change) => ({...good, cells: good.cells.map((one, i) => (i === cell ? {...one, ...change(one)} : one))});
      damages.push(() => changed(({value}) => ({value: (value + 1) % 5})), () => changed(() => ({value: 9})), () => changed(() => ({value: -1})),
        () => changed(() => ({salt: '00'.repeat(32)})), () => changed(() => ({q: 'nothing'})),
        () => ({...good, cells: good.cells.slice(1)}), () => ({...good, cells: [...good.cells, good.cells[0]]}),
        () => ({...good, cells: [...good.cells].reverse()}));
    } else {
      damages.push(() => ({...good, body: flip(good.body)}), () => ({...good, body: good.body.slice(4)}));
    }
    const damaged = random.one(damages)();
    await this.refused(random.chance(0.1) ? JSON.stringify(damaged).slice(0, -1 - random.below(40)) : damaged, undefined, `a damaged ${this.kind.name}`);
  }

  // A token of one kind, or of another member, pays for nothing here.
  async sendCrossed(random) {
    const ways = this.world.members.flatMap((one) => one.ways).filter((way) => way !== this && way.signature);
    if (ways.length === 0) return;
    const {sig} = await random.one(ways).body(1, random.one(ways).kind.random(random, this.member.round, false)).catch(() => ({}));
    if (!sig) return;
    const good = await this.body(this.version + 1, this.kind.random(random, this.member.round, false));
    await this.refused({...good, sig}, ['token-false'], 'the token of another');
  }

  act(random) {
    if (this.issued !== 'yes') return this.fetch();
    if (this.pending) return this.send(this.pending); // it may have arrived: the same again, as every client does
    if (random.chance(0.15)) return this.fetch();
    if (random.chance(0.15)) return this.fetchAgain();
    if (random.chance(0.25)) return this.sendDamaged(random);
    if (random.chance(0.1)) return this.sendCrossed(random);
    if (!this.stored || random.chance(0.4)) return this.sendNew(random);
    if (random.chance(0.4)) return this.send(this.stored);
    if (this.old.length > 0 && random.chance(0.6)) return this.refused(random.one(this.old).body, [`${this.kind.name}-version`], 'an older version');
    return this.sendOther(random);
  }
}

// ---- The world --------------------------------------------------------------------------------------------------------

export class World {
  constructor(t, folder) {
    Object.assign(this, {t, folder, members: []});
  }

  async begin() {
    this.server = await start(this.t, this.folder, ['serve', '--port', '0']);
    const list = (count, name) => Array.from({length: count}, (_, i) => `${name}${i}@example.org`).join('\n');
    ({owner: this.owner} = await claim(this.server, {members: list(MEMBERS, 'm')}));
    await this.owner.submit('/settings', '/settings/comments');
    await this.owner.submit('/people', '/people/team', {name: 'Red', leader: '', members: list(OTHERS, 'r')});
    await openRound(this.owner);
    this.port = new URL(this.server.url).port;
    for (const name of [...Array(MEMBERS).keys()].map((i) => `m${i}`).concat([...Array(OTHERS).keys()].map((i) => `r${i}`)))
      this.members.push(await this.member(`${name}@example.org`));
  }

  async member(address) {
    const visitor = await signIn(this.folder, this.server.url, address);
    const {csrf, person, rounds: [{rid}]} = JSON.parse((await visitor.page('/api/rounds')).text);
    const bytes = new Uint8Array(await (await fetch(`${this.server.url}/api/rounds/${rid}/descriptor`)).arrayBuffer());
    const round = protocol.readDescriptor(bytes);
    this.logKey ??= fromBase64url(JSON.parse(await (await fetch(`${this.server.url}/api/rounds/${rid}/log`)).text()).log_key);
    const member = {address, visitor, csrf, person, rid, round, keys: {answer: await importKey(round.spki)}};
    if (round.commentSpki) member.keys.comment = await importKey(round.commentSpki);
    member.ways = [new Way(this, member, ANSWER), ...(round.commentSpki ? [new Way(this, member, COMMENT)] : [])];
    return member;
  }

  // As the member when one is given, else as nobody. lost: the server died before it replied.
  async post(path, body, member) {
    const headers = {'content-type': 'application/json'};
    if (member) Object.assign(headers, {origin: this.server.url, 'x-csrf-token': member.csrf,
      cookie: [...member.visitor.cookies].map(([k, v]) => `${k}=${v}`).join('; ')});
    try {
      const response = await fetch(this.server.url + path, {method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body), keepalive: false});
      const text = await response.text();
      return {status: response.status, text, json: JSON.parse(text)};
    } catch (error) {
      if (this.killed) return {lost: true};
      throw error;
    }
  }

  async kill() {
    this.killed = true;
    await this.server.stop('SIGKILL');
  }

  async revive() {
    this.server = await start(this.t, this.folder, ['serve', '--port', this.port]);
    this.killed = false;
  }

  async batch(random) {
    const chosen = [...this.members].sort(() => random.below(3) - 1).slice(0, TAKING_PART);
    const work = chosen.map((member) => random.one(member.ways).act(random));
    if (random.chance(0.25)) {
      await new Promise((done) => setTimeout(done, random.below(12)));
      await this.kill();
      await Promise.all(work);
      await this.revive();
    }
    await Promise.all(work);
  }

  // What the device of this member finds in the record; rejects with a CheckFault.
  async check({rid, visitor, round, ways: [way]}, record) {
    const issuance = JSON.parse((await visitor.page(`/api/rounds/${rid}/issuance`)).text);
    assert.equal(issuance.issued, way.issued === 'yes');
    if (!way.stored) return undefined;
    const {m, opk, blinded} = way.secrets;
    const own = {rid, team: round.team, logKey: base64url(this.logKey), m, opk, signature: way.signature,
      blindedHash: base64url(await sha256(blinded)), cells: way.stored.content};
    const questionnaire = new Uint8Array(await (await fetch(`${this.server.url}/api/questionnaires/${/^instrument \S+ \d+ (\S+)$/m.exec(record.descriptor)[1]}`)).arrayBuffer());
    return checkRecord(record, own, undefined, issuance, questionnaire);
  }

  async record(rid) {
    const response = await fetch(`${this.server.url}/api/rounds/${rid}/record`);
    return response.status === 200 ? response.json() : undefined;
  }

  // Whole or not at all: for every team the same, and answers are taken exactly when nothing is published.
  async isClosed() {
    const rids = [...new Set(this.members.map((one) => one.rid))];
    const records = await Promise.all(rids.map((rid) => this.record(rid)));
    assert.equal(new Set(records.map((one) => one === undefined)).size, 1, 'one team closed, another did not');
    const closed = records[0] !== undefined;
    for (const way of this.members.flatMap((one) => one.ways).filter((one) => one.stored).slice(0, 8)) {
      const reply = await this.post(way.kind.path, way.stored.body);
      assert.equal(reply.status, closed ? 410 : 200, `${closed ? 'closed' : 'open'}: ${reply.text}`);
    }
    return closed;
  }
}
