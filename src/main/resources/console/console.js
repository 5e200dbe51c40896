// The console page: asks /overview each second and shows it; what it needs an operator for, it asks for with his token.
const PERIOD = 1000, PATIENCE = 3000, FORGOTTEN = 10 * PERIOD, POINTS = 300;
const SLO = {p95: 350, p99: 700};
const PERCENTILES = ['p50', 'p95', 'p99'];
const OUTCOMES = {200: 'placed', 404: 'no such product', 409: 'refused', 422: 'key of another order', 503: 'not now', other: 'anything else'};
const PARTICIPANTS = {inventory: 'MariaDB', orders: 'PostgreSQL', reports: 'MySQL'};
const COLORS = {p50: '--blue', p95: '--amber', p99: '--red', 200: '--green', 404: '--violet', 409: '--amber', 422: '--blue', 503: '--red', other: '--grey'};
const $ = id => document.getElementById(id);
const pause = millis => new Promise(done => setTimeout(done, millis));
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

/** Writes only what changes, so that a screen reader says it only then. */
function say(id, text) { if ($(id).textContent !== text) $(id).textContent = text; }

/** What is only read is waited for a moment; what is to be done, for as long as it takes. */
async function ask(path, options = {}) {
  const headers = {...options.headers};
  if (token.get() && options.operator) headers.Authorization = `Bearer ${token.get()}`;
  const signal = options.method === 'POST' ? undefined : AbortSignal.timeout(PATIENCE);
  const response = await fetch(path, {...options, headers, signal, cache: 'no-store'});
  const type = response.headers.get('Content-Type') || '';
  return {status: response.status, body: type.includes('json') ? await response.json() : null, header: name => response.headers.get(name)};
}

// ---- charts ---------------------------------------------------------------------------------------------------

const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
class Chart {
  /** Series are {name, label, limit}; one with a limit is that line, dashed. */
  constructor(host, series, y, legend) {
    Object.assign(this, {host, series, y, legend});
    this.data = [[], ...series.map(() => [])];
    this.draw();
    new ResizeObserver(() => this.plot.setSize({width: host.clientWidth, height: 220})).observe(host);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw());
  }
  draw() {
    this.plot?.destroy();
    const axis = {stroke: css('--soft'), grid: {stroke: css('--line'), width: 1}, ticks: {stroke: css('--line')}};
    this.plot = new uPlot({
      width: this.host.clientWidth, height: 220, legend: {show: this.legend},
      series: [{}, ...this.series.map(({name, label, limit}) => ({
        label: label || name, stroke: css(COLORS[name]), width: limit ? 1.5 : 2,
        ...(limit && {dash: [8, 5], points: {show: false}}),
      }))],
      axes: [axis, {...axis, size: 54}],
      scales: {x: {range: (u, min, max) => [Math.min(min ?? Infinity, (max ?? Date.now() / 1000) - 60), max ?? Date.now() / 1000]}, y: this.y}, // a minute at least
    }, this.data, this.host);
  }
  add(time, values) {
    this.data[0].push(time);
    this.series.forEach(({name, limit}, i) => this.data[i + 1].push(limit || values[name]));
    if (this.data[0].length > POINTS) this.data.forEach(series => series.shift());
    this.plot.setData(this.data);
  }
}
const latencyChart = new Chart($('latency-chart'),
  [...PERCENTILES.map(name => ({name})), ...Object.entries(SLO).map(([name, limit]) => ({name, limit, label: `${name} objective ${limit} ms`}))],
  {distr: 3, range: (u, min, max) => [min && min < 10 ? 1 : 10, max > 1000 ? 10 ** Math.ceil(Math.log10(max)) : 1000]}, true);
const rateChart = new Chart($('rate-chart'), Object.keys(OUTCOMES).map(name => ({name})),
  {range: (u, min, max) => [0, Math.max(10, (max || 0) * 1.1)]}, false);
$('rates').tBodies[0].append(...Object.entries(OUTCOMES).map(([name, words]) => el('tr', null, {},
  el('th', ` ${name === 'other' ? words : `${name} ${words}`}`, {scope: 'row'}),
  el('td', '–', {id: `rate-${name}`}), el('td', '0', {id: `total-${name}`}))));
