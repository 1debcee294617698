// The page: which view is shown, and what is above it.

import {html, nothing, render} from './lit/lit-html.js';
import {begin, end, get, poll, whenKeyNeeded} from './api.js';
import {JobsView} from './jobs.js';
import {JobView} from './job.js';
import {AllocationView} from './allocation.js';
import {ShareHistory} from './shares.js';

const ALLOCATION_MS = 2000;
const root = document.getElementById('app');
let view;
let scheduled = false;
/** Whose key this session has; null where nobody is asked for one, and until it is known. */
let session = null;
/** Whether a key has to be entered first, and what was wrong with the last one. */
let locked = false;
let refusal = '';

/** Draws soon, once for all that has changed. */
function update() {
  if (!scheduled) {
    scheduled = true;
    queueMicrotask(() => {
      scheduled = false;
      draw();
    });
  }
}

whenKeyNeeded(() => {
  if (!locked) {
    locked = true;
    session = null;
    view?.stop();
    update();
  }
});

async function enter(e) {
  e.preventDefault();
  const field = e.target.elements.key;
  try {
    await begin(field.value.trim());
    location.reload();
  } catch (problem) {
    refusal = problem.status === 401 ? 'The server does not know this key.' : problem.message;
    field.value = '';
    update();
  }
}

async function leave() {
  await end().catch(() => {});
  location.reload();
}

function keyEntry() {
  document.title = 'Key · Framequota';
  render(html`
    <header><span class="brand">Framequota</span></header>
    <main>
      <h1 id="title" tabindex="-1">This server asks for a key</h1>
      <form class="key" @submit=${enter}>
        <label>Key <input type="password" name="key" autocomplete="off" required spellcheck="false"></label>
        <button class="main">Enter</button>
      </form>
      <p role="alert">${refusal}</p>
      <p class="quiet">An administrator makes one with <code>fq key create</code>. It is kept nowhere: the browser gets a cookie that ends after eight hours.</p>
    </main>`, root);
}

/** Watched in every view, so that the allocation has a past when somebody looks. */
const watcher = {history: new ShareHistory(), allocation: undefined, error: null};
poll(async signal => {
  watcher.allocation = await get('allocation', signal);
  watcher.history.add(watcher.allocation, performance.now() / 1000);
  return ALLOCATION_MS;
}, error => {
  watcher.error = error;
  if (view instanceof AllocationView) {
    update();
  }
});

function viewOf(hash) {
  const job = /^#\/jobs\/([A-Za-z0-9-]+)$/.exec(hash);
  return job ? new JobView(update, job[1]) : hash === '#/allocation' ? new AllocationView(update, watcher) : new JobsView(update);
}

function open(first) {
  if (locked) {
    return;
  }
  view?.stop();
  view = viewOf(location.hash);
  view.start();
  draw();
  if (!first) {
    window.scrollTo(0, 0);
    document.getElementById('title').focus();
  }
}

function draw() {
  if (locked) {
    keyEntry();
    return;
  }
  document.title = `${view.title} · Framequota`;
  const allocation = view instanceof AllocationView;
  render(html`
    <a class="skip" href="#title" @click=${skip}>Skip to the content</a>
    <header>
      <span class="brand">Framequota</span>
      <nav aria-label="Views">
        <a href="#/jobs" aria-current=${allocation ? 'false' : view instanceof JobsView ? 'page' : 'true'}>Jobs</a>
        <a href="#/allocation" aria-current=${allocation ? 'page' : 'false'}>Allocation</a>
      </nav>
      ${session ? html`<span class="who"><span class="quiet">tenant ${session.tenant}</span>
        <button @click=${leave}>Sign out</button></span>` : nothing}
    </header>
    <main>
      <h1 id="title" tabindex="-1">${view.title}</h1>
      ${view.render()}
    </main>`, root);
}

function skip(e) {
  e.preventDefault();
  document.getElementById('title').focus();
}

get('session').then(who => {
  session = who.auth === 'off' ? null : who;
  update();
}, () => {});
root.replaceChildren();
window.addEventListener('hashchange', () => open(false));
open(true);
