// The REST API. Errors are ApiErrors with one line for people, as the server says it.

const BASE = new URL('api/v1/', document.baseURI);

export class ApiError extends Error {
  /** @param {number} status of the answer, 0 when there was none */
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

let askForKey = () => {};

/** Says what to do when the server asks for a key, or no longer takes the one of this session. */
export const whenKeyNeeded = ask => {
  askForKey = ask;
};

const NO_ANSWER = 'the server does not answer';

/** The address of a path of the API. */
export const address = path => new URL(path, BASE).href;

function detail(text, status) {
  try {
    const problem = JSON.parse(text);
    if (typeof problem.detail === 'string') {
      return problem.detail;
    }
  } catch {
    // Not from the server itself: a proxy's page.
  }
  return `the server answered with ${status}`;
}

async function request(path, options) {
  let response;
  try {
    response = await fetch(address(path), {cache: 'no-store', ...options});
  } catch (e) {
    if (e.name === 'AbortError') {
      throw e;
    }
    throw new ApiError(NO_ANSWER, 0);
  }
  if (response.status === 401) {
    askForKey();
  }
  if (!response.ok) {
    throw new ApiError(detail(await response.text().catch(() => ''), response.status), response.status);
  }
  return response;
}

export const get = async (path, signal) => (await request(path, {signal})).json();

/** Sends a request with a body of JSON, or with none. */
export async function send(method, path, body, headers = {}) {
  const options = {method, headers: {...headers}};
  if (body !== undefined) {
    options.headers['Content-Type'] = 'application/json';
    options.body = JSON.stringify(body);
  }
  return (await request(path, options)).json();
}

/**
 * Gives the server a key. It answers with a cookie that stands for the key, which the browser sends with videos and event streams
 * too, and which no script can read: the page keeps no key.
 */
export const begin = key => request('session', {method: 'POST', headers: {Authorization: `Bearer ${key}`}});

/** Deletes that cookie. */
export const end = () => request('session', {method: 'DELETE'});

/** The media type of a job's source; null when it is not kept. Reads one byte. */
export async function sourceType(job, signal) {
  try {
    const response = await request(`jobs/${job}/source`, {signal, headers: {Range: 'bytes=0-0'}});
    await response.body?.cancel();
    return response.headers.get('Content-Type');
  } catch (e) {
    if (e.status === 410) {
      return null;
    }
    throw e;
  }
}

/** A key under which a submission that is sent again is the same one. */
export const newKey = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), n => n.toString(36)).join('-');

/**
 * Uploads a form. fetch reports no progress of uploads, XMLHttpRequest does.
 *
 * @param {(sent: number, total: number) => void} onProgress in bytes
 * @returns {{job: Promise<object>, abort: () => void}} the answered job
 */
export function upload(form, key, onProgress) {
  const xhr = new XMLHttpRequest();
  const job = new Promise((resolve, reject) => {
    xhr.upload.onprogress = e => onProgress(e.loaded, e.total);
    xhr.onerror = () => reject(new ApiError(`${NO_ANSWER}; the upload broke off`, 0));
    xhr.onabort = () => reject(new DOMException('stopped', 'AbortError'));
    xhr.onload = () => {
      if (xhr.status === 401) {
        askForKey();
      }
      if (xhr.status >= 200 && xhr.status < 300) {
        resolve(JSON.parse(xhr.responseText));
      } else {
        reject(new ApiError(detail(xhr.responseText, xhr.status), xhr.status));
      }
    };
  });
  xhr.open('POST', address('jobs'));
  xhr.setRequestHeader('Idempotency-Key', key);
  xhr.send(form);
  return {job, abort: () => xhr.abort()};
}

/** Calls onLine with each line of JSON of a stream, parsed; the promise ends with the stream. Holds one line at most. */
export async function eachLine(path, signal, onLine) {
  const response = await request(path, {signal});
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const {done, value} = await reader.read();
    if (done) {
      return;
    }
    const lines = (rest + value).split('\n');
    rest = lines.pop();
    lines.forEach(line => line && onLine(JSON.parse(line)));
  }
}

/**
 * Calls ask again and again while the page is seen: after its answer in milliseconds, or after a failure ever later.
 *
 * @param {(signal: AbortSignal) => Promise<number>} ask answers when it wants to be called again, in milliseconds
 * @param {(error: ?ApiError) => void} onError called with null once it goes well again
 * @returns {{now: () => void, stop: () => void}}
 */
export function poll(ask, onError) {
  const FIRST = 1000;
  const LONGEST = 30000;
  const controller = new AbortController();
  let timer = 0;
  let pause = FIRST;
  let running = false;
  async function once() {
    if (running || controller.signal.aborted) {
      return;
    }
    clearTimeout(timer);
    if (document.hidden) {
      return;
    }
    running = true;
    let next;
    try {
      next = await ask(controller.signal);
      pause = FIRST;
      onError(null);
    } catch (e) {
      if (e.name === 'AbortError') {
        return;
      }
      if (!(e instanceof ApiError)) {
        console.error(e);
      }
      onError(e);
      next = pause;
      pause = Math.min(pause * 2, LONGEST);
    } finally {
      running = false;
    }
    timer = setTimeout(once, next);
  }
  document.addEventListener('visibilitychange', once, {signal: controller.signal});
  once();
  return {
    now: once,
    stop() {
      clearTimeout(timer);
      controller.abort();
    },
  };
}
