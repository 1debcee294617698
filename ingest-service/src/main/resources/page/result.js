// A result, kept compactly: an hour of video with five detections a frame takes some 12 MB, and no objects.

/** An array of numbers that grows. */
class Column {
  constructor(Type) {
    this.values = new Type(1024);
    this.length = 0;
  }

  push(value) {
    if (this.length === this.values.length) {
      const larger = new this.values.constructor(this.length * 2);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.length++] = value;
  }
}

export class Result {
  constructor() {
    this.frame = new Column(Float64Array);
    this.pts = new Column(Float64Array);
    /** Where the detections of a line begin; they end where those of the next begin. */
    this.first = new Column(Uint32Array);
    this.kind = new Column(Uint16Array);
    this.score = new Column(Float32Array);
    this.box = new Column(Float32Array);
    /** Names of classes, and numbers of their detections, in the order in which they came. */
    this.classes = [];
    this.counts = [];
    this.numbers = new Map();
    /** Lines of another size than the job's, and lines of frames that failed. */
    this.sizes = new Map();
    this.errors = new Map();
    /** Whether times rise from line to line, so that a time names one line. */
    this.rising = true;
    /** The best score, at least 1: those of some models are no probabilities. */
    this.best = 1;
  }

  get lines() {
    return this.pts.length;
  }

  get detections() {
    return this.kind.length;
  }

  /** Adds a line of a result; lines that are no frames (gaps of live streams) are left out. */
  add(line) {
    if (!Array.isArray(line.detections)) {
      return;
    }
    const i = this.lines;
    if (i > 0 && line.pts_ms <= this.pts.values[i - 1]) {
      this.rising = false;
    }
    this.frame.push(line.frame);
    this.pts.push(line.pts_ms);
    this.first.push(this.detections);
    if (line.width) {
      this.sizes.set(i, [line.width, line.height]);
    }
    if (line.error) {
      this.errors.set(i, line.error);
    }
    for (const d of line.detections) {
      this.kind.push(this.#number(d.class));
      this.score.push(d.score);
      this.best = Math.max(this.best, d.score);
      d.box.forEach(v => this.box.push(v));
    }
  }

  #number(name) {
    let n = this.numbers.get(name);
    if (n === undefined) {
      n = this.classes.length;
      this.numbers.set(name, n);
      this.classes.push(name);
      this.counts.push(0);
    }
    this.counts[n]++;
    return n;
  }

  /** The number after that of a line's last detection. */
  end(line) {
    return line + 1 < this.lines ? this.first.values[line + 1] : this.detections;
  }

  /** The line with the latest time up to ms, -1 when there is none. */
  upTo(ms) {
    const pts = this.pts.values;
    let low = 0;
    let high = this.lines;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (pts[middle] <= ms) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }

  /** The line whose time is ms, but for a rounding of at most tolerance; -1 when there is none. */
  at(ms, tolerance) {
    const line = this.upTo(ms + tolerance);
    return line >= 0 && ms - this.pts.values[line] <= tolerance ? line : -1;
  }

  /** The next line after (step 1) or before (step -1) a line with a detection that shown accepts; -1 when there is none. */
  next(line, step, shown) {
    for (let i = line + step; i >= 0 && i < this.lines; i += step) {
      for (let d = this.first.values[i]; d < this.end(i); d++) {
        if (shown(d)) {
          return i;
        }
      }
    }
    return -1;
  }
}
