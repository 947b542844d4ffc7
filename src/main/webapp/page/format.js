// Figures as people read them.

export function seconds(value) {
  if (value === null || value === undefined) return '–';
  if (value < 0.001) return `${(value * 1e6).toFixed(0)} µs`;
  if (value < 0.01) return `${(value * 1000).toFixed(1)} ms`;
  if (value < 1) return `${(value * 1000).toFixed(0)} ms`;
  if (value < 10) return `${value.toFixed(1)} s`;
  return span(value);
}

export function span(value) {
  if (value < 120) return `${Math.round(value)} s`;
  if (value < 7200) return `${Math.round(value / 60)} min`;
  if (value < 172800) return `${(value / 3600).toFixed(1)} h`;
  return `${Math.floor(value / 86400)} days`;
}

export function rate(value) {
  if (!value) return '0';
  return value < 10 ? value.toFixed(value < 0.1 ? 2 : 1) : Math.round(value).toString();
}

export function clock(iso) {
  const at = new Date(iso);
  const time = at.toLocaleTimeString([], {hour12: false});
  return at.toDateString() === new Date().toDateString() ? time : `${at.toLocaleDateString()} ${time}`;
}

export function plural(count, one, many) {
  return `${count} ${count === 1 ? one : many}`;
}
