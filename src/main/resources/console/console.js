// The console page: asks /overview each second and shows it; what it needs an operator for, it asks for with his token.
const PERIOD = 1000, POINTS = 300, SLO = {p95: 350, p99: 700};
const PARTICIPANTS = {inventory: 'MariaDB', orders: 'PostgreSQL', reports: 'MySQL'};
const $ = id => document.getElementById(id);
const token = {
  get: () => sessionStorage.getItem('token') || '',
  set: value => value ? sessionStorage.setItem('token', value) : sessionStorage.removeItem('token'),
};

/** An element with text and attributes; text never becomes markup. */
function el(name, text, attributes = {}, ...children) {
  const element = document.createElement(name);
  if (text !== null && text !== undefined) element.textContent = text;
  for (const [key, value] of Object.entries(attributes)) if (value) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

async function ask(path, options = {}) {
  const headers = {...options.headers};
  if (token.get() && options.operator) headers.Authorization = `Bearer ${token.get()}`;
  const response = await fetch(path, {...options, headers, cache: 'no-store'});
  const type = response.headers.get('Content-Type') || '';
  return {status: response.status, body: type.includes('json') ? await response.json() : null};
}

// ---- charts ---------------------------------------------------------------------------------------------------

const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const COLORS = {p50: '#4c9be8', p95: '#e0a526', p99: '#d9534f', '200': '#2e9e63', '409': '#e0a526', '404': '#9b7ede', '422': '#4c9be8', '503': '#d9534f'};
class Chart {
  constructor(host, names) {
    this.host = host;
    this.names = names;
    this.data = [[], ...names.map(() => [])];
    this.draw();
    new ResizeObserver(() => this.plot.setSize({width: host.clientWidth, height: 220})).observe(host);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw());
  }
  draw() {
    this.plot?.destroy();
    const axis = {stroke: css('--soft'), grid: {stroke: css('--line'), width: 1}, ticks: {stroke: css('--line')}};
    this.plot = new uPlot({
      width: this.host.clientWidth, height: 220, legend: {live: true},
      series: [{}, ...this.names.map(name => ({label: name, stroke: COLORS[name] || css('--accent'), width: 2}))],
      axes: [axis, {...axis, size: 54}],
      scales: {y: {range: (u, min, max) => [0, Math.max(10, (max || 0) * 1.1)]}},
    }, this.data, this.host);
  }
  add(time, values) {
    this.data[0].push(time);
    values.forEach((value, i) => this.data[i + 1].push(value));
    if (this.data[0].length > POINTS) this.data.forEach(series => series.shift());
    this.plot.setData(this.data);
  }
}
const latency = new Chart($('latency-chart'), ['p50', 'p95', 'p99']);
const rates = new Chart($('rate-chart'), ['200', '404', '409', '422', '503']);

// ---- the overview ---------------------------------------------------------------------------------------------

// Behind a proxy each poll may reach another middleware: counts are compared with the same one's last.
const seen = new Map();
function ratesOf(overview) {
  const before = seen.get(overview.instance);
  seen.set(overview.instance, overview);
  if (!before) return null;
  const seconds = (Date.parse(overview.time) - Date.parse(before.time)) / 1000;
  if (seconds <= 0) return null;
  const rate = {};
  for (const status of rates.names) {
    rate[status] = Math.max(0, (overview.orders[status] || 0) - (before.orders[status] || 0)) / seconds;
  }
  return rate;
}
function sumOfInstances(rate, overview) {
  overview.rate = rate;
  const sum = {};
  const now = Date.parse(overview.time);
  for (const [instance, last] of seen) {
    if (now - Date.parse(last.time) > 10 * PERIOD) { seen.delete(instance); continue; }
    for (const status of rates.names) sum[status] = (sum[status] || 0) + (last.rate?.[status] || 0);
  }
  return sum;
}

function figure(id, value, limit) {
  $(id).textContent = value === null || value === undefined ? '–' : value;
  $(id).classList.toggle('over', limit !== undefined && value > limit);
}

let answered = Date.now();
async function poll() {
  try {
    const {status, body} = await ask('overview');
    if (status !== 200) throw new Error(body?.detail || `the middleware answers ${status}`);
    answered = Date.now();
    $('live').textContent = `live, ${body.instance}`;
    $('live').className = '';
    show(body);
  } catch (error) {
    $('live').textContent = `no answer for ${Math.round((Date.now() - answered) / 1000)} s: ${error.message}`;
    $('live').className = 'down';
  }
}

