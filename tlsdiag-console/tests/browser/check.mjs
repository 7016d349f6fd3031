// Looks at the pages in Chromium: nothing is refused or reported by the browser, axe finds no fault, what attacks does nothing, and what
// the scripts do is done. `node check.mjs FOLDER CHROMIUM`, where FOLDER/pages has the pages and the policy.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const [folder, executablePath] = process.argv.slice(2);
const pages = path.join(folder, 'pages');
const policy = fs.readFileSync(path.join(pages, 'policy'), 'utf8');
const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const names = fs.readdirSync(pages).filter((name) => name.endsWith('.html'));

const faults = [];
const fault = (...words) => { faults.push(words.join(' ')); };
const check = (is, ...words) => { if (!is) fault(...words); };

// A server of the pages; what "/" shows can be changed, and who listens is told.
let front = 'healthy-mutual-1.3-server.html';
let answers = true;
const listeners = new Set();
const server = http.createServer((request, response) => {
  if (!answers) { request.socket.destroy(); return; }
  if (request.url === '/events') {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('retry: 300\n\n');
    listeners.add(response);
    response.on('close', () => listeners.delete(response));
    return;
  }
  const name = request.url === '/' ? front : decodeURIComponent(request.url.slice(1));
  if (!names.includes(name)) { response.writeHead(404).end(); return; }
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy });
  response.end(fs.readFileSync(path.join(pages, name)));
});
await new Promise((done) => { server.listen(0, '127.0.0.1', done); });
const base = `http://127.0.0.1:${server.address().port}`;
const change = () => { for (const listener of listeners) listener.write('event: changed\ndata: \n\n'); };

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });

// A page of the browser of which everything that goes wrong is noted.
const open = async (options, expected = []) => {
  const context = await browser.newContext(options);
  await context.addInitScript(() => {
    window.refused = [];
    document.addEventListener('securitypolicyviolation', (event) => window.refused.push(event.violatedDirective + ' ' + event.blockedURI));
  });
  const page = await context.newPage();
  page.on('dialog', (dialog) => { fault(page.url(), 'opens a dialog:', dialog.message()); dialog.dismiss(); });
  page.on('pageerror', (error) => fault(page.url(), error));
  page.on('console', (message) => {
    const isExpected = expected.some((words) => message.text().includes(words));
    if (message.type() === 'error' && !isExpected) fault(page.url(), message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(base) && !request.url().startsWith('data:')) fault('asks for', request.url());
  });
  return page;
};

const looks = async (page, name) => {
  await page.goto(`${base}/${name}`);
  await page.evaluate(() => document.querySelectorAll('details').forEach((one) => { one.open = true; }));
  await page.evaluate(axe);
  const result = await page.evaluate(() => axe.run(document, { resultTypes: ['violations'] }));
  for (const one of result.violations) {
    fault(name, 'axe:', one.id, one.nodes.length, one.nodes[0].html.slice(0, 200), one.nodes[0].failureSummary);
  }
  const refused = await page.evaluate(() => window.refused);
  check(refused.length === 0, name, 'is refused', refused);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  check(wide <= 0, name, 'scrolls sideways by', wide);
  const strange = await page.evaluate(() => document.querySelectorAll('img, script[src], [onerror], [onclick]').length);
  check(strange === 0, name, 'has', strange, 'strange elements');
};

const wide = { width: 1400, height: 1000 };
const narrow = { width: 390, height: 844 };
for (const [scheme, viewport] of [['light', wide], ['dark', narrow]]) {
  const page = await open({ colorScheme: scheme, viewport });
  const some = viewport === wide ? names : names.filter((name) => !name.startsWith('own-'));
  for (const name of some) await looks(page, name);
  await page.context().close();
}

// Pictures to be looked at.
const pictures = [
  ['light', { colorScheme: 'light', viewport: wide }],
  ['dark', { colorScheme: 'dark', viewport: wide }],
  ['narrow', { colorScheme: 'light', viewport: narrow }],
  ['forced-colors', { forcedColors: 'active', viewport: wide }],
];
for (const [kind, options] of pictures) {
  const page = await open(options);
  await page.goto(`${base}/card-refuses-pss-1.2-server.html`);
  await page.screenshot({ path: path.join(folder, `${kind}.png`), fullPage: true });
  await page.context().close();
}
{
  const page = await open({ viewport: wide });
  await page.emulateMedia({ media: 'print' });
  await page.goto(`${base}/card-refuses-pss-1.2-server.html`);
  await page.screenshot({ path: path.join(folder, 'print.png'), fullPage: true });
  check(!await page.locator('nav').isVisible(), 'the clients are printed');
  await page.context().close();
}

