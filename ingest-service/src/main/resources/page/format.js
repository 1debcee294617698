// Numbers, times and colours as people read them.

const WHOLE = new Intl.NumberFormat('en');
const CLOCK = new Intl.DateTimeFormat(undefined, {hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false});
const DATE = new Intl.DateTimeFormat(undefined, {year: 'numeric', month: '2-digit', day: '2-digit'});

export const whole = n => WHOLE.format(Math.round(n));

export const counted = (n, noun) => `${whole(n)} ${noun}${Math.round(n) === 1 ? '' : 's'}`;

// Figures and their units stay on one line.
const NBSP = '\u00a0';

/** Seconds as "0.42 s", "12.3 s", "2 min 5 s" or "3 h 20 min"; whole ones without decimals. */
export function duration(seconds) {
  if (!(seconds >= 0)) {
    return '';
  }
  if (seconds < 60) {
    return `${Number.isInteger(seconds) ? seconds : seconds.toFixed(seconds < 10 ? 2 : 1)}${NBSP}s`;
  }
  const s = Math.round(seconds);
  return s < 3600 ? [Math.floor(s / 60), 'min', s % 60, 's'].join(NBSP) : [Math.floor(s / 3600), 'h', Math.floor(s % 3600 / 60), 'min'].join(NBSP);
}

/** A point in a video: "1:02:03.456". */
export function position(seconds) {
  const sign = seconds < 0 ? '-' : '';
  const ms = Math.round(Math.abs(seconds) * 1000);
  const two = n => String(n).padStart(2, '0');
  const h = Math.floor(ms / 3600000);
  const m = Math.floor(ms / 60000) % 60;
  const rest = `${two(Math.floor(ms / 1000) % 60)}.${String(ms % 1000).padStart(3, '0')}`;
  return `${sign}${h > 0 ? `${h}:${two(m)}` : m}:${rest}`;
}

/** A time of day, with the date where it is not today. */
export function when(iso) {
  const date = new Date(iso);
  const clock = CLOCK.format(date);
  return date.toDateString() === new Date().toDateString() ? clock : `${DATE.format(date)} ${clock}`;
}

export function bytes(n) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  while (n >= 1024 && unit < units.length - 1) {
    n /= 1024;
    unit++;
  }
  return `${n.toFixed(unit === 0 || n >= 100 ? 0 : 1)} ${units[unit]}`;
}

/** Colours of classes and jobs, told apart by people with any colour vision; they are seen on light, dark and pictures. */
export const COLOURS = ['#0c7bdc', '#e66100', '#00917c', '#b8478f', '#8a6d00', '#7b5cd6', '#c2362f', '#6b7280'];

export const colour = i => COLOURS[i % COLOURS.length];

/** A colour of the style sheet, which follows light and dark. */
export const themed = (element, name) => getComputedStyle(element).getPropertyValue(name).trim();