for (const row of $('rates').tBodies[0].rows) {
  const name = row.cells[1].id.slice('rate-'.length);
  row.cells[0].prepend(el('span', null, {class: 'swatch', style: `background: var(${COLORS[name]})`}));
}

// ---- the overview ---------------------------------------------------------------------------------------------

// Behind the edge each poll may reach another middleware. Counts are compared with the same one's last, and what the
// page shows is what all of them say that were heard of lately.
const seen = new Map();
const totals = Object.fromEntries(Object.keys(OUTCOMES).map(name => [name, 0]));
let edge = '', latest = null, answered = performance.now();

function hear(overview) {
  const now = performance.now();
  const counts = {};
  for (const [status, n] of Object.entries(overview.orders)) {
    const name = status in OUTCOMES ? status : 'other';
    counts[name] = (counts[name] || 0) + n;
  }
  const last = seen.get(overview.instance);
  const time = Date.parse(overview.time);
  const heard = {...last, overview, at: now};
  seen.set(overview.instance, heard);
  const millis = last ? time - last.time : 0;
  if (last && millis >= 0 && millis < PERIOD / 2) return; // too short a while for a rate
  if (last && millis > 0) {
    heard.rate = {};
    for (const name in OUTCOMES) {
      const count = counts[name] || 0, before = last.counts[name] || 0;
      const more = count < before ? count : count - before; // it was started anew
      totals[name] += more;
      heard.rate[name] = more * 1000 / millis;
    }
  }
  Object.assign(heard, {time, counts});
}

const lately = () => [...seen.values()].filter(heard => performance.now() - heard.at < FORGOTTEN);

async function poll() {
  try {
    const {status, body, header} = await ask('overview');
    if (status !== 200) throw new Error(body?.detail || `the middleware answers ${status}`);
    answered = performance.now();
    edge = /^nginx/.test(header('Server') || '') ? 'nginx' : '';
    // Behind the edge it is on the administrative port, which this page does not know.
    $('hawtio').hidden = Boolean(edge);
    latest = body;
    hear(body);
    return true;
  } catch (error) {
    say('live', `no answer: ${error.name === 'TimeoutError' ? `none within ${PATIENCE / 1000} s` : error.message}`);
    $('live').className = 'down';
    return false;
  }
}

/** Whoever is behind the edge gets his turn: of two, each is asked by two questions. */
async function look() {
  if (!await poll() || edge && !await poll()) return;
  say('live', `live: ${lately().map(heard => heard.overview.instance).sort().join(', ')}${edge && ', through the edge'}`);
  $('live').className = '';
  show();
}

function showAge() {
  const old = Math.round((performance.now() - answered) / 1000);
  $('age').textContent = latest ? `figures ${old} s old` : '';
  $('main').classList.toggle('stale', old * 1000 > PATIENCE);
  if (latest) showTopology();
}

function figure(id, value, over) {
  $(id).textContent = value === null || value === undefined ? '–' : value;
  $(id).classList.toggle('over', Boolean(over));
}

function show() {
  const heard = lately(), time = Date.now() / 1000;
  const ms = {};
  for (const p of PERCENTILES) {
    ms[p] = Math.max(...heard.map(({overview}) => overview.latency[p])) || null;
    figure(p, ms[p] && `${Math.round(ms[p])} ms`, ms[p] > SLO[p]);
  }
  latencyChart.add(time, ms);
  const rated = heard.filter(({rate}) => rate);
  if (rated.length) {
    const sum = {};
    for (const name in OUTCOMES) {
      sum[name] = rated.reduce((all, {rate}) => all + rate[name], 0);
      figure(`rate-${name}`, round(sum[name]));
      figure(`total-${name}`, totals[name]);
    }
    figure('rate', round(sum[200]));
    rateChart.add(time, sum);
  }
  const sagas = latest.sagas;
  const states = Object.entries(sagas || {});
  figure('unfinished', sagas && states.reduce((n, [, count]) => n + count, 0), sagas?.parked);
  $('unfinished-states').textContent =
    !sagas ? 'the journal gives no answer' : states.map(([state, n]) => `${n} ${state}`).join(', ') || 'none';
  showTopology();
  showFailovers(latest.databases || []);
}
const round = rate => rate.toFixed(rate < 10 ? 1 : 0);

