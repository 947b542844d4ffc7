// The pool over time, and the ages of its connections, as SVG.

import {plural, span} from './format.js';

const SPACE = 'http://www.w3.org/2000/svg';
const MOST_SECONDS = 900;

function draw(name, attributes, content) {
  const made = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (content !== undefined) made.textContent = content;
  return made;
}

/** Samples that follow each other without a gap: a server that was stopped has none. */
function runs(samples) {
  const found = [];
  let last = null;
  for (const sample of samples) {
    if (last === null || sample.second - last > 3) found.push([]);
    found[found.length - 1].push(sample);
    last = sample.second;
  }
  return found;
}

/** The parts of a run in which requests waited, each with the second before and after it. */
function queues(run) {
  const found = [];
  run.forEach((sample, i) => {
    if (sample.waiting === 0) return;
    if (i === 0 || run[i - 1].waiting === 0) found.push(run.slice(Math.max(0, i - 1), i));
    const queue = found[found.length - 1];
    queue.push(sample);
    if (i + 1 < run.length && run[i + 1].waiting === 0) queue.push(run[i + 1]);
  });
  return found;
}

function outages(samples) {
  const found = [];
  for (const sample of samples) {
    const open = found[found.length - 1];
    if (sample.reachable) {
      if (open && open.until === null) open.until = sample.second;
    } else if (!open || open.until !== null) {
      found.push({from: sample.second, until: null});
    }
  }
  const last = samples.length === 0 ? 0 : samples[samples.length - 1].second;
  return found.map(({from, until}) => ({from, until: until === null ? last : until, lasts: until === null}));
}

export function chart(svg, samples, maximum) {
  const width = svg.clientWidth;
  const height = svg.clientHeight;
  const left = 34, right = 6, top = 8, bottom = 24;
  const now = samples.length === 0 ? 0 : samples[samples.length - 1].second;
  const age = samples.length === 0 ? 0 : now - samples[0].second;
  const shown = Math.min(MOST_SECONDS, 60 * Math.max(2, Math.ceil(age / 60))); // a young server fills its chart, too
  const peak = samples.reduce((most, s) => Math.max(most, s.busy + s.idle, s.waiting), 0);
  const ceiling = Math.max(maximum * 1.1, peak, 1);
  const x = second => left + (width - left - right) * (1 - (now - second) / shown);
  const y = value => top + (height - top - bottom) * (1 - value / ceiling);
  const at = (second, value) => `${x(second).toFixed(1)} ${y(value).toFixed(1)}`;
  const parts = [];

  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500].find(size => ceiling / size <= 5) || 1000;
  for (let value = 0; value <= ceiling; value += step) {
    parts.push(draw('line', {class: 'grid', x1: left, x2: width - right, y1: y(value), y2: y(value)}));
    parts.push(draw('text', {x: left - 8, y: y(value) + 4, 'text-anchor': 'end'}, value));
  }
  const interval = [30, 60, 120, 180, 300].find(size => shown / size <= (width < 480 ? 3 : 6)) || 300;
  for (let ago = 0; ago <= shown; ago += interval) {
    parts.push(draw('text', {x: x(now - ago), y: height - 6, 'text-anchor': ago === shown ? 'start' : ago === 0 ? 'end' : 'middle'},
      ago === 0 ? 'now' : interval < 60 ? `−${ago} s` : `−${ago / 60} min`));
  }
  for (const run of runs(samples)) {
    const first = run[0].second;
    const last = run[run.length - 1].second;
    const line = value => run.map(s => at(s.second, value(s))).join('L');
    parts.push(draw('path', {class: 'idle', d: `M${at(first, 0)}L${line(s => s.busy + s.idle)}L${at(last, 0)}Z`}));
    parts.push(draw('path', {class: 'busy', d: `M${at(first, 0)}L${line(s => s.busy)}L${at(last, 0)}Z`}));
    for (const queue of queues(run)) {
      parts.push(draw('path', {class: 'waiting', d: `M${queue.map(s => at(s.second, s.waiting)).join('L')}`}));
    }
  }
  for (const {from, until} of outages(samples)) {
    parts.push(draw('rect', {class: 'outage', x: x(from), y: top, width: Math.max(2, x(until) - x(from)), height: height - top - bottom}));
  }
  parts.push(draw('line', {class: 'maximum', x1: left, x2: width - right, y1: y(maximum), y2: y(maximum)}));
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
  svg.replaceChildren(...parts);
}

/** What the chart shows, in words. */
export function chartText(samples, maximum) {
  if (samples.length === 0) return 'Nothing was measured yet.';
  const most = value => samples.reduce((found, s) => Math.max(found, value(s)), 0);
  const lost = outages(samples);
  const away = lost.reduce((sum, {from, until}) => sum + until - from, 0);
  return `Measured for ${span(samples[samples.length - 1].second - samples[0].second)}: at most ${most(s => s.busy)} of ${maximum} `
    + `connections busy, at most ${plural(most(s => s.waiting), 'request', 'requests')} waiting; `
    + (lost.length === 0 ? 'the database was there all the time.'
      : `the database was lost ${lost.length === 1 ? 'once' : `${lost.length} times`}, for ${span(away)} in all`
        + `${lost[lost.length - 1].lasts ? ', and still is.' : '.'}`);
}

export function minutes(samples) {
  const found = new Map();
  for (const s of samples) {
    const minute = Math.floor(s.second / 60);
    const row = found.get(minute) || {minute, busy: 0, idle: Infinity, waiting: 0, lost: 0};
    row.busy = Math.max(row.busy, s.busy);
    row.idle = Math.min(row.idle, s.idle);
    row.waiting = Math.max(row.waiting, s.waiting);
    row.lost += s.reachable ? 0 : 1;
    found.set(minute, row);
  }
  return [...found.values()].reverse();
}

/** One bar for each connection: its age, in front of the age at which it is replaced. */
export function ages(svg, connections) {
  const width = svg.clientWidth;
  const rowHeight = 8;
  const bottom = connections.length === 0 ? 0 : 20;
  const longest = connections.reduce((most, c) => Math.max(most, c.replacedAtSeconds, c.ageSeconds), 1);
  const x = value => width * value / longest;
  const height = connections.length * rowHeight + bottom;
  const parts = [];
  connections.forEach((connection, i) => {
    const y = i * rowHeight;
    parts.push(draw('rect', {class: 'life', x: 0, y, width: x(connection.replacedAtSeconds), height: rowHeight - 3, rx: 2}));
    parts.push(draw('rect', {class: 'age', x: 0, y, width: Math.max(2, x(connection.ageSeconds)), height: rowHeight - 3, rx: 2}));
  });
  if (connections.length > 0) {
    parts.push(draw('text', {x: 0, y: height - 4}, 'opened'));
    parts.push(draw('text', {x: width, y: height - 4, 'text-anchor': 'end'}, span(longest)));
  }
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
  svg.setAttribute('height', height);
  svg.replaceChildren(...parts);
}

export function agesText(connections) {
  if (connections.length === 0) return 'No connection is open.';
  const left = connections.map(c => c.replacedAtSeconds - c.ageSeconds).reduce((a, b) => Math.min(a, b));
  return `${plural(connections.length, 'connection is', 'connections are')} open, the oldest for ${span(connections[0].ageSeconds)}, `
    + `the youngest for ${span(connections[connections.length - 1].ageSeconds)}; `
    + (left > 0 ? `the next one is replaced in ${span(left)}.` : 'one is about to be replaced.');
}
