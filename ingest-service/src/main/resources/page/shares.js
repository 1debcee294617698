// <fq-shares>: who has held how many millicores, over the last minutes.

import {html, render} from './lit/lit-html.js';
import {colour, themed, whole} from './format.js';

const WINDOW_S = 300;
const EVERY_S = 60;

/** What was seen of the allocation; the whole page adds to it, so that the view has a past when it is opened. */
export class ShareHistory {
  #samples = [];
  #colours = new Map();

  add(allocation, seconds) {
    this.#samples.push({
      seconds,
      budget: allocation.budget,
      // Streams hold theirs all the time, so they are at the bottom.
      jobs: [...allocation.streams ?? [], ...allocation.jobs].filter(j => j.millicores > 0).map(j => [j.job, j.millicores]),
    });
    while (this.#samples[0].seconds < seconds - WINDOW_S - 10) {
      this.#samples.shift();
    }
  }

  get samples() {
    return this.#samples;
  }

  /** The colour of a job: the same for as long as the page is open. */
  colour(job) {
    if (!this.#colours.has(job)) {
      this.#colours.set(job, colour(this.#colours.size));
    }
    return this.#colours.get(job);
  }
}

class Shares extends HTMLElement {
  #history;
  #resize = new ResizeObserver(() => this.#draw());

  set history(history) {
    this.#history = history;
    this.#draw();
  }

  connectedCallback() {
    render(html`<canvas role="img"></canvas>`, this);
    this.#resize.observe(this);
    this.#draw();
  }

  disconnectedCallback() {
    this.#resize.disconnect();
  }

  #draw() {
    const canvas = this.querySelector('canvas');
    if (!canvas || !this.#history || canvas.clientWidth === 0) {
      return;
    }
    const samples = this.#history.samples;
    const scale = window.devicePixelRatio || 1;
    canvas.width = Math.round(canvas.clientWidth * scale);
    canvas.height = Math.round(canvas.clientHeight * scale);
    const pen = canvas.getContext('2d');
    const now = samples.length > 0 ? samples[samples.length - 1].seconds : 0;
    const budget = Math.max(1, ...samples.map(s => Math.max(s.budget, s.jobs.reduce((sum, j) => sum + j[1], 0))));
    const left = 52 * scale;
    const bottom = canvas.height - 20 * scale;
    const top = 8 * scale;
    const x = seconds => left + (seconds - now + WINDOW_S) / WINDOW_S * (canvas.width - left);
    const y = millicores => bottom - millicores / budget * (bottom - top);
    samples.forEach((sample, i) => {
      const begin = Math.round(Math.max(left, x(sample.seconds)));
      const end = Math.round(i + 1 < samples.length ? x(samples[i + 1].seconds) : x(now));
      let sum = 0;
      for (const [job, millicores] of sample.jobs) {
        pen.fillStyle = this.#history.colour(job);
        pen.fillRect(begin, y(sum + millicores), end - begin, y(sum) - y(sum + millicores));
        sum += millicores;
      }
    });
    pen.font = `${Math.round(11 * scale)}px system-ui, sans-serif`;
    pen.fillStyle = themed(this, '--quiet');
    pen.textBaseline = 'middle';
    pen.textAlign = 'right';
    for (const part of [0, 0.5, 1]) {
      const at = Math.round(y(budget * part));
      pen.globalAlpha = part === 1 ? 1 : 0.35;
      pen.fillRect(left, at, canvas.width - left, scale);
      pen.globalAlpha = 1;
      pen.fillText(`${whole(budget * part)}m`, left - 6 * scale, at);
    }
    pen.textAlign = 'left';
    pen.textBaseline = 'bottom';
    let free = left;
    for (let ago = WINDOW_S; ago > 0; ago -= EVERY_S) {
      const text = `${ago / 60} min ago`;
      const end = x(now - ago) + pen.measureText(text).width + 10 * scale;
      if (x(now - ago) >= free && end < canvas.width - 30 * scale) {
        pen.fillText(text, x(now - ago), canvas.height);
        free = end;
      }
    }
    pen.textAlign = 'right';
    pen.fillText('now', canvas.width, canvas.height);
    const held = samples.length > 0 ? samples[samples.length - 1].jobs : [];
    canvas.setAttribute('aria-label', `Millicores of each job over the last ${WINDOW_S / 60} minutes. Now `
      + (held.length === 0 ? 'no job has any' : held.map(([job, m]) => `${job} has ${whole(m)}`).join(', '))
      + '. The table below has the same.');
  }
}

customElements.define('fq-shares', Shares);
