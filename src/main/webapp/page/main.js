// Watches the server while the page is visible, and shows what it sends once a second.

import {ages, agesText, chart, chartText, minutes} from './chart.js';
import {clock, rate, seconds, span} from './format.js';
import {code, element, fill, head, number, put, sql, text, time} from './table.js';

const EVERY = 1000;
const PATIENCE = 4000;
const WORDS = {
  serving: 'Serving', saturated: 'Short of connections', refusing: 'No new connections', migrating: 'Not ready yet',
  invalid: 'Not serving', unreachable: 'Database lost', stopping: 'Stopping', silent: 'No answer from this server',
  locked: 'A token is needed',
};
const KINDS = {
  'database-lost': 'bad', 'database-regained': 'ok', 'connections-refused': 'bad', 'connections-accepted': 'ok',
  'schema-current': 'ok', 'schema-invalid': 'bad', 'slow-statement': 'warn', 'pool-exhausted': 'bad', 'retried': 'warn',
  'outcome-unknown': 'bad', 'stopping': 'warn',
};

let samples = [];
let events = new Map();
let started = null;
let newest = -1;
let latest = null;
let heard = performance.now();
let timer = null;
let watching = false;
let line = null;

const form = document.getElementById('token');
const help = (kind, name) => `/page/help.html#${kind}-${name}`;

/** Kept until the tab is closed, for a page that is loaded again. */
const token = () => sessionStorage.getItem('demeter-token');

class Denied extends Error {}

/** Each status that the server sends: one now, then one a second, for a minute. */
async function* listen() {
  line?.abort();
  line = new AbortController();
  const patience = () => {
    clearTimeout(timer);
    timer = setTimeout(() => line.abort(), PATIENCE);
  };
  patience();
  const answer = await fetch(newest < 0 ? '/api/status' : `/api/status?after=${newest}`, {
    cache: 'no-store', signal: line.signal,
    headers: {Accept: 'text/event-stream', ...(token() ? {Authorization: `Bearer ${token()}`} : {})},
  });
  if (answer.status === 401 || answer.status === 403) {
    throw new Denied(token() ? (await answer.json()).detail
      : 'This server shows how it is to those who bring a token with the scope demeter.metrics.');
  }
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = '';;) {
    const {value, done} = await reader.read();
    if (done) return;
    patience();
    const events = (rest + value).split('\n\n');
    rest = events.pop();
    for (const event of events) yield JSON.parse(event.slice(event.indexOf('data: ') + 6));
  }
}

function take(status) {
  if (started !== null && status.instance.started !== started) { // another process: its numbers begin anew
    samples = [];
    events = new Map();
    newest = -1;
    started = null;
    return false;
  }
  started = status.instance.started;
  newest = status.number;
  const known = samples.length === 0 ? -1 : samples[samples.length - 1].number;
  for (const [n, second, busy, idle, waiting, reachable] of status.samples) {
    if (n > known) samples.push({number: n, second, busy, idle, waiting, reachable: reachable === 1});
  }
  samples = samples.slice(-900);
  for (const event of status.events) events.set(event.id, event);
  events = new Map([...events].sort(([a], [b]) => a - b).slice(-200));
  latest = status;
  heard = performance.now();
  return true;
}

function state(name, level, whole) {
  const section = document.getElementById('state');
  // Whoever reads the JSON has no headline; here it would be said twice.
  const sentence = whole.startsWith(`${WORDS[name]}. `) ? whole.slice(WORDS[name].length + 2) : whole;
  if (section.dataset.state !== name) {
    section.dataset.state = name;
    section.dataset.level = level;
    put('word', WORDS[name]);
    put('announcement', `${WORDS[name]}. ${sentence}`);
    document.title = `${WORDS[name]} – Demeter`;
    document.getElementById('state-help').href = help('state', name);
  }
  put('sentence', sentence);
}

function tile(id, value, of) {
  document.getElementById(id).replaceChildren(value, ...(of ? [element('small', {}, of)] : []));
}

