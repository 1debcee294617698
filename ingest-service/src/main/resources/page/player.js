// <fq-player>: a job's video with its detections drawn over it, and a timeline of classes and scores.
//
// Which line of the result belongs to the picture that is seen is decided by time alone. The browser says with each picture that it
// shows the picture's own time (requestVideoFrameCallback, mediaTime), never its number. That time differs from the line's pts_ms by
// one constant, because browsers count from the container's start. The first picture that is shown after loading is the source's
// first, whose line is line 0; it gives the constant. So frame rates that vary, starts other than zero, and pictures that are stored
// in another order make no difference. A picture without a line of its time gets no boxes.

import {html, render, nothing} from './lit/lit-html.js';
import {address, eachLine, sourceType} from './api.js';
import {Result} from './result.js';
import {colour, counted, position, themed, whole} from './format.js';

/** Players round times to microseconds, results to microseconds. Frames are farther apart. */
const TOLERANCE_MS = 0.75;
/** Lanes of the timeline; further classes share the last. */
const LANES = 8;
const LANE = 30;
/** The picture leaves room for the timeline on the screen. */
const MOST_WIDE = 960;
const MOST_HIGH = 0.6;

class Player extends HTMLElement {
  #job;
  #result = new Result();
  #stopped;
  #source;          // undefined: not known yet; null: not kept; else its media type
  #unplayable = false;
  #failure = '';
  #complete = false;
  #anchor = null;   // time of the source's first picture, in the player's seconds
  #shownSeconds = null; // time of the shown picture, in the player's seconds; null before the first
  #shown = -1;      // line of the shown picture
  #shownMs = null;  // the same in the result's milliseconds
  #target = -1;     // line that was sought and is not shown yet; -1 for none
  #least = 0;
  #hidden = new Set();
  #labels = true;
  #stale = true;
  #timeline = null; // the drawn timeline without its playhead
  #scheduled = 0;
  #resize = new ResizeObserver(() => this.#changed());

  /** @param {object} job as the API gives it; later ones of the same id may be set */
  set job(job) {
    const before = this.#job;
    this.#job = job;
    if (before?.job !== job.job && this.isConnected) {
      this.#start();
    } else {
      this.#changed();
    }
  }

  connectedCallback() {
    if (this.#job) {
      this.#start();
    }
  }

  disconnectedCallback() {
    this.#stopped?.abort();
    this.#resize.disconnect();
  }

  async #start() {
    this.#stopped?.abort();
    const stopped = this.#stopped = new AbortController();
    const id = this.#job.job;
    this.#result = new Result();
    this.#complete = false;
    this.#source = undefined;
    this.#unplayable = false;
    this.#failure = '';
    this.#anchor = null;
    this.#shown = -1;
    this.#shownMs = null;
    this.#shownSeconds = null;
    this.#target = -1;
    // The video element of another job would keep its address.
    render(nothing, this);
    this.#update();
    sourceType(id, stopped.signal).then(
      type => {
        this.#source = type;
        this.#update();
      },
      e => this.#fail(e));
    try {
      // A line may come any time while the job runs; the picture is drawn anew a few times a second.
      await eachLine(`jobs/${id}/detections?format=jsonl`, stopped.signal, line => {
        this.#result.add(line);
        this.#changed();
      });
      this.#complete = true;
      this.#changed();
    } catch (e) {
      this.#fail(e);
    }
  }

