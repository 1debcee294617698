// The page: which view is shown, and what is above it.

import {html, render} from './lit/lit-html.js';
import {get, poll} from './api.js';
import {JobsView} from './jobs.js';
import {JobView} from './job.js';
import {AllocationView} from './allocation.js';
import {ShareHistory} from './shares.js';

const ALLOCATION_MS = 2000;
const root = document.getElementById('app');
let view;
let scheduled = false;

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

root.replaceChildren();
window.addEventListener('hashchange', () => open(false));
open(true);
