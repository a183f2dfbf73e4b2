// assets/blind.js and assets/protocol.js against the vectors of RFC 9474, against the C side (blind_tool) and against
// @cloudflare/blindrsa-ts, an independent implementation. Run: node --test blind.test.mjs, with HECHT_BLIND_TOOL naming
// the built tool when it is not in build/tests/privacy.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { RSABSSA } from '@cloudflare/blindrsa-ts';

import * as blindness from '../../assets/blind.js';
import * as protocol from '../../assets/protocol.js';

const { hex, fromHex } = protocol;
const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const reference = (name) => JSON.parse(readFileSync(path(`../reference/${name}`), 'utf8'));
const toolPath = process.env.HECHT_BLIND_TOOL ?? path('../../build/tests/privacy/blind_tool');
const oracle = RSABSSA.SHA384.PSS.Randomized();
const text = (string) => new TextEncoder().encode(string);

function changed(bytes, at) {
  assert.ok(at < bytes.length);
  const copy = Uint8Array.from(bytes);
  copy[at] ^= 1;
  return copy;
}

// ---- The C side ----------------------------------------------------------------------------------------------

const tool = {
  start() {
    assert.ok(existsSync(toolPath), `${toolPath} is not built; set HECHT_BLIND_TOOL`);
    this.process = spawn(toolPath, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.lines = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
  },
  // Sends a command with bytes as arguments; the answer is a list of bytes, or the text as it is.
  async ask(command, ...argument) {
    this.process.stdin.write(`${[command, ...argument.map((bytes) => hex(bytes) || '-')].join(' ')}\n`);
    const { value } = await this.lines.next();
    return /^[0-9a-f ]+$/.test(value) ? value.split(' ').map(fromHex) : value;
  },
  stop() {
    this.process?.stdin.end();
  },
};

const bigint = (text0x) => BigInt(text0x.startsWith('0x') ? text0x : `0x${text0x}`);
const number = (n, bytes) => fromHex(n.toString(16).padStart(2 * bytes, '0'));

function modularInverse(a, modulus) {
  let [r0, r1, s0, s1] = [a % modulus, modulus, 1n, 0n];
  while (r1) [r0, r1, s0, s1] = [r1, r0 % r1, s1, s0 - (r0 / r1) * s1];
  return ((s0 % modulus) + modulus) % modulus;
}

function spkiOf({ n, e }) {
  const part = (value) => protocol.base64url(fromHex(value.slice(2)));
  const key = createPublicKey({ key: { kty: 'RSA', n: part(n), e: part(e) }, format: 'jwk' });
  return new Uint8Array(key.export({ type: 'spki', format: 'der' }));
}

// ---- RFC 9474 ------------------------------------------------------------------------------------------------

describe('vectors of RFC 9474, appendix A', () => {
  const vectors = reference('rfc9474_vectors.json');
  test('there are four', () => assert.equal(vectors.length, 4));
  for (const vector of vectors) {
    test(vector.name, async () => {
      const key = await blindness.importKey(spkiOf(vector));
      const prepared = fromHex(vector.input_msg);
      const inverse = number(bigint(vector.inv), key.size);
      const factor = modularInverse(bigint(vector.inv), key.modulus);
      const salt = fromHex(vector.salt);
      const made = await blindness.blind(key, prepared, { salt, factor });
      assert.equal(hex(made.blinded), vector.blinded_msg);
      assert.equal(hex(made.inverse), hex(inverse));
      const finish = blindness.finalize(key, prepared, inverse, fromHex(vector.blind_sig));
      if (salt.length === 48) assert.equal(hex(await finish), vector.sig);
      else await assert.rejects(finish, /does not hold/); // another salt length is none of ours
    });
  }
});

// ---- Across languages and implementations --------------------------------------------------------------------

describe('blind signatures with the C signer', () => {
  let spki, key, oracleKey;
  before(async () => {
    tool.start();
    [spki] = await tool.ask('key');
    key = await blindness.importKey(spki);
    oracleKey = await crypto.subtle.importKey('spki', spki, { name: 'RSA-PSS', hash: 'SHA-384' }, true, ['verify']);
  });

  test('browser blinds, C signs, browser finalises; C and the oracle verify', async () => {
    for (let i = 0; i < 20; i++) {
      const prepared = blindness.prepare(text(`message ${i}`));
      assert.equal(prepared.length, 32 + text(`message ${i}`).length);
      const { blinded, inverse } = await blindness.blind(key, prepared);
      const [blindSignature] = await tool.ask('sign', blinded);
      const signature = await blindness.finalize(key, prepared, inverse, blindSignature);
      assert.equal(await tool.ask('verify', spki, prepared, signature), 'valid');
      assert.equal(await oracle.verify(oracleKey, signature, prepared), true);
    }
  });

  test('oracle blinds, C signs, oracle finalises; C and the browser verify', async () => {
    for (let i = 0; i < 5; i++) {
      const prepared = oracle.prepare(text(`message ${i}`));
      const { blindedMsg, inv } = await oracle.blind(oracleKey, prepared);
      const [blindSignature] = await tool.ask('sign', blindedMsg);
      const signature = await oracle.finalize(oracleKey, prepared, blindSignature, inv);
      assert.equal(await tool.ask('verify', spki, prepared, signature), 'valid');
      assert.equal(await blindness.verify(key, prepared, signature), true);
      // what the oracle blinded, the browser finalises to the same signature, and C as well
      assert.equal(hex(await blindness.finalize(key, prepared, inv, blindSignature)), hex(signature));
      assert.equal(hex((await tool.ask('finalize', spki, prepared, inv, blindSignature))[0]), hex(signature));
    }
  });

  test('C blinds, the oracle signs, C and the browser finalise alike', async () => {
    const pair = await RSABSSA.SHA384.generateKey({ modulusLength: 2048, publicExponent: Uint8Array.from([1, 0, 1]) });
    const other = new Uint8Array(await crypto.subtle.exportKey('spki', pair.publicKey));
    const [prepared, blinded, inverse] = await tool.ask('blind', other, text('from C'));
    const blindSignature = await oracle.blindSign(pair.privateKey, blinded);
    const [signature] = await tool.ask('finalize', other, prepared, inverse, blindSignature);
    const again = await blindness.finalize(await blindness.importKey(other), prepared, inverse, blindSignature);
    assert.equal(hex(again), hex(signature));
    assert.equal(await oracle.verify(pair.publicKey, signature, prepared), true);
  });

  test('other sizes of keys', async () => {
    for (const modulusLength of [2056, 3072]) {
      const pair = await RSABSSA.SHA384.generateKey({ modulusLength, publicExponent: Uint8Array.from([1, 0, 1]) });
      const other = new Uint8Array(await crypto.subtle.exportKey('spki', pair.publicKey));
      const large = await blindness.importKey(other);
      const prepared = blindness.prepare(text('long'));
      const { blinded, inverse } = await blindness.blind(large, prepared);
      const blindSignature = await oracle.blindSign(pair.privateKey, blinded);
      const signature = await blindness.finalize(large, prepared, inverse, blindSignature);
      assert.equal(await tool.ask('verify', other, prepared, signature), 'valid');
    }
  });

  test('the same message is never blinded to the same bytes', async () => {
    const prepared = blindness.prepare(text('same'));
    const all = await Promise.all(Array.from({ length: 10 }, () => blindness.blind(key, prepared)));
    assert.equal(new Set(all.map(({ blinded }) => hex(blinded))).size, 10);
    assert.notEqual(hex(blindness.prepare(text('same'))), hex(prepared));
  });

  test('what was altered is refused on both sides', async () => {
    const prepared = blindness.prepare(text('vote'));
    const { blinded, inverse } = await blindness.blind(key, prepared);
    const [blindSignature] = await tool.ask('sign', blinded);
    const signature = await blindness.finalize(key, prepared, inverse, blindSignature);
    for (const at of [0, 100, 255]) {
      assert.equal(await tool.ask('verify', spki, prepared, changed(signature, at)), 'error signature');
      assert.equal(await blindness.verify(key, prepared, changed(signature, at)), false);
      await assert.rejects(blindness.finalize(key, prepared, inverse, changed(blindSignature, at)), /does not hold/);
      await assert.rejects(blindness.finalize(key, prepared, changed(inverse, at), blindSignature), /does not hold/);
      assert.equal(await tool.ask('finalize', spki, prepared, inverse, changed(blindSignature, at)), 'error signature');
    }
    assert.equal(await tool.ask('verify', spki, changed(prepared, 34), signature), 'error signature');
    await assert.rejects(blindness.finalize(key, changed(prepared, 34), inverse, blindSignature), /does not hold/);
    await assert.rejects(blindness.finalize(key, prepared, inverse, blindSignature.slice(1)), /length/);
    await assert.rejects(blindness.finalize(key, prepared, inverse.slice(1), blindSignature), /length/);
    assert.equal(await tool.ask('sign', blinded.slice(1)), 'error blinded-size');
  });

  test('a signature over a salt of another length is refused on both sides', async () => {
    for (const length of [0, 32, 47]) {
      const prepared = blindness.prepare(text('salt'));
      const { blinded, inverse } = await blindness.blind(key, prepared, { salt: new Uint8Array(length) });
      const [blindSignature] = await tool.ask('sign', blinded);
      await assert.rejects(blindness.finalize(key, prepared, inverse, blindSignature), /does not hold/);
      assert.equal(await tool.ask('finalize', spki, prepared, inverse, blindSignature), 'error signature');
    }
  });

  test('the factor is drawn anew each time, and is none that hides nothing', async () => {
    const key = await blindness.importKey(spki), prepared = blindness.prepare(text('x')), salt = new Uint8Array(48);
    const bare = hex((await blindness.blind(key, prepared, { salt, factor: 1n })).blinded);
    const seen = new Set([bare]);
    for (let i = 0; i < 20; i++) seen.add(hex((await blindness.blind(key, prepared, { salt })).blinded));
    assert.equal(seen.size, 21);
    assert.notEqual(hex(blindness.prepare(text('x'))), hex(blindness.prepare(text('x'))));
  });

  test('weak and foreign keys are refused on both sides', async () => {
    const keys = [
      generateKeyPairSync('rsa', { modulusLength: 1024 }),
      generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 }),
      generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 65539 }), // as long as the right one
      generateKeyPairSync('rsa', { modulusLength: 2052 }),
      generateKeyPairSync('rsa-pss', { modulusLength: 2048 }),
      generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    ].map(({ publicKey }) => new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })));
    for (const bad of [...keys, spki.slice(1), Uint8Array.from([...spki, 0]), new Uint8Array(0)]) {
      await assert.rejects(blindness.importKey(bad));
      assert.equal(await tool.ask('blind', bad, text('x')), 'error key-refused');
    }
  });

  test('an answer signed in the browser verifies in C, a receipt signed in C in the browser', async () => {
    const { osk, opk } = await protocol.makeOneTimeKey();
    assert.equal(opk.length, 65);
    assert.equal(osk.extractable, false);
    const cells = [{ item: 'lr1', value: 4, salt: protocol.makeSalt() }];
    const rid = await protocol.sha256(text('round'));
    const body = protocol.answerText(rid, 1, cells);
    const osig = await protocol.signAnswer(osk, body);
    assert.equal(await tool.ask('one-time', opk, body, osig), 'valid');
    assert.equal(await tool.ask('one-time', opk, changed(body, 20), osig), 'error signature');
    assert.equal(await tool.ask('one-time', opk, body, changed(osig, 20)), 'error signature');
    const [logPublic] = await tool.ask('log');
    const receipt = await protocol.receiptText(rid, await protocol.sha256(opk), 1, cells);
    const [signature] = await tool.ask('receipt', receipt);
    assert.equal(await protocol.verifyReceipt(logPublic, receipt, signature), true);
    assert.equal(await protocol.verifyReceipt(logPublic, changed(receipt, 30), signature), false);
    assert.equal(await protocol.verifyReceipt(logPublic, receipt, changed(signature, 3)), false);
  });

  test('both readers of descriptors agree on thousands of damaged ones', async () => {
    const vectors = reference('protocol_vectors.json').filter(({ kind }) => kind === 'descriptor');
    let state = 12345; // a small generator with a seed, so that a failure can be repeated
    const random = (below) => (state = (state * 48271) % 2147483647) % below;
    let accepted = 0;
    for (let i = 0; i < 3000; i++) {
      const bytes = [...fromHex(vectors[random(vectors.length)].bytes)];
      if (random(3) === 0) bytes.push(...new TextEncoder().encode('comment-key c29tZSBrZXk\n'));
      for (let edits = 1 + random(2); edits > 0; edits--) {
        const from = random(bytes.length);
        const piece = random(2) ? [32 + random(95)] : bytes.slice(random(bytes.length)).slice(0, random(12));
        bytes.splice(from, random(3), ...piece);
      }
      const damaged = Uint8Array.from(bytes);
      const inC = await tool.ask('descriptor', damaged);
      const inBrowser = await Promise.resolve().then(() => protocol.readDescriptor(damaged)).catch(() => null);
      assert.equal(inBrowser !== null, Array.isArray(inC), `disagree: ${new TextDecoder().decode(damaged)}`);
      if (inBrowser) assert.equal(hex(await protocol.descriptorRid(damaged)), hex(inC[0]));
      accepted += inBrowser !== null;
    }
    assert.ok(accepted > 100 && accepted < 2900, `${accepted} of 3000 accepted`);
  });

  after(() => tool.stop());
});

