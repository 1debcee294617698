// The view of one job.

import {html, nothing} from './lit/lit-html.js';
import {address, get, send} from './api.js';
import {badge, ended, live, progress, timing} from './jobs.js';
import {counted, duration, when, whole} from './format.js';
import './live.js';
import './player.js';

const FORMATS = [
  ['gzip', 'JSON lines, gzip'],
  ['jsonl', 'JSON lines'],
  ['csv', 'CSV'],
  ['coco', 'COCO'],
  ['kitti', 'KITTI'],
  ['mot', 'MOT'],
  ['yolo', 'YOLO'],
  ['cvat', 'CVAT'],
  ['parquet', 'Parquet'],
];
const FIRST_MS = 1000;
const LONGEST_MS = 15000;

export class JobView {
  title = 'Job';
  #id;
  #update;
  #job;
  #events;
  #timer = 0;
  #pause = FIRST_MS;
  #stopped = false;
  #connection = '';
  #problem = '';
  #asked = '';

  constructor(update, id) {
    this.#update = update;
    this.#id = id;
  }

  start() {
    this.#watch();
  }

  stop() {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#events?.close();
  }

  /** Follows the job's events until it has ended. A lost stream is opened again by us, ever later: a browser would not stop. */
  async #watch() {
    this.#events?.close();
    let job;
    try {
      job = await get(`jobs/${this.#id}`);
    } catch (e) {
      if (e.status === 404) {
        this.#job = null;
        this.#problem = '';
        this.#connection = '';
        this.#update();
        return;
      }
      this.#later(e.message);
      return;
    }
    if (this.#stopped) {
      return;
    }
    this.#show(job);
    if (ended(job)) {
      return;
    }
    const events = this.#events = new EventSource(address(`jobs/${this.#id}/events`));
    events.addEventListener('job', e => {
      const now = JSON.parse(e.data);
      this.#show(now);
      if (ended(now)) {
        events.close();
      }
    });
    events.onerror = () => {
      events.close();
      this.#later('the connection was lost');
    };
  }

  #show(job) {
    this.#job = job;
    this.title = job.source;
    this.#connection = '';
    this.#pause = FIRST_MS;
    this.#update();
  }

  #later(why) {
    if (this.#stopped) {
      return;
    }
    this.#connection = why;
    this.#update();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#watch(), this.#pause);
    this.#pause = Math.min(2 * this.#pause, LONGEST_MS);
  }

  /** Deleting is asked about first, in place: the first click changes the button. */
  #delete() {
    if (this.#asked !== 'delete') {
      this.#asked = 'delete';
      this.#update();
      return;
    }
    this.#do('DELETE', `jobs/${this.#id}`, () => {
      location.hash = '#/jobs';
    });
  }

  async #do(method, path, then) {
    this.#asked = '';
    try {
      const job = await send(method, path);
      this.#problem = '';
      then?.(job);
    } catch (e) {
      this.#problem = e.message;
    }
    this.#update();
  }

  render() {
    const job = this.#job;
    if (job === null) {
      return html`<p class="empty">There is no job ${this.#id}. It may have been deleted. <a href="#/jobs">All jobs</a></p>`;
    }
    if (job === undefined) {
      return this.#connection
        ? html`<p class="problem" role="alert">The job cannot be had: ${this.#connection}. It is tried again.</p>`
        : html`<p class="quiet">Loading</p>`;
    }
    return html`
      <section class="panel head" aria-label="State">
        <div class="row">
          <span role="status">${badge(job.state)}</span>
          <span class="progress">${progress(job)}</span>
          <span class="quiet">${ended(job) ? nothing : timing(job)}${job.position ? `, position ${job.position} in the queue` : ''}</span>
          <span class="actions">
            ${ended(job) ? nothing : html`<button type="button" @click=${() => this.#do('POST', `jobs/${this.#id}/cancel`)}>Cancel</button>`}
            ${!live(job) && (job.state === 'FAILED' || job.state === 'CANCELLED')
              ? html`<button type="button" @click=${() => this.#do('POST', `jobs/${this.#id}/redrive`, () => this.#watch())}>Run the rest</button>`
              : nothing}
            ${ended(job) ? html`<button type="button" class=${this.#asked ? 'danger' : ''} @click=${() => this.#delete()}>
              ${this.#asked ? 'Delete source and result?' : 'Delete'}</button>` : nothing}
            ${this.#asked ? html`<button type="button" @click=${() => this.#do('GET', `jobs/${this.#id}`)}>Keep</button>` : nothing}
          </span>
        </div>
        ${job.error ? html`<p class="problem" role="alert">${job.error}</p>` : nothing}
        ${this.#problem ? html`<p class="problem" role="alert">${this.#problem}</p>` : nothing}
        ${this.#connection ? html`<p class="problem" role="alert">${this.#connection}; it is tried again</p>` : nothing}
        ${job.warnings?.length ? html`<ul class="warnings" aria-label="Warnings">${job.warnings.map(w => html`<li>${w}</li>`)}</ul>` : nothing}
      </section>
      <div class="beside">
        ${live(job) ? this.#live(job) : html`
        <section class="panel" aria-label="Detections">
          <fq-player .job=${job}></fq-player>
        </section>`}
        <div>
        <section class="panel" aria-label="Downloads">
          <h2>Downloads</h2>
          ${job.frames > 0 ? html`
            <ul class="links">${FORMATS.map(([format, name]) => html`
              <li><a href=${address(`jobs/${this.#id}/detections?format=${format}&follow=false`)} download>${name}</a></li>`)}</ul>
            ${ended(job) ? nothing : html`<p class="quiet">So far: the job has not ended.</p>`}` : html`<p class="quiet">No results yet</p>`}
          ${job.state === 'SUCCEEDED' && !live(job) ? html`
            <ul class="links">
              <li><a href=${address(`jobs/${this.#id}/video`)} download="${this.#id}.mp4">Video with boxes</a></li>
              <li><a href=${address(`jobs/${this.#id}/video?track=true`)} download="${this.#id}-tracks.mp4">Video with tracks</a></li>
            </ul>` : nothing}
        </section>
        <section class="panel" aria-label="Figures">
          <h2>Figures</h2>
          <dl>${this.#figures(job).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
        </section>
        </div>
      </div>`;
  }

  /** A stream: what its latest frames show, and the annotated stream where the job has one. */
  #live(job) {
    return html`
      <section class="panel" aria-label="Live stream">
        <h2>Live stream</h2>
        ${job.waiting_for ? html`<p role="status">It ${job.waiting_for}.</p>` : nothing}
        ${job.live.hls && !ended(job) ? html`
          <div class="picture"><video class="annotated" controls muted playsinline preload="none" aria-label="The annotated stream"
            src=${address(`jobs/${this.#id}/live.m3u8`)}></video></div>
          <p><a href=${address(`jobs/${this.#id}/live.m3u8`)}>The annotated stream</a> (HLS), for players if this browser cannot show it.</p>` : nothing}
        ${job.live.publish ? html`<p>Published at ${job.live.publish}</p>` : nothing}
        <fq-live-lines .job=${job}></fq-live-lines>
      </section>`;
  }

  #figures(job) {
    const figures = [
      ['Job', html`<code>${job.job}</code>`],
      ['Source', job.source],
      ['Model', job.model + (job.every > 1 ? `, every ${job.every}th frame` : '')],
      ['Picture', job.width ? `${job.width} × ${job.height} pixels` : ''],
      ['Projection', job.projection && job.projection !== 'flat' ? job.projection : ''],
      ['Detections', whole(job.detections)],
      ['Speed', job.fps > 0 ? `${job.fps.toFixed(1)} frames/s` : ''],
      ['Chunks', job.chunks > 0 ? `${whole(job.chunks_committed)} of ${whole(job.chunks)} done` : ''],
      ['Policy', job.policy],
      ['Submitted', when(job.submitted_at)],
      ['Ended', job.ended_at ? `${when(job.ended_at)}, after ${duration(job.response_s)}` : ''],
      ['First forecast', job.forecast_s === undefined ? '' : `${duration(job.forecast_s)} (${duration(job.forecast_p10_s)} to ${duration(job.forecast_p90_s)})`],
      ['Busy with the model', duration(job.model_seconds)],
      ['Busy with decoding', duration(job.decode_seconds)],
      ['Busy otherwise', duration(job.overhead_seconds)],
      ['Waiting', duration(job.wait_seconds)],
      ['Frames travel as', job.frame_transport ? job.frame_transport + (job.frame_transport_reason ? `: ${job.frame_transport_reason}` : '') : ''],
      ['Waits', job.waiting_for ?? ''],
      ['Stream', job.live?.fps > 0 ? `${job.live.fps.toFixed(1)} frames/s, opened ${counted(job.live.session, 'time')}` : ''],
      ['Latency', job.latency_ms ? `${whole(job.latency_ms.p50)} ms (median), ${whole(job.latency_ms.p95)} ms (95 %)` : ''],
      ['Latency, annotated', job.annotated_latency_ms ? `${whole(job.annotated_latency_ms.p50)} ms (median), ${whole(job.annotated_latency_ms.p95)} ms (95 %)` : ''],
      ['Frames without a line', job.gaps && Object.keys(job.gaps).length > 0
        ? Object.entries(job.gaps).map(([cause, frames]) => `${cause}: ${whole(frames)}`).join(', ') : ''],
      ['Labels', Object.entries(job.labels ?? {}).map(([k, v]) => `${k}=${v}`).join(', ')],
    ];
    return figures.filter(([, value]) => value !== '' && value !== undefined);
  }
}