// ---- topology -------------------------------------------------------------------------------------------------

const BREAKER = {closed: ['up', 'answers'], half_open: ['probing', 'being tried'], open: ['down', 'gives no answer'], forced_open: ['down', 'switched off']};
const part = (id, state, name, words, ...more) => el('li', null, {class: state, id}, el('strong', name), ...more, el('small', words));
const parts = (label, ...items) => el('ul', null, {class: 'parts', 'aria-label': label}, ...items);
const arrow = () => el('p', '↓', {class: 'arrow', 'aria-hidden': 'true'});

let drawn = '';
function showTopology() {
  const heard = lately();
  const middlewares = [...seen.values()].map(one => [one.overview.instance, heard.includes(one)]).sort();
  const journalLost = heard.filter(({overview}) => !overview.sagas).map(({overview}) => overview.instance);
  const breakers = {};
  // Each middleware has breakers of its own: what the least content one thinks is shown.
  for (const id of Object.keys(latest.breakers)) {
    const states = (heard.length ? heard.map(({overview}) => overview) : [latest]).map(overview => overview.breakers[id]);
    breakers[id] = ['forced_open', 'open', 'half_open'].find(state => states.includes(state)) || states[0];
  }
  const key = JSON.stringify([edge, middlewares, journalLost, breakers, latest.databases]);
  if (key === drawn) return;
  drawn = key;
  const databases = Object.fromEntries((latest.databases || []).map(d => [d.engine, d]));
  $('topology').replaceChildren(
    el('div', null, {class: 'entry'},
      ...(edge ? [parts('edge', part('edge', 'up', 'edge', `${edge}, answers`)), arrow()] : []),
      parts('middlewares', ...middlewares.map(([name, up]) => part(`instance-${name}`, up ? 'up' : 'down', name, up ? 'answers' : 'gives no answer'))),
      arrow(),
      parts('journal', part('journal', journalLost.length ? 'down' : heard.length ? 'up' : 'unknown', 'saga journal',
        journalLost.length ? `gives ${journalLost.join(', ')} no answer` : heard.length ? 'answers' : 'not known'))),
    el('div', null, {class: 'participants'}, ...Object.entries(PARTICIPANTS).map(([participant, engine]) =>
      showParticipant(participant, engine, breakers, databases[engine.toLowerCase()]))));
}

function showParticipant(participant, engine, breakers, pair) {
  const id = engine.toLowerCase();
  const instances = ['a', 'b'].map(instance => {
    const [state, words] = BREAKER[breakers[`${participant}-${instance}`]] || ['unknown', 'not known'];
    return part(`${participant}-${instance}`, state, `${participant} ${instance.toUpperCase()}`, words);
  });
  const router = pair?.router;
  const routes = router?.leads_to?.length;
  const nodes = pair?.nodes
    ? pair.nodes.map(node => part(`${id}-${node.name}`, (node.reachable ? 'up' : 'down') + (node.role === 'primary' ? ' primary' : ''), `${engine} ${node.name}`,
        node.role === 'primary' ? node.reachable ? 'answers' : 'gives no answer' : node.role,
        ...(node.role === 'primary' ? [el('span', 'primary', {class: 'badge'})] : [])))
    : [part(id, pair ? 'down' : 'unknown', engine, pair ? 'its watchdog gives no answer' : 'one server')];
  return el('div', null, {class: 'participant'},
    el('h3', participant),
    parts(`instances of ${participant}`, ...instances),
    arrow(),
    ...(router ? [parts(`router of ${participant}`, part(`${id}-router`, routes ? 'up' : 'down', 'router',
      routes ? `leads to ${router.leads_to.join(' and ')}` : router.reachable ? 'leads to nobody' : 'gives no answer')), arrow()] : []),
    parts(`database of ${participant}`, ...nodes));
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

const randomKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, '0')).join('');
let orders = 0;
$('order').addEventListener('submit', async event => {
  event.preventDefault();
  const form = event.target, button = form.querySelector('button');
  const order = {product_id: Number(form.product_id.value), qty: Number(form.qty.value)};
  const begun = performance.now(), key = randomKey(), number = ++orders;
  let over = false;
  button.disabled = true;
  $('order-result').replaceChildren(el('p', 'The order is being placed …'));
  $('order-saga').replaceChildren();
  watch(key, () => over);
  try {
    const answer = await ask('orders', {method: 'POST', headers: {'Content-Type': 'application/json', 'Idempotency-Key': key}, body: JSON.stringify(order), operator: true});
    over = true;
    showOutcome(answer, Math.round(performance.now() - begun));
    follow(answer.header('Saga-Id') || answer.body?.saga_id, () => number === orders);
  } catch (error) {
    $('order-result').replaceChildren(el('p', `No answer: ${error.message}`, {class: 'failed'}));
  } finally {
    over = true;
    button.disabled = false;
  }
});