// ---- Messages ------------------------------------------------------------------------------------------------

describe('vectors of the protocol', () => {
  const vectors = reference('protocol_vectors.json');
  const ofKind = (kind) => vectors.filter((vector) => vector.kind === kind);

  test('descriptors', async () => {
    assert.equal(ofKind('descriptor').length, 2);
    for (const vector of ofKind('descriptor')) {
      const round = protocol.readDescriptor(fromHex(vector.bytes));
      assert.deepEqual(
        {
          kind: 'descriptor', org: round.org, organisation: round.organisation, team: round.team,
          team_name: round.teamName, leader: round.leader, round: String(round.round), form: round.form,
          opens: String(round.opens), closes: String(round.closes), extended: String(round.extended),
          instrument: round.instrument, instrument_version: String(round.instrumentVersion),
          instrument_hash: round.instrumentHash, items: round.items.join(' '), promise: round.promise,
          k: String(round.k), roster_count: String(round.rosterCount), roster_root: round.rosterRoot,
          purpose: round.purpose, spki: hex(round.spki), bytes: vector.bytes,
          rid: hex(await protocol.descriptorRid(fromHex(vector.bytes))),
        },
        vector,
      );
    }
  });

  test('descriptors that are none', () => {
    assert.ok(ofKind('refused').length > 50);
    for (const vector of ofKind('refused'))
      assert.throws(() => protocol.readDescriptor(fromHex(vector.bytes)), undefined, vector.why);
  });

  test('answers and receipts', async () => {
    assert.equal(ofKind('answer').length, 3);
    for (const vector of ofKind('answer')) {
      const words = vector.cells.split(' ');
      const cells = [];
      for (let i = 0; i < words.length; i += 3)
        cells.push({ item: words[i], value: Number(words[i + 1]), salt: fromHex(words[i + 2]) });
      const [rid, opk, answerId] = [fromHex(vector.rid), fromHex(vector.opk), fromHex(vector.answer_id)];
      const version = Number(vector.version);
      assert.equal(hex(await protocol.sha256(opk)), vector.answer_id);
      assert.equal(hex(await protocol.answerMessage(rid, opk)), vector.message);
      assert.equal(hex(protocol.answerText(rid, version, cells)), vector.text);
      const hashes = await Promise.all(cells.map(protocol.cellHash));
      assert.equal(hashes.map(hex).join(' '), vector.cell_hashes);
      const receipt = await protocol.receiptText(rid, answerId, version, cells);
      assert.equal(hex(receipt), vector.receipt);
      const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
      const key = await crypto.subtle.importKey('raw', opk, ecdsa, false, ['verify']);
      assert.equal(await crypto.subtle.verify(ecdsa, key, fromHex(vector.osig), fromHex(vector.text)), true);
      const signature = fromHex(vector.log_signature);
      assert.equal(await protocol.verifyReceipt(fromHex(vector.log_public), receipt, signature), true);
    }
  });

  test('answers that are none', async () => {
    const rid = new Uint8Array(32);
    const cell = { item: 'a', value: 1, salt: new Uint8Array(32) };
    const wrong = [
      [0, [cell]], [1000001, [cell]], [1.5, [cell]], ['1', [cell]], [1, []], [1, Array(65).fill(cell)],
      [1, [{ ...cell, value: 10 }]], [1, [{ ...cell, value: -1 }]], [1, [{ ...cell, value: '1' }]],
      [1, [{ ...cell, item: 'A' }]], [1, [{ ...cell, item: '' }]], [1, [{ ...cell, item: 'a\n' }]],
      [1, [{ ...cell, salt: new Uint8Array(31) }]],
    ];
    for (const [version, cells] of wrong) {
      assert.throws(() => protocol.answerText(rid, version, cells));
      await assert.rejects(protocol.receiptText(rid, rid, version, cells));
    }
  });

  test('bytes as text, strictly', () => {
    for (let length = 0; length < 70; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 89 + length) & 255);
      assert.deepEqual(fromHex(hex(bytes)), bytes);
      assert.deepEqual(protocol.fromBase64url(protocol.base64url(bytes)), bytes);
      assert.equal(protocol.base64url(bytes), Buffer.from(bytes).toString('base64url'));
    }
    for (const wrong of ['a', '0g', 'AB', ' 00', '00\n']) assert.throws(() => fromHex(wrong));
    for (const wrong of ['A', 'AB', 'AAB', 'AA==', 'A+AA', 'A/AA', 'AA A', 'AAAA\n'])
      assert.throws(() => protocol.fromBase64url(wrong));
  });

  test('a browser without Ed25519 leaves the receipt unchecked', async (context) => {
    context.mock.method(crypto.subtle, 'importKey', async () => {
      throw new DOMException('no such algorithm', 'NotSupportedError');
    });
    assert.equal(await protocol.verifyReceipt(new Uint8Array(32), text('x'), new Uint8Array(64)), undefined);
  });
});
