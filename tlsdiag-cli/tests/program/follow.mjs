// The console in Chromium: a line for each handshake that comes up, with its number and the time when it was on the screen, in milliseconds
// since 1970. `node follow.mjs ADDRESS CHROMIUM`; it ends when its input does.
import { chromium } from 'playwright-core';

const [address, executablePath] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
const page = await browser.newPage();
page.on('pageerror', (error) => console.log('fault', String(error)));
page.on('console', (message) => message.type() === 'error' && console.log('fault', message.text()));
await page.exposeFunction('tell', (number, at, verdict) => console.log('shown', number, at, verdict));
await page.addInitScript(() => {
  let last = null;
  const look = () => {
    const number = document.querySelector('#shown a[href$=".json"]')?.getAttribute('href').match(/[0-9]+/)[0];
    if (number === undefined || number === last) return;
    last = number;
    const verdict = document.querySelector('#shown .pill')?.textContent ?? '';
    // It is on the screen when the next frame begins.
    requestAnimationFrame(() => window.tell(number, Date.now(), verdict));
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true });
});
await page.goto(address);
await page.waitForFunction(() => document.getElementById('live').textContent === 'live');
console.log('ready');
process.stdin.on('end', async () => { await browser.close(); process.exit(0); });
process.stdin.resume();
