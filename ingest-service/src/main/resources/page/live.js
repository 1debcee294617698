// <fq-live-lines>: the latest lines of a live job, as they come.

import {html, render} from './lit/lit-html.js';
import {address} from './api.js';
import {counted, position, whole} from './format.js';

const KEPT = 12;
const FIRST_MS = 1000;
const LONGEST_MS = 15000;
const DRAWN_MS = 250;

class LiveLines extends HTMLElement {
  #job;
  #lines = [];
  #events;
  #timer = 0;
  #drawing = 0;
  #pause = FIRST_MS;

  set job(job) {
    const before = this.#job;
    this.#job = job;
    if (before?.job !== job.job && this.isConnected) {
      this.#lines = [];
      this.#open();
    }
    this.#changed();
  }

  connectedCallback() {
    if (this.#job) {
      this.#open();
    }
  }

  disconnectedCallback() {
    this.#events?.close();
    clearTimeout(this.#timer);
  }

  #open() {
    this.#events?.close();
    clearTimeout(this.#timer);
    if (this.#job.ended_at) {
      return;
    }
    const events = this.#events = new EventSource(address(`jobs/${this.#job.job}/live`));
    for (const kind of ['frame', 'gap', 'missed']) {
      events.addEventListener(kind, e => {
        this.#pause = FIRST_MS;
        this.#lines.unshift({kind, ...JSON.parse(e.data)});
        this.#lines.length = Math.min(this.#lines.length, KEPT);
        this.#changed();
      });
    }
    events.onerror = () => {
      events.close();
      this.#timer = setTimeout(() => this.isConnected && this.#open(), this.#pause);
      this.#pause = Math.min(2 * this.#pause, LONGEST_MS);
    };
  }

  #changed() {
    if (this.#drawing === 0) {
      this.#drawing = setTimeout(() => {
        this.#drawing = 0;
        this.#draw();
      }, DRAWN_MS);
    }
  }

  #draw() {
    if (!this.isConnected) {
      return;
    }
    render(this.#lines.length === 0
      ? html`<p class="quiet">${this.#job.ended_at ? 'The stream has ended. Its result can be downloaded.' : 'No lines yet'}</p>`
      : html`
        <table class="lines">
          <caption class="hidden">The latest lines, newest first</caption>
          <thead><tr><th scope="col" class="number">Frame</th><th scope="col" class="number">Time</th><th scope="col">Detections</th></tr></thead>
          <tbody>${this.#lines.map(line => html`<tr>${this.#cells(line)}</tr>`)}</tbody>
        </table>`, this);
  }

  #cells(line) {
    if (line.kind === 'frame') {
      return html`<td class="number">${whole(line.frame)}</td><td class="number">${position(line.pts_ms / 1000)}</td>
        <td>${line.error ?? summary(line.detections)}</td>`;
    }
    const text = line.kind === 'gap'
      ? `${counted(line.gap?.frames ?? 0, 'frame')} without a line: ${line.gap?.cause ?? 'unknown'}`
      : `${counted(line.lines, 'line')} not shown: this page was too slow`;
    return html`<td></td><td></td><td class="quiet">${text}</td>`;
  }
}

/** "2 person, 1 car" */
function summary(detections) {
  const counts = new Map();
  detections.forEach(d => counts.set(d.class, (counts.get(d.class) ?? 0) + 1));
  return counts.size === 0 ? 'none' : [...counts].map(([name, n]) => `${n} ${name}`).join(', ');
}

customElements.define('fq-live-lines', LiveLines);