// Copy, and the keyboard.
{
  const page = await open({ viewport: wide, permissions: ['clipboard-read', 'clipboard-write'] });
  await page.goto(`${base}/card-refuses-pss-1.2-server.html`);
  const button = page.locator('.copy:visible').first();
  const text = await page.locator(`#${await button.getAttribute('data-copy')}`).textContent();
  await button.click();
  await page.getByRole('button', { name: 'Copied' }).waitFor();
  check(await page.evaluate(() => navigator.clipboard.readText()) === text, 'what is copied is another text');
  await page.goto(`${base}/card-refuses-pss-1.2-server.html`);
  await page.keyboard.press('Tab');
  check(await page.evaluate(() => document.activeElement.className) === 'skip', 'the first thing that is reached is another');
  await page.locator('.tabs input').first().focus();
  await page.keyboard.press('ArrowRight');
  check(await page.locator('.tabs input').nth(1).isChecked(), 'an arrow does not choose');
  check(await page.locator('.pane').nth(1).isVisible() && !await page.locator('.pane').nth(0).isVisible(), 'the wrong pane is shown');
  await page.locator('.evidence a').first().click();
  const target = new URL(page.url()).hash;
  check(await page.evaluate((id) => document.querySelector(id).matches(':target'), target), 'evidence leads nowhere');
  await page.context().close();
}

// Without scripts everything can be read, and nothing is offered that does nothing.
{
  const page = await open({ viewport: wide, javaScriptEnabled: false });
  await page.goto(`${base}/card-refuses-pss-1.2-server.html`);
  check(await page.locator('.copy:visible').count() === 0, 'Copy is offered without a script');
  await page.locator('.tabs label').nth(1).click();
  check(await page.locator('.pane').nth(1).isVisible(), 'a program cannot be chosen without a script');
  await page.context().close();
}

// The page that follows: what is new comes, and what the reader did stays.
{
  const page = await open({ viewport: wide }, ['ERR_EMPTY_RESPONSE', 'ERR_CONNECTION', 'ERR_INCOMPLETE']);
  await page.goto(`${base}/`);
  const live = page.locator('#live');
  const says = (words) => page.waitForFunction((words) => document.getElementById('live').textContent === words, words);
  const verdict = (words) => page.waitForFunction((words) => document.querySelector('#shown h1').textContent.includes(words), words);
  await says('live');
  // The page is asked for once more when the listening begins: what came in between is not missed.
  await page.locator('#json > summary').click();
  await page.locator('#json > summary').focus();
  await page.evaluate(() => scrollTo(0, 300));
  front = 'card-refuses-pss-1.2-server.html';
  const since = Date.now();
  change();
  await verdict('cannot sign RSA-PSS');
  console.log(`a new verdict is shown ${Date.now() - since} ms after the server says so`);
  check((await page.title()).startsWith('✕ sigalg.signer_refused'), 'the title is', await page.title());
  check((await page.locator('#news').textContent()).includes('cannot sign RSA-PSS'), 'the verdict is not announced');
  check(await page.locator('#json').evaluate((one) => one.open), 'what was opened is closed');
  check(await page.evaluate(() => document.activeElement.parentElement.id) === 'json', 'the focus is lost');
  check(await page.evaluate(() => scrollY) === 300, 'the page jumps to', await page.evaluate(() => scrollY));
  await page.locator('.tabs label', { hasText: 'apache' }).click();
  front = 'card-refuses-pss-1.3-client.html';
  change();
  await page.waitForFunction(() => document.querySelector('.facts').textContent.includes('TLS 1.3'));
  check(await page.locator('.tabs input:checked').first().getAttribute('value') === 'apache', 'the program is forgotten');
  // Nobody answers for a while.
  answers = false;
  for (const listener of listeners) listener.destroy();
  await says('not connected');
  check(await live.getAttribute('class') === 'off', 'the sign is', await live.getAttribute('class'));
  front = 'healthy-mutual-1.3-server.html';
  answers = true;
  await says('live');
  await verdict('The handshake worked');
  // A page of one handshake stays that one's.
  await page.goto(`${base}/client-cert-expired-1.2-server.html`);
  await says('live');
  await page.context().close();
}

await browser.close();
server.closeAllConnections();
server.close();
for (const one of faults) console.log(`✕ ${one}`);
console.log(`${names.length} pages, ${faults.length} faults`);
process.exit(faults.length === 0 ? 0 : 1);