function show(status) {
  const {pool, instance, database} = status;
  state(status.state, status.level, status.sentence);
  put('instance', `${instance.version} on ${instance.server.split(' #')[0]}, up for ${span(instance.uptimeSeconds)}`);
  tile('busy', String(pool.busy));
  tile('idle', String(pool.idle));
  tile('waiting', String(pool.waiting));
  tile('open', String(pool.open), ` of ${pool.maximum}`);
  tile('rate', rate(status.requests.reduce((sum, route) => sum + route.all.perSecond, 0)));
  tile('errors', rate(status.requests.reduce((sum, route) => sum + route.errorsPerSecond, 0)));

  pictures();
  fill('minutes', minutes(samples), row => [
    head(clock(row.minute * 60000).slice(0, -3)), number(row.busy), number(row.idle), number(row.waiting), number(row.lost)], 'None yet');
  fill('times', [['Acquisition', status.acquisition], ['Usage', status.usage]], ([name, all]) => [
    head(name), number(seconds(all.p50)), number(seconds(all.p95)), number(seconds(all.p99)), number(rate(all.perSecond))]);
  fill('requests', status.requests, route => [
    head(code(`${route.method} ${route.route}`)), number(rate(route.all.perSecond)), number(rate(route.errorsPerSecond)),
    number(seconds(route.all.p95)), number(String(route.sinceStart))], 'None since the start');
  fill('connections', status.connections.map((c, i) => [i + 1, span(c.ageSeconds), span(c.replacedAtSeconds)]), ([i, age, limit]) => [
    head(String(i)), number(age), number(limit)], 'None is open');
  fill('closings', Object.entries(status.closings), ([reason, count]) => [
    head(element('a', {href: help('reason', reason)}, reason.replaceAll('_', ' '))), number(String(count))]);
  fill('events', [...events.values()].reverse(), event => [
    text(time(event.at, clock(event.at)), 'nowrap'),
    element('td', {class: `tag ${KINDS[event.kind]}`},
      element('a', {href: help('event', event.kind)}, event.kind.replaceAll('-', ' ')), event.count > 1 ? ` × ${event.count}` : null),
    text(event.kind === 'slow-statement' ? sql(event.text) : event.text),
    number(event.seconds === null ? '' : seconds(event.seconds)),
    text(event.requestId ? code(event.requestId) : '')], 'Nothing has happened since the start');
  fill('slow', status.slowStatements, slow => [
    head(sql(slow.text)), number(String(slow.count)), number(seconds(slow.totalSeconds)), number(seconds(slow.worstSeconds)),
    text(time(slow.last, clock(slow.last)), 'nowrap')], 'None since the start');
  fill('settings', status.settings, setting => [
    head(code(setting.name)), text(setting.value === '' ? '–' : setting.value),
    text(setting.changed ? 'set' : 'default', setting.changed ? 'set' : 'none')]);
  fill('versions', [
    ['Demeter', instance.version], ['Server', instance.server], ['Java', instance.java],
    ['PostgreSQL', database.version || 'not known yet'], ['Database', database.address],
    ...(status.replica ? [['Read replica', status.replica.address]] : []),
    ['Started', clock(instance.started)]], ([name, value]) => [head(name), text(value)]);
  put('schema', database.schema);
  fill('migrations', database.migrations, done => [
    head(done.version || '–'), text(done.description), text(time(done.installed, clock(done.installed)), 'nowrap'),
    number(seconds(done.seconds))], 'Not known yet');
}

function pictures() {
  if (latest === null) return;
  chart(document.getElementById('chart'), samples, latest.pool.maximum);
  put('chart-text', chartText(samples, latest.pool.maximum));
  ages(document.getElementById('ages'), latest.connections);
  put('ages-text', agesText(latest.connections));
}

async function watch() {
  if (watching || document.hidden) return;
  watching = true;
  const begun = performance.now();
  let again = EVERY;
  try {
    for await (const status of listen()) {
      if (!take(status)) {
        again = 0;
        break;
      }
      form.hidden = true;
      show(latest);
    }
  } catch (failure) {
    if (failure instanceof Denied) {
      state('locked', 'warn', failure.message);
      form.hidden = false;
      watching = false;
      clearTimeout(timer);
      return; // until there is another token
    }
    if (!document.hidden) {
      state('silent', 'bad', `It was last heard from ${span((performance.now() - heard) / 1000)} ago. What is below is from then.`);
    }
  }
  watching = false;
  clearTimeout(timer);
  timer = setTimeout(watch, Math.max(0, again - (performance.now() - begun)));
}

form.addEventListener('submit', event => {
  event.preventDefault();
  sessionStorage.setItem('demeter-token', document.getElementById('token-text').value.trim());
  watch();
});
document.addEventListener('visibilitychange', () => (document.hidden ? line?.abort() : watch()));
new ResizeObserver(pictures).observe(document.getElementById('chart'));
watch();
