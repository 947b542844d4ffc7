// Rows of tables and small elements; text only, never markup.

export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.filter(child => child !== null && child !== undefined));
  return made;
}

export const text = (content, className) => element('td', {class: className}, content);
export const number = content => text(content, 'n');
export const head = content => element('th', {scope: 'row'}, content);
export const code = content => element('code', {}, content);
/** A statement as Hibernate writes it has no space at which a line could end. */
export const sql = content => code(content.replace(/,(?=\S)/g, ', '));
export const time = (iso, shown) => element('time', {datetime: iso}, shown);

const shownBefore = new Map();

/** Fills the body of a table, if what it is made from has changed: a selection in it stays otherwise. */
export function fill(id, items, row, none) {
  const made = JSON.stringify(items);
  if (shownBefore.get(id) === made) return;
  shownBefore.set(id, made);
  const table = document.getElementById(id);
  const body = table.tBodies[0];
  if (items.length > 0) {
    body.replaceChildren(...items.map(item => element('tr', {}, ...row(item))));
  } else {
    const columns = table.tHead.rows[0].cells.length;
    body.replaceChildren(element('tr', {}, element('td', {colspan: columns, class: 'none'}, none)));
  }
}

export function put(id, content) {
  const target = document.getElementById(id);
  if (target.textContent !== content) target.textContent = content;
}