  #fail(e) {
    if (e.name !== 'AbortError') {
      this.#failure = e.message;
      this.#update();
    }
  }

  /** Draws everything anew soon: data, filters or the size have changed. */
  #changed() {
    this.#stale = true;
    if (this.#scheduled === 0) {
      this.#scheduled = setTimeout(() => {
        this.#scheduled = 0;
        this.#update();
      }, 100);
    }
  }

  get #video() {
    return this.querySelector('video.source');
  }

  /** The line that a picture's time names. */
  #find() {
    if (this.#shownMs === null || !this.#result.rising) {
      return -1;
    }
    return this.#result.at(this.#shownMs, TOLERANCE_MS);
  }

  /** The player's seconds of a line, a little later, so that rounding cannot show the picture before. */
  #seconds(line) {
    return (this.#result.pts.values[line] - this.#firstMs()) / 1000 + this.#anchor + 0.0004;
  }

  /** The time that the result has for the source's first picture. */
  #firstMs() {
    const r = this.#result;
    return r.lines > 0 && r.frame.values[0] === 0 ? r.pts.values[0] : 1000 * this.#anchor;
  }

  #seek(line) {
    const video = this.#video;
    if (video && this.#anchor !== null && line >= 0) {
      video.pause();
      this.#target = line;
      video.currentTime = this.#seconds(line);
    }
  }

  #seekMs(ms) {
    const video = this.#video;
    if (video && this.#anchor !== null) {
      this.#target = -1;
      video.currentTime = Math.max(0, (ms - this.#firstMs()) / 1000 + this.#anchor);
    }
  }

  /** Registered before the video has an address, so that the first picture is not missed. */
  #watch = video => {
    if (!video || video.dataset.watched) {
      return;
    }
    video.dataset.watched = 'yes';
    const signal = this.#stopped.signal;
    const onPicture = seconds => {
      if (signal.aborted) {
        return;
      }
      this.#anchor ??= seconds;
      this.#shownSeconds = seconds;
      this.#target = -1;
      this.#showPicture();
    };
    if ('requestVideoFrameCallback' in video) {
      const onFrame = (now, data) => {
        onPicture(data.mediaTime);
        video.requestVideoFrameCallback(onFrame);
      };
      video.requestVideoFrameCallback(onFrame);
    } else {
      // Nearly as good: the picture of the current time is that of the latest line up to then.
      video.addEventListener('loadeddata', () => onPicture(0), {signal});
      for (const event of ['seeked', 'timeupdate']) {
        video.addEventListener(event, () => {
          const line = this.#result.upTo(1000 * (video.currentTime - this.#anchor) + this.#firstMs());
          onPicture(line < 0 ? video.currentTime : this.#seconds(line) - 0.0004);
        }, {signal});
      }
    }
    video.addEventListener('error', () => {
      this.#unplayable = true;
      this.#update();
    }, {signal});
    for (const event of ['play', 'pause', 'ended', 'loadedmetadata']) {
      video.addEventListener(event, () => this.#changed(), {signal});
    }
    video.src = address(`jobs/${this.#job.job}/source`);
  };

  #showPicture() {
    this.#drawBoxes();
    this.#drawTimeline();
    this.#sayPosition();
  }

  #accepts = d => this.#result.score.values[d] >= this.#least && !this.#hidden.has(this.#result.kind.values[d]);

  #size(line) {
    const still = this.querySelector('img.source');
    const video = this.#video;
    return this.#result.sizes.get(line)
      ?? (this.#job.width
        ? [this.#job.width, this.#job.height]
        : [video?.videoWidth || still?.naturalWidth || 1, video?.videoHeight || still?.naturalHeight || 1]);
  }

  #drawBoxes() {
    const canvas = this.querySelector('canvas.boxes');
    if (!canvas) {
      return;
    }
    if (this.#shownSeconds !== null && this.#anchor !== null) {
      this.#shownMs = 1000 * (this.#shownSeconds - this.#anchor) + this.#firstMs();
    }
    this.#shown = this.querySelector('img.source') ? Math.min(0, this.#result.lines - 1) : this.#find();
    const scale = window.devicePixelRatio || 1;
    const width = Math.round(canvas.clientWidth * scale);
    const height = Math.round(canvas.clientHeight * scale);
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    const pen = canvas.getContext('2d');
    pen.clearRect(0, 0, width, height);
    const line = this.#shown;
    canvas.dataset.frame = line < 0 ? '' : this.#result.frame.values[line];
    if (line < 0) {
      return;
    }
    const r = this.#result;
    const [w, h] = this.#size(line);
    const sx = width / w;
    const sy = height / h;
    pen.font = `${Math.round(11.5 * scale)}px system-ui, sans-serif`;
    pen.textBaseline = 'top';
    const row = Math.round(15 * scale);
    for (let d = r.first.values[line]; d < r.end(line); d++) {
      if (!this.#accepts(d)) {
        continue;
      }
      const [x1, y1, x2, y2] = r.box.values.subarray(4 * d, 4 * d + 4);
      const x = x1 * sx;
      const y = y1 * sy;
      pen.lineWidth = 4 * scale;
      pen.strokeStyle = 'rgba(0, 0, 0, 0.45)';
      pen.strokeRect(x, y, (x2 - x1) * sx, (y2 - y1) * sy);
      pen.lineWidth = 2 * scale;
      pen.strokeStyle = colour(r.kind.values[d]);
      pen.strokeRect(x, y, (x2 - x1) * sx, (y2 - y1) * sy);
      if (this.#labels) {
        const text = `${r.classes[r.kind.values[d]]} ${r.score.values[d].toFixed(2)}`;
        const long = pen.measureText(text).width + 6 * scale;
        const left = Math.max(0, Math.min(x - scale, width - long));
        const top = y - row - scale >= 0 ? y - row - scale : y + scale;
        pen.fillStyle = 'rgba(0, 0, 0, 0.72)';
        pen.fillRect(left, top, long, row);
        pen.fillStyle = '#fff';
        pen.fillText(text, left + 3 * scale, top + 1.5 * scale);
      }
    }
  }

  /** From which to which time the timeline goes, in the result's milliseconds. */
  #range() {
    const r = this.#result;
    const from = r.lines > 0 ? r.pts.values[0] : 0;
    const last = r.lines > 0 ? r.pts.values[r.lines - 1] : 0;
    // While the job runs, the result is shorter than the video.
    const seekable = this.#video?.seekable;
    const end = !this.#complete && seekable?.length > 0 && this.#anchor !== null
      ? 1000 * (seekable.end(seekable.length - 1) - this.#anchor) + this.#firstMs()
      : last;
    return [from, Math.max(from + 1, last, end)];
  }

  /** Numbers of the classes that have a lane of their own, those with the most detections first. */
  #lanes() {
    const counts = this.#result.counts;
    return counts.map((_, i) => i).sort((a, b) => counts[b] - counts[a]).slice(0, LANES);
  }

  #drawTimeline() {
    const canvas = this.querySelector('canvas.timeline');
    if (!canvas || canvas.clientWidth === 0) {
      return;
    }
    const scale = window.devicePixelRatio || 1;
    const width = Math.round(canvas.clientWidth * scale);
    const height = Math.round(canvas.clientHeight * scale);
    if (this.#stale || this.#timeline?.width !== width || this.#timeline?.height !== height) {
      this.#timeline = this.#drawnLanes(width, height, scale);
      this.#stale = false;
    }
    canvas.width = width;
    canvas.height = height;
    const pen = canvas.getContext('2d');
    pen.drawImage(this.#timeline, 0, 0);
    if (this.#shownMs !== null) {
      const [from, to] = this.#range();
      pen.fillStyle = themed(this, '--text');
      pen.fillRect(Math.round((this.#shownMs - from) / (to - from) * (width - 2 * scale)), 0, 2 * scale, height);
    }
  }

  /** One lane a class; a column is as high as the best score of its time, and its top is a line. */
  #drawnLanes(width, height, scale) {
    const picture = document.createElement('canvas');
    picture.width = width;
    picture.height = height;
    const pen = picture.getContext('2d');
    const r = this.#result;
    const lanes = this.#lanes();
    const laneOf = new Int16Array(r.classes.length).fill(LANES - 1);
    lanes.forEach((kind, lane) => laneOf[kind] = lane);
    const [from, to] = this.#range();
    const best = lanes.map(() => new Float32Array(width));
    const kinds = lanes.map(() => new Uint16Array(width));
    const last = width - 1;
    for (let i = 0; i < r.lines; i++) {
      const begin = Math.min(last, Math.floor((r.pts.values[i] - from) / (to - from) * width));
      const next = i + 1 < r.lines ? r.pts.values[i + 1] : r.pts.values[i];
      const end = Math.min(last, Math.max(begin, Math.ceil((next - from) / (to - from) * width) - 1));
      for (let d = r.first.values[i]; d < r.end(i); d++) {
        if (this.#accepts(d)) {
          const lane = laneOf[r.kind.values[d]];
          for (let x = begin; x <= end; x++) {
            if (r.score.values[d] > best[lane][x]) {
              best[lane][x] = r.score.values[d];
              kinds[lane][x] = r.kind.values[d];
            }
          }
        }
      }
    }
    const lane = height / Math.max(1, lanes.length);
    pen.fillStyle = themed(this, '--line');
    lanes.forEach((_, i) => pen.fillRect(0, Math.round((i + 1) * lane - scale), width, scale));
    best.forEach((column, i) => {
      for (let x = 0; x < width; x++) {
        if (column[x] > 0) {
          const high = Math.round(Math.max(2 * scale, column[x] / r.best * (lane - 4 * scale)));
          const top = Math.round((i + 1) * lane - scale) - high;
          pen.fillStyle = colour(kinds[i][x]);
          pen.globalAlpha = 0.3;
          pen.fillRect(x, top, 1, high);
          pen.globalAlpha = 1;
          pen.fillRect(x, top, 1, Math.round(2 * scale));
        }
      }
    });
    return picture;
  }

  #atPointer(e) {
    const box = e.currentTarget.getBoundingClientRect();
    const [from, to] = this.#range();
    this.#seekMs(from + Math.min(1, Math.max(0, (e.clientX - box.left) / box.width)) * (to - from));
  }

  /** The line from which steps are counted: keys may come faster than pictures. */
  #from() {
    return this.#target >= 0 ? this.#target : this.#shown >= 0 ? this.#shown : this.#result.upTo(this.#shownMs ?? 0);
  }

  #step(by) {
    this.#seek(Math.min(this.#result.lines - 1, Math.max(0, this.#from() + by)));
  }

  #search(step) {
    this.#seek(this.#result.next(this.#from(), step, this.#accepts));
  }

  #toggle() {
    const video = this.#video;
    if (video.paused) {
      video.play().catch(() => {});
    } else {
      video.pause();
    }
  }

  #onKey(e) {
    const steps = {ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageUp: 25, PageDown: -25};
    if (e.key in steps) {
      this.#step(steps[e.key]);
    } else if (e.key === 'Home') {
      this.#seek(0);
    } else if (e.key === 'End') {
      this.#seek(this.#result.lines - 1);
    } else if (e.key === ' ') {
      this.#toggle();
    } else {
      return;
    }
    e.preventDefault();
  }

  #positionText() {
    const r = this.#result;
    if (this.#shownMs === null) {
      return this.#complete && r.lines === 0 ? 'The result has no frames' : 'Loading';
    }
    const time = position(this.#shownMs / 1000);
    if (!r.rising) {
      return `${time}: the times of this result do not rise, so they name no frames and no boxes are drawn`;
    }
    const line = this.#shown;
    if (line < 0) {
      const last = r.lines > 0 ? r.pts.values[r.lines - 1] : -Infinity;
      return `${time}: ` + (!this.#complete && this.#shownMs > last
        ? 'this frame has no result yet'
        : this.#job.every > 1 ? `no result: only every ${this.#job.every}th frame was inferred` : 'no line of the result has this time');
    }
    if (r.errors.has(line)) {
      return `Frame ${whole(r.frame.values[line])}, ${time}: ${r.errors.get(line)}`;
    }
    let shown = 0;
    for (let d = r.first.values[line]; d < r.end(line); d++) {
      shown += this.#accepts(d) ? 1 : 0;
    }
    const all = r.end(line) - r.first.values[line];
    return `Frame ${whole(r.frame.values[line])}, ${time}: `
      + (shown === all ? counted(all, 'detection') : `${whole(shown)} of ${counted(all, 'detection')}`);
  }

  /** Written past the templates, because it changes with each picture. */
  #sayPosition() {
    const text = this.#positionText();
    const out = this.querySelector('.position');
    if (out && out.textContent !== text) {
      out.textContent = text;
    }
    const timeline = this.querySelector('canvas.timeline');
    if (timeline) {
      timeline.setAttribute('aria-valuenow', Math.max(0, this.#shown));
      timeline.setAttribute('aria-valuetext', text);
    }
  }

  #update() {
    if (!this.isConnected || !this.#job) {
      return;
    }
    render(this.#template(), this);
    const picture = this.querySelector('.picture:has(.source)');
    if (picture) {
      const shown = this.querySelector('.source');
      const aspect = (shown.videoWidth || shown.naturalWidth || 16) / (shown.videoHeight || shown.naturalHeight || 9);
      picture.style.maxWidth = `${Math.min(MOST_WIDE, Math.max(280, MOST_HIGH * window.innerHeight * aspect))}px`;
      this.#resize.observe(picture);
    }
    const timeline = this.querySelector('canvas.timeline');
    if (timeline) {
      timeline.style.height = `${LANE * Math.max(1, Math.min(LANES, this.#result.classes.length))}px`;
    }
    this.#watch(this.#video);
    this.#showPicture();
  }

  #template() {
    if (this.#failure) {
      return html`<p class="problem" role="alert">The result cannot be shown: ${this.#failure}</p>`;
    }
    if (this.#source === undefined) {
      return html`<p class="quiet">Looking for the source</p>`;
    }
    if (this.#source?.startsWith('image/')) {
      return html`
        <div class="picture">
          <img class="source" alt="The job's picture" src=${address(`jobs/${this.#job.job}/source`)}
            @load=${() => this.#changed()}>
          <canvas class="boxes" aria-hidden="true"></canvas>
        </div>
        ${this.#filters()}`;
    }
    if (!this.#source?.startsWith('video/') || this.#unplayable) {
      return this.#annotated();
    }
    const playing = this.#video && !this.#video.paused;
    const ready = this.#anchor !== null && this.#result.lines > 0;
    const last = Math.max(0, this.#result.lines - 1);
    return html`
      <div class="picture" @click=${() => this.#toggle()}>
        <video class="source" playsinline muted preload="auto" aria-label="The job's video"></video>
        <canvas class="boxes" aria-hidden="true"></canvas>
      </div>
      <canvas class="timeline" tabindex="0" role="slider" aria-label="Position in the video, with classes and scores"
        aria-valuemin="0" aria-valuemax=${last} aria-valuenow="0" title="Click to go there; arrow keys go from frame to frame"
        @pointerdown=${e => this.#atPointer(e)} @pointermove=${e => e.buttons === 1 && this.#atPointer(e)}
        @keydown=${e => this.#onKey(e)}></canvas>
      <div class="controls">
        <button type="button" class="play" ?disabled=${!ready} @click=${() => this.#toggle()}>${playing ? 'Pause' : 'Play'}</button>
        <span class="group" role="group" aria-label="Frame">
          <span class="of" aria-hidden="true">Frame</span>
          <button type="button" aria-label="Previous frame" ?disabled=${!ready} @click=${() => this.#step(-1)}>‹</button>
          <button type="button" aria-label="Next frame" ?disabled=${!ready} @click=${() => this.#step(1)}>›</button>
        </span>
        <span class="group" role="group" aria-label="Detection">
          <span class="of" aria-hidden="true">Detection</span>
          <button type="button" aria-label="Previous frame with a detection" ?disabled=${!ready}
            @click=${() => this.#search(-1)}>‹</button>
          <button type="button" aria-label="Next frame with a detection" ?disabled=${!ready}
            @click=${() => this.#search(1)}>›</button>
        </span>
        <output class="position"></output>
      </div>
      ${this.#filters()}`;
  }

  #filters() {
    const r = this.#result;
    const lanes = this.#lanes();
    const others = r.classes.length - lanes.length;
    return html`
      <div class="filters">
        <fieldset>
          <legend>Classes</legend>
          ${lanes.length === 0
            ? html`<span class="quiet">${this.#complete ? 'Nothing was detected' : 'Nothing detected yet'}</span>`
            : lanes.map(kind => html`
              <label><input type="checkbox" .checked=${!this.#hidden.has(kind)} @change=${e => this.#setHidden(kind, !e.target.checked)}>
                <svg class="swatch" width="10" height="10" aria-hidden="true"><rect width="10" height="10" fill=${colour(kind)}/></svg>
                ${r.classes[kind]} <span class="quiet">${whole(r.counts[kind])}</span></label>`)}
          ${others > 0 ? html`<span class="quiet">and ${counted(others, 'class')} more in the last lane</span>` : nothing}
        </fieldset>
        <label class="least">Score from <input type="range" min="0" max=${Math.ceil(r.best * 20) / 20} step="0.05" .value=${String(this.#least)}
          @input=${e => this.#setLeast(Number(e.target.value))}> <output>${this.#least.toFixed(2)}</output></label>
        <label><input type="checkbox" .checked=${this.#labels} @change=${e => this.#setLabels(e.target.checked)}> Labels</label>
      </div>`;
  }

  #setHidden(kind, hidden) {
    if (hidden) {
      this.#hidden.add(kind);
    } else {
      this.#hidden.delete(kind);
    }
    this.#changed();
  }

  #setLeast(score) {
    this.#least = score;
    this.#changed();
  }

  #setLabels(labels) {
    this.#labels = labels;
    this.#changed();
  }

  /** Where boxes cannot be drawn over the source: the video that the server has drawn. */
  #annotated() {
    const why = this.#unplayable
      ? 'This browser cannot play the source.'
      : this.#source === null ? 'The source is not kept here.' : 'The source is not a video or a picture that a browser shows.';
    return this.#job.state === 'SUCCEEDED' && this.#source !== null
      ? html`<p class="quiet">${why} This is the video with its detections drawn in; making it may take a while.</p>
          <div class="picture"><video class="annotated" controls playsinline preload="none"
            aria-label="The annotated video" src=${address(`jobs/${this.#job.job}/video`)}></video></div>`
      : html`<p class="quiet">${why}
          ${this.#source === null || this.#job.ended_at ? '' : 'Once the job has succeeded, a video with its detections drawn in can be seen here.'}</p>`;
  }
}

customElements.define('fq-player', Player);
