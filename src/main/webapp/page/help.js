// Shows docs/operations.md: the documentation has one place, and the page links into its tables.

import {element} from './table.js';

// A picture is not here either, and the page itself is what it shows.
const PICTURE = /^!\[[^\n]*\)$/;
const INLINE = /`([^`]+)`|\[([^\]]+)\]\(([^)\s]+)\)|\*\*([^*]+)\*\*/g;

/** Code, links to this document or out of it, bold; other documents are not here. */
function inline(source) {
  const parts = [];
  let end = 0;
  for (const match of source.matchAll(INLINE)) {
    parts.push(source.slice(end, match.index));
    const [, code, label, target, bold] = match;
    if (code) parts.push(element('code', {}, code));
    else if (bold) parts.push(element('strong', {}, bold));
    else if (/^(https:|#)/.test(target)) parts.push(element('a', {href: target}, label));
    else parts.push(label);
    end = match.index + match[0].length;
  }
  parts.push(source.slice(end));
  return parts;
}

const cells = line => line.replace(/^\||\|$/g, '').split('|').map(cell => cell.trim());
const identifier = heading => heading.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');

function table(lines) {
  const heads = cells(lines[0]);
  const kind = heads[0].toLowerCase();
  const row = line => {
    const [first, ...others] = cells(line);
    const name = /`([^`{]+)/.exec(first);
    return element('tr', {id: name && `${kind}-${name[1]}`},
      element('th', {scope: 'row'}, ...inline(first)), ...others.map(cell => element('td', {}, ...inline(cell))));
  };
  return element('div', {class: 'scroll', tabindex: 0, role: 'group', 'aria-label': heads.join(', ') || 'Table'},
    element('table', {},
      element('thead', {}, element('tr', {}, ...heads.map(cell => element(cell ? 'th' : 'td', cell ? {scope: 'col'} : {}, cell)))),
      element('tbody', {}, ...lines.slice(2).map(row))));
}

function block(source) {
  const lines = source.split('\n');
  const heading = /^(#{1,3}) (.*)/.exec(source);
  if (heading) return element(`h${heading[1].length}`, {id: identifier(heading[2])}, ...inline(heading[2]));
  if (source.startsWith('```')) return element('pre', {tabindex: 0}, element('code', {}, lines.slice(1, -1).join('\n')));
  if (source.startsWith('|')) return table(lines);
  if (source.startsWith('- ')) {
    return element('ul', {}, ...source.slice(2).split('\n- ').map(item => element('li', {}, ...inline(item))));
  }
  return element('p', {}, ...inline(lines.join(' ')));
}

/** Parts of the text that empty lines divide, those within a fence excepted. */
function blocks(source) {
  const found = [[]];
  let fenced = false;
  for (const line of source.split('\n')) {
    fenced = line.startsWith('```') ? !fenced : fenced;
    if (line === '' && !fenced) found.push([]);
    else found[found.length - 1].push(line);
  }
  return found.map(lines => lines.join('\n')).filter(part => part !== '' && !PICTURE.test(part));
}

const answer = await fetch('/page/operations.md');
const main = document.getElementById('document');
main.replaceChildren();
for (const part of blocks(await answer.text())) main.append(block(part));
// The row was not there when the browser looked for the one that the address names.
if (location.hash) location.replace(location.hash);