function show(overview) {
  const rate = ratesOf(overview);
  const time = Date.parse(overview.time) / 1000;
  const ms = overview.latency;
  for (const p of latency.names) figure(p, ms.p50 ? `${Math.round(ms[p])} ms` : null);
  for (const p of ['p95', 'p99']) $(p).classList.toggle('over', ms[p] > SLO[p]);
  latency.add(time, latency.names.map(p => ms.p50 ? ms[p] : null));
  if (rate) {
    const sum = sumOfInstances(rate, overview);
    figure('rate', sum['200'].toFixed(sum['200'] < 10 ? 1 : 0));
    rates.add(time, rates.names.map(status => sum[status]));
  }
  const states = Object.entries(overview.sagas || {});
  figure('unfinished', overview.sagas ? states.reduce((n, [, count]) => n + count, 0) : null);
  $('unfinished').classList.toggle('over', Boolean(overview.sagas?.parked));
  $('unfinished-states').textContent =
    !overview.sagas ? 'the journal gives no answer' : states.map(([state, n]) => `${n} ${state}`).join(', ') || 'none';
  showTopology(overview);
  showFailovers(overview.databases || []);
}

// ---- topology -------------------------------------------------------------------------------------------------

const BREAKER = {closed: ['up', 'answers'], half_open: ['probing', 'being tried'], open: ['down', 'gives no answer'], forced_open: ['down', 'switched off']};
let drawn = '';
function showTopology(overview) {
  const databases = Object.fromEntries((overview.databases || []).map(d => [d.engine, d]));
  const key = JSON.stringify([overview.breakers, overview.databases]);
  if (key === drawn) return;
  drawn = key;
  $('topology').replaceChildren(...Object.entries(PARTICIPANTS).map(([participant, engine]) => {
    const instances = ['a', 'b'].map(instance => {
      const [state, words] = BREAKER[overview.breakers[`${participant}-${instance}`]] || ['unknown', 'not known'];
      return el('li', null, {class: state, id: `${participant}-${instance}`}, el('strong', `${participant} ${instance.toUpperCase()}`), el('small', words));
    });
    const pair = databases[engine.toLowerCase()];
    const nodes = pair?.nodes
      ? pair.nodes.map(node => el('li', null, {class: node.reachable ? 'up' : 'down', id: `${engine.toLowerCase()}-${node.name}`},
          el('strong', `${engine} ${node.name}`), el('small', node.role)))
      : [el('li', null, {class: pair ? 'down' : 'unknown'}, el('strong', engine), el('small', pair ? 'its watchdog gives no answer' : 'one server'))];
    return el('div', null, {class: 'participant'},
      el('h3', participant),
      el('ul', null, {class: 'parts', 'aria-label': `instances of ${participant}`}, ...instances),
      el('p', '↓', {class: 'arrow', 'aria-hidden': 'true'}),
      el('ul', null, {class: 'parts', 'aria-label': `database of ${participant}`}, ...nodes));
  }));
}

function showFailovers(databases) {
  if (!databases.length) {
    $('failovers').replaceChildren(el('p', 'One server per engine here: nothing to fail over to. The replicated topology has a watchdog for each pair.', {class: 'note'}));
    return;
  }
  $('failovers').replaceChildren(...databases.map(d => el('div', null, {},
    el('h3', `${d.engine}: ${d.primary ? `primary ${d.primary}, epoch ${d.epoch}` : d.error || 'not known'}`),
    el('p', d.diagnosis || '', {class: 'note'}),
    d.zero_loss_share === undefined ? '' : el('p', `zero loss in force ${(100 * d.zero_loss_share).toFixed(2)} % of the time`, {class: 'note'}),
    el('ul', null, {}, ...(d.failovers || []).slice(0, 5).map(f => el('li',
      `${new Date(f.at).toLocaleTimeString()}: ${f.from} → ${f.to}, ${Object.entries(f.phases || {}).map(([phase, millis]) => `${phase} ${millis} ms`).join(', ')}`))))));
}

// ---- placing an order -----------------------------------------------------------------------------------------

$('order').addEventListener('submit', async event => {
  event.preventDefault();
  const form = event.target, button = form.querySelector('button');
  const order = {product_id: Number(form.product_id.value), qty: Number(form.qty.value)};
  const begun = performance.now();
  button.disabled = true;
  $('order-result').replaceChildren(el('p', 'The saga runs …'));
  try {
    const {status, body} = await ask('orders', {operator: true, method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(order)});
    const took = Math.round(performance.now() - begun);
    showOutcome(status, body, took);
  } catch (error) {
    $('order-result').replaceChildren(el('p', `No answer: ${error.message}`, {class: 'failed'}));
  } finally {
    button.disabled = false;
  }
});

