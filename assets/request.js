// Requests to this server, and what can go wrong with them.

const TIMEOUT_MILLISECONDS = 30000;

// kind: the data-message of the page that says what happened, or 'elsewhere'
export class Failure extends Error {
  constructor(kind) {
    super(kind);
    this.kind = kind;
  }
}

function kindOf(status, reason) {
  if (reason === 'token-issued') return 'elsewhere';
  if (reason === 'answer-version' || reason === 'comment-version') return 'window';
  if (reason === 'not-in-roster') return 'roster';
  if (reason === 'device-signature') return 'device';
  if (reason === 'round-not-logged') return 'not-logged';
  const kinds = { 401: 'signed-out', 403: 'old-page', 410: 'closed', 413: 'large', 429: 'often' };
  return kinds[status] ?? (status >= 500 ? 'busy' : 'other');
}

// Where what goes without a name is sent: to a second address of the server when it has one, which never sees a cookie.
const voice = () => document.querySelector('meta[name=hecht-voice]')?.content ?? '';
export const anonymousAddress = (path) => voice() + path;

export async function request(path, options) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), TIMEOUT_MILLISECONDS);
  try {
    const response = await fetch(options?.credentials === 'omit' ? anonymousAddress(path) : path, {
      cache: 'no-store', referrerPolicy: 'no-referrer', redirect: 'error', signal: stop.signal, ...options,
    });
    if (!response.ok) throw new Failure(kindOf(response.status, (await response.json().catch(() => ({}))).reason));
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    throw error instanceof Failure ? error : new Failure('offline');
  } finally {
    clearTimeout(timer);
  }
}

export async function requestJson(path, body, options) {
  const bytes = await request(path, {
    // To another address as plain text, which browsers send without asking there first.
    method: 'POST', body, ...options,
    headers: { 'Content-Type': options.credentials === 'omit' && voice() ? 'text/plain' : 'application/json', ...options.headers },
  });
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new Failure('busy'); // something between here and the server answered in its place
  }
}