function showOutcome({status, body}, took) {
  const ok = status === 200;
  const steps = ok
    ? [`stock taken: ${body.stock.stock} of ${body.stock.name} left`, `order ${body.order.id} created`, `report ${body.report.id} written`, 'written down as completed, then answered']
    : [body?.detail || body?.title || 'refused', ...(body?.errors || []).map(e => `${e.field}: ${e.reason}`)];
  $('order-result').replaceChildren(
    el('p', `${status} after ${took} ms${ok ? '' : `: ${body?.title || ''}`}`, {class: ok ? 'ok' : 'failed'}),
    el('ol', null, {class: 'steps'}, ...steps.map(step => el('li', step, {class: ok ? 'ok' : 'failed'}))));
}

/** While an order has no answer, operators see its saga among the newest ones. */
async function watch(key, isOver) {
  while (token.get() && !isOver()) {
    const {status, body} = await ask('sagas?limit=20', {operator: true}).catch(() => ({status: 0}));
    const saga = status === 200 && body.items.find(item => item.key === key);
    if (saga && !isOver()) showSaga(saga);
    await pause(PERIOD / 2);
  }
}

/** Shows a saga until it has ended, or something else is to be shown. */
async function follow(id, isWanted) {
  if (!id) return;
  if (!token.get()) {
    $('order-saga').replaceChildren(el('p', null, {class: 'note'}, 'Saga ', el('code', id), ". Sign in with the operators' token to see its steps."));
    return;
  }
  for (let ended = false; !ended && isWanted(); ) {
    const {status, body} = await ask(`sagas/${id}`, {operator: true}).catch(() => ({status: 0}));
    if (status === 200 && isWanted()) showSaga(body);
    ended = status === 200 ? ['COMPLETED', 'COMPENSATED'].includes(body.state) : status >= 400 && status < 500;
    if (!ended) await pause(PERIOD);
  }
}

function showSaga(saga) {
  $('order-saga').replaceChildren(
    el('p', null, {class: 'note'}, 'Saga ', el('code', saga.id), `: ${STATES[saga.state]}`), history(saga));
}

// ---- sagas ----------------------------------------------------------------------------------------------------

const STATES = {RUNNING: 'running', COMPLETED: 'done', COMPENSATING: 'being undone', COMPENSATED: 'undone', PARKED: 'not undone, waits for an operator'};
const ACTIONS = {'release-stock': 'take-stock', 'cancel-order': 'create-order', 'cancel-report': 'write-report'};

/** What has become of a step. It is written down before it is called, so a running one has begun at the most. */
function stepWords(saga, step) {
  const undo = (step.compensation || 'nothing').replace(/^direct:(\/\/)?/, '');
  const action = ACTIONS[undo] || `step ${step.no}`;
  if (saga.state === 'RUNNING') return `${action}: begun`;
  if (saga.state === 'COMPLETED') return `${action}: done`;
  if (step.done || saga.state === 'COMPENSATED') return `${action}: undone by ${undo}`;
  if (!step.tries) return `${action}: to be undone by ${undo}`;
  return `${action}: ${undo} has failed ${step.tries === 1 ? 'once' : `${step.tries} times`}`;
}

function history(saga) {
  const failed = step => !step.done && step.last_error;
  return el('ol', null, {class: 'steps'}, ...saga.steps.map(step => el('li',
    stepWords(saga, step) + (failed(step) ? `, last: ${step.last_error}` : ''), {class: failed(step) ? 'failed' : ''})));
}

