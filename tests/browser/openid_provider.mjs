// A provider of sign-ins (npm oidc-provider) with a login page of one field, in this process: a test may change its accounts,
// keys and clock, and let it fall silent.
import http from 'node:http';
import {generateKeyPairSync} from 'node:crypto';
import {once} from 'node:events';

import Provider from 'oidc-provider';
import {Visitor} from './hecht.mjs';

export const SECRET = 'a secret: 100% & never in a log +/=';
const KINDS = {RS256: ['rsa', {modulusLength: 2048}], PS256: ['rsa', {modulusLength: 2048}], ES256: ['ec', {namedCurve: 'P-256'}], EdDSA: ['ed25519', {}]};
export const ALGORITHMS = Object.keys(KINDS);

export function makeKey(algorithm, kid) {
  const {privateKey} = generateKeyPairSync(...KINDS[algorithm]);
  return {...privateKey.export({format: 'jwk'}), kid, alg: algorithm, use: 'sig'};
}

const FIRST_KEYS = ALGORITHMS.map((algorithm) => makeKey(algorithm, `first-${algorithm}`));

// A port that was free a moment ago.
export async function freePort() {
  const server = http.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const {port} = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

const form = (request) => new Promise((done) => {
  let text = '';
  request.on('data', (data) => { text += data; });
  request.on('end', () => done(new URLSearchParams(text)));
});

export class Idp {
  // accounts: subject to claims. client: what Hecht calls itself there, and how its tokens are signed.
  static async start(t, redirect) {
    const idp = new Idp();
    idp.accounts = {};
    idp.silent = false;
    idp.requests = [];
    idp.server = http.createServer((request, response) => idp.handle(request, response));
    idp.server.listen(0, '127.0.0.1');
    await once(idp.server, 'listening');
    idp.issuer = `http://localhost:${idp.server.address().port}`;
    idp.redirect = redirect;
    idp.use();
    t.after(() => { idp.server.closeAllConnections(); idp.server.close(); });
    return idp;
  }

  use(keys = FIRST_KEYS, more = {}) {
    const {accounts, redirect} = this;
    this.provider = new Provider(this.issuer, {
      jwks: {keys},
      clients: keys.map(({alg}) => alg).filter((alg, at, all) => all.indexOf(alg) === at).map((algorithm) => (
        {client_id: `hecht ${algorithm}`, client_secret: SECRET, redirect_uris: [redirect], id_token_signed_response_alg: algorithm})),
      enabledJWA: {idTokenSigningAlgValues: ALGORITHMS},
      cookies: {keys: ['of the test']},
      features: {devInteractions: {enabled: false}},
      conformIdTokenClaims: false,
      claims: {openid: ['sub'], email: ['email', 'email_verified', 'groups']},
      pkce: {required: () => true},
      interactions: {url: (context, interaction) => `/interaction/${interaction.uid}`},
      findAccount: (context, accountId) => accounts[accountId] && {accountId, claims: () => ({sub: accountId, ...accounts[accountId]})},
      async loadExistingGrant({oidc}) {
        const grant = new oidc.provider.Grant({clientId: oidc.client.clientId, accountId: oidc.session.accountId});
        grant.addOIDCScope('openid email');
        await grant.save();
        return grant;
      },
      ...more,
    });
    this.callback = this.provider.callback();
  }

  async handle(request, response) {
    this.requests.push(request.url);
    if (this.silent) return request.socket.destroy();
    if (this.answer?.(request, response)) return undefined;
    if (!request.url.startsWith('/interaction/')) return this.callback(request, response);
    if (request.method === 'GET')
      return response.setHeader('content-type', 'text/html; charset=utf-8').end(`<!doctype html><html lang="en"><title>Login</title><h1>Login</h1>
        <form method="post" action="${request.url}"><label>Account <input name="account" autofocus></label><button type="submit">Go</button>
        <button type="submit" name="cancel" value="yes">Cancel</button></form>`);
    const fields = await form(request);
    const result = fields.has('cancel') ? {error: 'access_denied', error_description: 'cancelled'} : {login: {accountId: fields.get('account')}};
    return this.provider.interactionFinished(request, response, result, {mergeWithLastSubmission: false});
  }

  // Walks through the provider's pages in a browser of its own. Resolves with the address that leads back to Hecht.
  async login(address, fields) {
    const visitor = new Visitor(this.issuer);
    let next = new URL(address);
    for (let i = 0; i < 8; i++) {
      let response = await visitor.send(next);
      if (response.status === 200) response = await visitor.post(next, new URLSearchParams(fields));
      const location = response.headers.get('location');
      if (!location) throw new Error(`the provider answers ${response.status}: ${response.text.slice(0, 400)}`);
      next = new URL(location, next);
      if (next.href.startsWith(this.redirect)) return next;
    }
    throw new Error('the provider leads round and round');
  }

  // What the provider believes the time to be, while `act` runs.
  async atTime(shift, act) {
    const now = Date.now;
    Date.now = () => now() + shift * 1000;
    try {
      return await act();
    } finally {
      Date.now = now;
    }
  }
}
