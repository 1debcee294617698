// The view of who holds which cores, and of the policy that decides it.

import {html, nothing} from './lit/lit-html.js';
import {repeat} from './lit/directives/repeat.js';
import {get, poll, send} from './api.js';
import {counted, duration, whole} from './format.js';
import './shares.js';

const SHADOW_HOURS = [1, 6, 24];

export class AllocationView {
  title = 'Allocation';
  #update;
  #watcher;
  #poll;
  #policies;
  #sources = new Map();
  #chosen = '';
  #problem = '';
  #said = '';
  #hours = 1;
  #shadow = null;
  #shadowProblem = '';
  #asking = false;

  /** @param watcher what the page saw of the allocation: {history, allocation, error} */
  constructor(update, watcher) {
    this.#update = update;
    this.#watcher = watcher;
  }

  start() {
    this.#poll = poll(async signal => {
      this.#policies = await get('policies', signal);
      (await get('jobs?limit=100', signal)).forEach(job => this.#sources.set(job.job, job.source));
      return 10000;
    }, error => {
      this.#problem = error ? error.message : '';
      this.#update();
    });
    this.#ask();
  }

  stop() {
    this.#poll.stop();
  }

  async #ask() {
    this.#asking = true;
    this.#update();
    try {
      this.#shadow = await get(`policies/shadow?hours=${this.#hours}`);
      this.#shadowProblem = '';
    } catch (e) {
      this.#shadowProblem = e.message;
    }
    this.#asking = false;
    this.#update();
  }

  async #switch(e, policy) {
    e.preventDefault();
    const parameters = {};
    for (const p of policy.parameters) {
      const value = e.target.elements[`parameter-${p.name}`].value.trim();
      if (value !== '') {
        parameters[p.name] = value;
      }
    }
    try {
      const live = await send('PUT', 'policy', {policy: policy.name, parameters});
      this.#problem = '';
      this.#said = `${live.policy} decides now`;
      this.#chosen = '';
      this.#poll.now();
    } catch (error) {
      this.#said = '';
      this.#problem = error.message;
    }
    this.#update();
  }

  render() {
    const now = this.#watcher.allocation;
    const error = this.#watcher.error;
    return html`
      ${error ? html`<p class="problem" role="alert">${error.message}. It is tried again.</p>` : nothing}
      <section class="panel" aria-label="Millicores">
        <h2>Millicores of each job</h2>
        ${now ? html`<p class="quiet">${now.allocated === undefined ? `${whole(now.budget)} millicores` : `${whole(now.allocated)} of ${whole(now.budget)} millicores given`}
          under <strong>${now.policy}</strong>, enforced by ${now.actuator}.
          ${now.reserved > 0 ? `${whole(now.reserved)} more are reserved for live streams.` : ''}
          ${now.notice ?? ''} ${now.explanation ?? ''}</p>` : html`<p class="quiet">Loading</p>`}
        <fq-shares .history=${this.#watcher.history} .now=${now}></fq-shares>
        ${now ? this.#jobs(now) : nothing}
        ${now?.streams?.length ? this.#streams(now) : nothing}
      </section>
      ${now ? this.#workers(now) : nothing}
      <div class="columns">
        ${this.#policySwitch()}
        ${this.#shadowTable()}
      </div>`;
  }

  #jobs(now) {
    return now.jobs.length === 0 ? html`<p class="empty">No job is open, so nobody holds a core.</p>` : html`
      <table>
        <caption class="hidden">Open jobs and their millicores</caption>
        <thead><tr><th scope="col">Job</th><th scope="col" class="number">Millicores</th><th scope="col" class="number more">Running</th>
          <th scope="col" class="number more">Waiting</th><th scope="col" class="number more">Ready</th>
          <th scope="col" class="number more">Core time used</th><th scope="col" class="number">Left, about</th></tr></thead>
        <tbody>${repeat(now.jobs, j => j.job, j => html`
          <tr>
            <td class="job"><svg class="swatch" width="10" height="10" aria-hidden="true"><rect width="10" height="10"
              fill=${this.#watcher.history.colour(j.job)}/></svg> ${this.#link(j.job)}</td>
            <td class="number">${whole(j.millicores)}</td>
            <td class="number more">${j.running_chunks}</td>
            <td class="number more">${j.waiting_chunks}</td>
            <td class="number more">${j.ready_chunks}</td>
            <td class="number more">${duration(j.core_seconds)}</td>
            <td class="number">${j.remaining_core_seconds === null ? '' : duration(j.remaining_core_seconds)}</td>
          </tr>`)}</tbody>
      </table>
      <p class="quiet more">Running, waiting and ready count chunks: at workers, next at workers, and in the broker.</p>`;
  }

  #streams(now) {
    return html`
      <h2>Live streams</h2>
      <table>
        <caption class="hidden">Live streams and their reservations</caption>
        <thead><tr><th scope="col">Stream</th><th scope="col">State</th><th scope="col" class="number">Reserved</th>
          <th scope="col" class="number more">Used</th><th scope="col" class="more">Worker</th>
          <th scope="col" class="number more">Frames</th><th scope="col" class="number">Dropped</th></tr></thead>
        <tbody>${repeat(now.streams, s => s.job, s => html`
          <tr>
            <td class="job"><svg class="swatch" width="10" height="10" aria-hidden="true"><rect width="10" height="10"
              fill=${this.#watcher.history.colour(s.job)}/></svg> ${this.#link(s.job)}</td>
            <td>${s.state}</td>
            <td class="number">${whole(s.millicores)}m</td>
            <td class="number more">${s.used_millicores === null ? '' : `${whole(s.used_millicores)}m`}</td>
            <td class="more">${s.worker ?? ''}</td>
            <td class="number more">${whole(s.frames)}</td>
            <td class="number">${whole(s.dropped)}</td>
          </tr>`)}</tbody>
      </table>`;
  }

  #link(job) {
    return html`<a href="#/jobs/${job}" title=${job}>${this.#sources.get(job) ?? job}</a>`;
  }

  #workers(now) {
    const limited = now.workers.some(w => w.millicores);
    const grant = g => g ? html`${this.#link(g.job)} chunk ${g.chunk}${g.attempt > 1 ? `, attempt ${g.attempt}` : ''}` : html`<span class="quiet">none</span>`;
    return html`
      <section class="panel" aria-label="Workers">
        <h2>Workers</h2>
        ${now.workers.length === 0 ? html`<p class="empty">No worker reports. Jobs wait until one does.</p>` : html`
        <table>
          <caption class="hidden">Workers and what they run</caption>
          <thead><tr><th scope="col">Worker</th><th scope="col">State</th><th scope="col">Runs</th><th scope="col" class="more">Next</th>
            ${limited ? html`<th scope="col" class="number">Limit</th><th scope="col" class="number">Throttled</th>` : nothing}</tr></thead>
          <tbody>${repeat(now.workers, w => w.worker, w => html`
            <tr>
              <td>${w.worker}</td>
              <td>${w.ready ? w.active ? 'ready' : 'beyond the budget' : 'not ready'}</td>
              <td>${grant(w.running)}</td>
              <td class="more">${grant(w.waiting)}</td>
              ${limited ? html`
                <td class="number">${w.millicores ? `${whole(w.millicores.quota)}m` : ''}${w.millicores?.trouble ? html` <span class="tag warn" title=${w.millicores.trouble}>not as wanted</span>` : nothing}</td>
                <td class="number">${w.millicores && w.millicores.throttled_seconds !== null ? duration(w.millicores.throttled_seconds) : ''}</td>` : nothing}
            </tr>`)}</tbody>
        </table>`}
      </section>`;
  }

  #policySwitch() {
    const live = this.#policies?.find(p => p.live);
    const policy = this.#policies?.find(p => p.name === this.#chosen) ?? live ?? this.#policies?.[0];
    return html`
      <section class="panel" aria-label="Policy">
        <h2>Policy</h2>
        ${!policy ? html`<p class="quiet">Loading</p>` : html`
        <form @submit=${e => this.#switch(e, policy)}>
          <label>Who gets the cores
            <select name="policy" @change=${e => this.#choose(e.target.value)}>${this.#policies.map(p => html`
              <option value=${p.name} .selected=${p.name === policy.name}>${p.name}${p.live ? ' (decides now)' : ''}</option>`)}</select></label>
          <p class="quiet">${policy.explanation}</p>
          ${repeat(policy.parameters, p => `${policy.name} ${p.name}`, p => html`
            <label>${p.name} <span class="quiet">${p.explanation}; ${p.allowed}</span>
              <input type="text" name="parameter-${p.name}" placeholder=${p.default} .defaultValue=${policy.live_parameters[p.name] ?? ''}
                autocomplete="off" spellcheck="false"></label>`)}
          <button class="main">${policy.live ? 'Set parameters' : `Switch to ${policy.name}`}</button>
        </form>`}
        <p class="problem" role="alert">${this.#problem}</p>
        <p role="status">${this.#said}</p>
      </section>`;
  }

  #choose(name) {
    this.#chosen = name;
    this.#said = '';
    this.#update();
  }

  #shadowTable() {
    const shadow = this.#shadow;
    const signed = change => `${change > 0 ? '+' : ''}${(100 * change).toFixed(1)} %`;
    return html`
      <section class="panel" aria-label="Shadow" aria-busy=${this.#asking ? 'true' : 'false'}>
        <h2>What would other policies have done?</h2>
        <p class="row">
          <label>Jobs of the last <select @change=${e => this.#ask(this.#hours = Number(e.target.value))}>${SHADOW_HOURS.map(h => html`
            <option value=${h} .selected=${h === this.#hours}>${h === 1 ? 'hour' : `${h} hours`}</option>`)}</select></label>
          <button type="button" ?disabled=${this.#asking} @click=${() => this.#ask()}>${this.#asking ? 'Replaying' : 'Replay again'}</button>
        </p>
        ${this.#shadowProblem ? html`<p class="problem" role="alert">${this.#shadowProblem}</p>` : nothing}
        ${!shadow ? nothing : html`
          <p class=${shadow.advice ? 'advice' : 'quiet'}>${shadow.sentence}</p>
          ${!shadow.live ? nothing : html`
          <table>
            <caption class="hidden">Replayed response times by policy</caption>
            <thead><tr><th scope="col">Policy</th><th scope="col" class="number">Mean response</th>
              <th scope="col" class="number more">99 % within</th><th scope="col" class="number">Against now</th></tr></thead>
            <tbody>${shadow.policies.map(p => html`
              <tr class=${p.policy === shadow.live.policy ? 'current' : ''}>
                <td>${p.policy}${p.refused > 0 ? ` (refuses ${p.refused})` : ''}</td>
                <td class="number">${duration(p.mean_response_s)}</td>
                <td class="number more">${duration(p.p99_s)}</td>
                <td class="number">${p.policy === shadow.live.policy ? 'decides now' : signed(p.change)}</td>
              </tr>`)}</tbody>
          </table>
          <p class="quiet">${counted(shadow.replayed_jobs, 'job')} replayed; measured mean ${duration(shadow.live.measured_mean_s)},
            replayed ${duration(shadow.live.replayed_mean_s)}.</p>`}`}
      </section>`;
  }
}
