// The view of all jobs: a form that submits, and the list.

import {html, nothing} from './lit/lit-html.js';
import {repeat} from './lit/directives/repeat.js';
import {get, newKey, poll, send, upload} from './api.js';
import {bytes, counted, duration, when, whole} from './format.js';

const PAGE = 50;
const OPEN_MS = 1500;
const IDLE_MS = 6000;

export const ended = job => ['SUCCEEDED', 'FAILED', 'CANCELLED'].includes(job.state);

export const badge = state => html`<span class="state ${state.toLowerCase()}">${state.toLowerCase()}</span>`;

/** Whether a job's source is a stream, which has no length. */
export const live = job => job.live !== undefined;

/** Addresses that are streams whatever else is said. */
const STREAM = /^(rtmps?|rtsps?|listen):/i;

/** A bar with its figures; a job of unknown length has a bar that only moves. */
export function progress(job) {
  const known = job.expected_frames > 0;
  const done = known ? Math.min(1, job.frames_done / job.expected_frames) : 0;
  const text = live(job)
    ? counted(job.frames_done, 'frame')
    : known ? `${whole(job.frames_done)} of ${counted(job.expected_frames, 'frame')}` : counted(job.frames_done, 'frame');
  return html`${live(job) || !known && ended(job)
    ? nothing
    : known || job.state === 'QUEUED'
      ? html`<progress max="1" .value=${done} aria-label="Frames done"></progress>`
      : html`<progress max="1" aria-label="Frames done"></progress>`} <span class="figures">${text}</span>`;
}

/** When a job ended or will end. */
export function timing(job) {
  if (ended(job)) {
    return job.response_s === undefined ? '' : duration(job.response_s);
  }
  if (live(job)) {
    return duration(Math.round((Date.now() - Date.parse(job.submitted_at)) / 1000));
  }
  const expected = job.forecast_latest_s ?? job.forecast_s;
  const left = expected === undefined ? NaN : expected - (Date.now() - Date.parse(job.submitted_at)) / 1000;
  return left > 0 ? `${duration(Math.round(left))} left` : duration(Math.round((Date.now() - Date.parse(job.submitted_at)) / 1000));
}

export class JobsView {
  title = 'Jobs';
  #update;
  #poll;
  #jobs;
  #limit = PAGE;
  #more = false;
  #error = null;
  #models = [];
  #uploads = [];
  #problem = '';
  #over = false;

  constructor(update) {
    this.#update = update;
  }