// A saga's row stays the same element for as long as it is there: whoever is on one of its buttons stays there.
const rows = new Map();
async function listSagas() {
  const hint = text => {
    $('sagas').hidden = Boolean(text);
    $('sagas-hint').hidden = !text;
    say('sagas-hint', text);
  };
  if (!token.get()) {
    rows.clear();
    $('sagas').tBodies[0].replaceChildren();
    return hint("Sign in with the operators' token to see the sagas.");
  }
  const state = $('saga-filter').state.value;
  const {status, body} = await ask(`sagas?limit=20${state ? `&state=${state}` : ''}`, {operator: true}).catch(() => ({status: 0}));
  if (status !== 200) return hint(status === 401 ? "The token is not the operators'." : body?.detail || 'The sagas can not be read now.');
  const listed = new Set(body.items.map(saga => saga.id));
  for (const [id, row] of rows) {
    if (listed.has(id)) continue;
    if (row.element.matches(':hover, :focus-within')) {
      // Somebody is at it: it stays, and goes on telling the truth.
      const found = await ask(`sagas/${id}`, {operator: true}).catch(() => ({status: 0}));
      if (found.status === 200) row.show(found.body);
    } else {
      row.element.remove();
      rows.delete(id);
    }
  }
  let next = null;
  for (const saga of [...body.items].reverse()) {
    if (!rows.has(saga.id)) {
      rows.set(saga.id, newRow(saga.id));
      $('sagas').tBodies[0].insertBefore(rows.get(saga.id).element, next);
    }
    rows.get(saga.id).show(saga);
    next = rows.get(saga.id).element;
  }
  hint(rows.size ? '' : 'None.');
}

function newRow(id) {
  const state = el('td'), begun = el('td'), reason = el('td');
  const summary = el('summary'), details = el('details', null, {}, summary, el('ol'));
  const retry = el('button', 'Retry', {type: 'button', 'aria-label': `Retry saga ${id}`});
  retry.addEventListener('click', () => retrySaga(id, retry));
  let shown = '';
  return {
    element: el('tr', null, {id: `saga-${id}`},
      el('td', null, {}, el('code', id.slice(0, 8), {title: id})), state, begun, el('td', null, {}, details), reason, el('td', null, {}, retry)),
    show(saga) {
      const text = JSON.stringify(saga);
      if (text === shown) return;
      shown = text;
      state.textContent = saga.state;
      state.className = `state ${saga.state}`;
      begun.textContent = new Date(saga.created_at).toLocaleTimeString();
      reason.textContent = saga.reason || '';
      summary.textContent = saga.steps.length;
      details.lastChild.replaceWith(history(saga));
      const retriable = ['PARKED', 'COMPENSATING'].includes(saga.state);
      if (!retriable && document.activeElement === retry) summary.focus();
      retry.hidden = !retriable;
    },
  };
}

async function retrySaga(id, button) {
  button.setAttribute('aria-disabled', 'true');
  const {status, body} = await ask(`sagas/${id}/retry`, {method: 'POST', operator: true}).catch(e => ({status: 0, body: {detail: e.message}}));
  button.removeAttribute('aria-disabled');
  $('sagas-message').textContent = status === 202 ? `Saga ${id} is tried again.` : body?.detail || `No: ${status}`;
  listSagas();
}

$('saga-filter').addEventListener('change', listSagas);
$('saga-filter').addEventListener('submit', event => event.preventDefault());

// ---- signing in -----------------------------------------------------------------------------------------------

function showSignedIn() { $('sign-in').textContent = token.get() ? 'Signed in' : 'Sign in'; }
$('sign-in').addEventListener('click', () => $('sign-in-dialog').showModal());
$('sign-in-dialog').addEventListener('close', () => {
  const form = $('sign-in-dialog').querySelector('form');
  if ($('sign-in-dialog').returnValue === 'ok') token.set(form.token.value.trim());
  form.token.value = '';
  showSignedIn();
  listSagas();
});

showSignedIn();
setInterval(showAge, PERIOD);
async function loop() {
  if (!document.hidden) await Promise.all([look(), listSagas()]);
  setTimeout(loop, PERIOD);
}
loop();