async function showOutcome(status, body, took) {
  const ok = status === 200;
  const saga = body?.order?.saga_id || body?.saga_id;
  const steps = ok
    ? [`stock taken: ${body.stock.stock} of ${body.stock.name} left`, `order ${body.order.id} created`, `report ${body.report.id} written`, 'written down as completed, then answered']
    : [body?.detail || body?.title || 'refused', ...(body?.errors || []).map(e => `${e.field}: ${e.detail || e.message}`)];
  $('order-result').replaceChildren(
    el('p', `${status} after ${took} ms${ok ? '' : `: ${body?.title || ''}`}`, {class: ok ? 'ok' : 'failed'}),
    el('ol', null, {class: 'steps'}, ...steps.map(step => el('li', step, {class: ok ? 'ok' : 'failed'}))));
  if (saga) {
    $('order-result').append(el('p', `Saga ${saga}`, {class: 'note'}));
    if (token.get()) {
      const found = await ask(`sagas/${saga}`, {operator: true});
      if (found.status === 200) $('order-result').append(history(found.body));
    }
  }
  listSagas();
}

// ---- sagas ----------------------------------------------------------------------------------------------------

function history(saga) {
  return el('ol', null, {class: 'steps'}, ...saga.steps.map(step => el('li',
    `${step.compensation.replace(/^direct:(\/\/)?/, 'undone by ')}`
    + (saga.state === 'COMPLETED' ? ' (not needed)' : step.done ? ': done' : `: ${step.tries} tries`)
    + (step.last_error ? `, last: ${step.last_error}` : ''), {class: step.last_error && !step.done ? 'failed' : ''})));
}

const open = new Set();
let listed = '';
async function listSagas() {
  if (!token.get()) {
    $('sagas').hidden = true;
    $('sagas-hint').hidden = false;
    $('sagas-hint').textContent = "Sign in with the operators' token to see the sagas.";
    return;
  }
  const state = $('saga-filter').state.value;
  const {status, body} = await ask(`sagas?limit=20${state ? `&state=${state}` : ''}`, {operator: true}).catch(() => ({status: 0}));
  if (status !== 200) {
    $('sagas').hidden = true;
    $('sagas-hint').hidden = false;
    $('sagas-hint').textContent = status === 401 ? "The token is not the operators'." : body?.detail || 'The sagas can not be read now.';
    return;
  }
  const text = JSON.stringify(body.items);
  if (text === listed && !$('sagas').hidden) return;
  listed = text;
  $('sagas-hint').hidden = body.items.length > 0;
  $('sagas-hint').textContent = 'None.';
  $('sagas').hidden = body.items.length === 0;
  $('sagas').tBodies[0].replaceChildren(...body.items.map(row));
}

function row(saga) {
  const details = el('details', null, {}, el('summary', `${saga.steps.length}`), history(saga));
  details.open = open.has(saga.id);
  details.addEventListener('toggle', () => details.open ? open.add(saga.id) : open.delete(saga.id));
  const retry = el('button', 'Retry', {type: 'button', 'aria-label': `Retry saga ${saga.id}`});
  retry.addEventListener('click', async () => {
    retry.disabled = true;
    const {status, body} = await ask(`sagas/${saga.id}/retry`, {method: 'POST', operator: true}).catch(e => ({status: 0, body: {detail: e.message}}));
    $('sagas-message').textContent = status === 202 ? `Saga ${saga.id} is tried again.` : body?.detail || `No: ${status}`;
    listed = '';
    listSagas();
  });
  return el('tr', null, {id: `saga-${saga.id}`},
    el('td', null, {}, el('code', saga.id.slice(0, 8), {title: saga.id})),
    el('td', saga.state, {class: `state ${saga.state}`}),
    el('td', new Date(saga.created_at).toLocaleTimeString()),
    el('td', null, {}, details),
    el('td', saga.reason || ''),
    el('td', null, {}, ...(['PARKED', 'COMPENSATING'].includes(saga.state) ? [retry] : [])));
}
$('saga-filter').addEventListener('change', () => { listed = ''; listSagas(); });
$('saga-filter').addEventListener('submit', event => event.preventDefault());

// ---- signing in -----------------------------------------------------------------------------------------------

function showSignedIn() { $('sign-in').textContent = token.get() ? 'Signed in' : 'Sign in'; }
$('sign-in').addEventListener('click', () => $('sign-in-dialog').showModal());
$('sign-in-dialog').addEventListener('close', () => {
  const form = $('sign-in-dialog').querySelector('form');
  if ($('sign-in-dialog').returnValue === 'ok') token.set(form.token.value.trim());
  form.token.value = '';
  listed = '';
  showSignedIn();
  listSagas();
});

showSignedIn();
async function loop() {
  if (!document.hidden) await Promise.all([poll(), listSagas()]);
  setTimeout(loop, PERIOD);
}
loop();