  start() {
    this.#poll = poll(async signal => {
      if (this.#models.length === 0) {
        this.#models = await get('models', signal);
      }
      const jobs = await get(`jobs?limit=${this.#limit + 1}`, signal);
      this.#more = jobs.length > this.#limit;
      this.#jobs = jobs.slice(0, this.#limit);
      return this.#jobs.some(job => !ended(job)) ? OPEN_MS : IDLE_MS;
    }, error => {
      this.#error = error;
      this.#update();
    });
  }

  stop() {
    this.#poll.stop();
  }

  #onSubmit(e) {
    e.preventDefault();
    const form = e.target;
    const address = form.elements.address.value.trim();
    const files = [...form.elements.file.files];
    if (files.length === 0 && address === '') {
      this.#problem = 'Choose a file, or give an address.';
      this.#update();
      form.elements.file.focus();
      return;
    }
    if (address !== '') {
      this.#submitAddress(form, address);
    }
    this.#queue(form, files);
    form.elements.file.value = '';
    form.elements.address.value = '';
  }

  #onDrop(e) {
    e.preventDefault();
    this.#over = false;
    this.#queue(e.currentTarget, [...e.dataTransfer.files]);
  }

  #onDrag(e, over) {
    e.preventDefault();
    if (this.#over !== over) {
      this.#over = over;
      this.#update();
    }
  }

  /** What a submission says beside its source; null and a problem when a label is none. */
  #options(form) {
    const labels = {};
    for (const line of form.elements.labels.value.split('\n').map(l => l.trim()).filter(Boolean)) {
      const at = line.indexOf('=');
      if (at < 1) {
        this.#problem = `"${line}" is not of the form name=value`;
        this.#update();
        form.elements.labels.focus();
        return null;
      }
      labels[line.slice(0, at)] = line.slice(at + 1);
    }
    this.#problem = '';
    return {model: form.elements.model.value, every: Number(form.elements.every.value) || 1, labels};
  }

  async #submitAddress(form, source) {
    const options = this.#options(form);
    if (!options) {
      return;
    }
    const isLive = form.elements.live.checked || STREAM.test(source);
    try {
      await send('POST', 'jobs', {source, ...options, ...(isLive ? {live: true} : {})}, {'Idempotency-Key': newKey()});
    } catch (e) {
      this.#problem = `${source}: ${e.message}`;
    }
    this.#update();
    this.#poll.now();
  }

  #queue(form, files) {
    const options = this.#options(form);
    if (!options) {
      return;
    }
    files.forEach(file => this.#uploads.push({file, options, key: newKey(), sent: 0, problem: '', abort: null}));
    this.#update();
    this.#next();
  }

  /** Uploads one file after another: they share one line. */
  async #next() {
    const next = this.#uploads.find(u => !u.problem);
    if (!next || next.abort) {
      return;
    }
    const {file, options} = next;
    const form = new FormData();
    form.append('model', options.model);
    form.append('every', String(options.every));
    Object.entries(options.labels).forEach(([name, value]) => form.append('label', `${name}=${value}`));
    form.append('file', file, file.name);
    const running = upload(form, next.key, sent => {
      next.sent = Math.min(sent, file.size);
      this.#update();
    });
    next.abort = running.abort;
    try {
      await running.job;
      this.#uploads = this.#uploads.filter(u => u !== next);
    } catch (e) {
      if (e.name === 'AbortError') {
        this.#uploads = this.#uploads.filter(u => u !== next);
      } else {
        next.problem = e.message;
        next.abort = null;
      }
    }
    this.#update();
    this.#poll.now();
    this.#next();
  }

  #again(failed) {
    failed.problem = '';
    failed.sent = 0;
    this.#update();
    this.#next();
  }

  #remove(one) {
    if (one.abort) {
      one.abort();
    } else {
      this.#uploads = this.#uploads.filter(u => u !== one);
      this.#update();
    }
  }

  render() {
    return html`${this.#form()} ${this.#uploadList()} ${this.#list()}`;
  }

  #form() {
    return html`
      <form class="panel submit ${this.#over ? 'over' : ''}" @submit=${e => this.#onSubmit(e)}
        @dragover=${e => this.#onDrag(e, true)} @dragleave=${e => this.#onDrag(e, false)} @drop=${e => this.#onDrop(e)}>
        <h2>New job</h2>
        <div class="fields">
          <label class="wide">Video, picture, or zip of pictures <span class="quiet more">(or drop it here)</span>
            <input type="file" name="file" multiple></label>
          <label class="wide">or its address
            <input type="text" name="address" placeholder="https://…, rtsp://…, listen:KEY or sample:walkers" autocomplete="off"
              spellcheck="false"></label>
          <label>Model
            <select name="model">${this.#models.length === 0 ? html`<option>people</option>` : this.#models.map(m => html`
              <option value=${m.name} ?disabled=${m.reason !== undefined} ?selected=${m.name === 'people'}
                title=${m.reason ?? ''}>${m.name}${m.reason ? ' (cannot be used)' : ''}</option>`)}</select></label>
          <label>Infer every
            <span class="unit"><input type="number" name="every" min="1" step="1" value="1" required> frame(s)</span></label>
          <label>Labels <span class="quiet">(name=value, one a line)</span>
            <textarea name="labels" rows="1" spellcheck="false"></textarea></label>
          <div class="last"><label><input type="checkbox" name="live"> Live stream</label> <button class="main">Submit</button></div>
        </div>
        <p class="problem" role="alert">${this.#problem}</p>
      </form>`;
  }

  #uploadList() {
    return this.#uploads.length === 0 ? nothing : html`
      <section class="panel" aria-label="Uploads">
        <h2>Uploads</h2>
        <ul class="uploads">${this.#uploads.map(u => html`
          <li>
            <span class="name">${u.file.name}</span>
            ${u.problem
              ? html`<span class="problem" role="alert">${u.problem}</span>
                <button type="button" @click=${() => this.#again(u)}>Try again</button>`
              : html`<progress max=${u.file.size || 1} .value=${u.sent} aria-label="Uploaded part of ${u.file.name}"></progress>
                <span class="figures">${u.abort ? `${bytes(u.sent)} of ${bytes(u.file.size)}` : 'waits'}</span>`}
            <button type="button" @click=${() => this.#remove(u)}>${u.problem ? 'Remove' : 'Cancel'}</button>
          </li>`)}</ul>
      </section>`;
  }

  #list() {
    if (this.#error && !this.#jobs) {
      return html`<p class="problem" role="alert">The list cannot be had: ${this.#error.message}. It is tried again.</p>`;
    }
    if (!this.#jobs) {
      return html`<p class="quiet">Loading</p>`;
    }
    return html`
      <section class="panel" aria-label="List of jobs">
        ${this.#error ? html`<p class="problem" role="alert">${this.#error.message}. The list is old; it is tried again.</p>` : nothing}
        ${this.#jobs.length === 0 ? html`<p class="empty">No jobs yet. Drop a video above, or submit
          <code>sample:walkers</code> as the address: a built-in clip.</p>` : html`
        <table class="jobs">
          <caption class="hidden">Jobs, newest first</caption>
          <thead><tr><th scope="col">State</th><th scope="col">Source</th><th scope="col">Model</th><th scope="col">Progress</th>
            <th scope="col" class="number">Detections</th><th scope="col" class="number">Frames/s</th>
            <th scope="col" class="number">Time</th><th scope="col" class="number">Submitted</th></tr></thead>
          <tbody>${repeat(this.#jobs, job => job.job, job => html`
            <tr>
              <td>${badge(job.state)}</td>
              <td class="source"><a href="#/jobs/${job.job}" title=${job.source}>${job.source}</a>
                ${live(job) ? html`<span class="tag">live</span>` : nothing}
                ${job.warnings?.length ? html`<span class="tag warn">${counted(job.warnings.length, 'warning')}</span>` : nothing}</td>
              <td>${job.model}</td>
              <td class="progress" title=${job.waiting_for ?? ''}>${progress(job)}</td>
              <td class="number">${whole(job.detections)}</td>
              <td class="number">${job.fps > 0 ? job.fps.toFixed(1) : ''}</td>
              <td class="number">${timing(job)}</td>
              <td class="number">${when(job.submitted_at)}</td>
            </tr>`)}</tbody>
        </table>
        ${this.#more ? html`<p><button type="button" @click=${() => this.#showMore()}>Show more</button></p>` : nothing}`}
      </section>`;
  }

  #showMore() {
    this.#limit = Math.min(this.#limit + 2 * PAGE, 999);
    this.#poll.now();
  }
}
