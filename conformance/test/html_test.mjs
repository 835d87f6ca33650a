#!/usr/bin/env node
// The report as a page, in headless Chromium, driven by the WebDriver protocol: it opens without errors and without the network, its
// matrix has its rows, a click on a red cell shows its timeline; on a phone, nothing but the tables scrolls sideways.
// Usage: html_test.mjs LAWFUL CHROMEDRIVER [FOLDER for screenshots]
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const [lawful, chromedriver, screenshots] = process.argv.slice(2);
const work = mkdtempSync(join(tmpdir(), 'lawful-html-'));
const port = 9515 + (process.pid % 2000);
const driver = spawn(chromedriver, [`--port=${port}`], { stdio: 'ignore' });
let session;
const check = (what, holds) => {
  if (!holds) throw new Error(`FAILED: ${what}`);
  console.log(`ok: ${what}`);
};

async function command(method, path, body) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, body: body && JSON.stringify(body) });
  const { value } = await response.json();
  if (value && value.error) throw new Error(`${path}: ${value.message}`);
  return value;
}
const script = (text, ...args) => command('POST', `/session/${session}/execute/sync`, { script: text, args });
const resize = (width, height) => command('POST', `/session/${session}/goog/cdp/execute`, {
  cmd: 'Emulation.setDeviceMetricsOverride', params: { width, height, deviceScaleFactor: 1, mobile: width < 600 } });
async function picture(name) {
  if (!screenshots) return;
  writeFileSync(join(screenshots, `${name}.png`), Buffer.from(await command('GET', `/session/${session}/screenshot`), 'base64'));
}

try {
  const page = join(work, 'report.html');
  // A page with all that can be on it: green, red, blocked, unsupported, not owed.
  try {
    execFileSync(lawful, ['check', 'deterministic', 'tbb', 'mutant:timer-lost', 'mutant:gather-in-completion-order', '--programs', '40', '--html', page], { stdio: 'ignore' });
  } catch (error) {
    if (error.status !== 1) throw error;
  }
  const rules = execFileSync(lawful, ['rules', '--json'], { maxBuffer: 1 << 26 }).toString().split('"rule":').length - 1;

  for (let i = 0; ; ++i) {
    try {
      const status = await command('GET', '/status');
      if (status.ready) break;
    } catch (error) {
      if (i > 100) throw error;
    }
    await pause(100);
  }
  const args = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--hide-scrollbars', `--user-data-dir=${join(work, 'profile')}`];
  const made = await command('POST', '/session', {
    capabilities: { alwaysMatch: { 'goog:chromeOptions': { args }, 'goog:loggingPrefs': { browser: 'ALL', performance: 'ALL' } } } });
  session = made.sessionId;

  await resize(1440, 1000);
  await command('POST', `/session/${session}/url`, { url: `file://${page}` });
  const log = await command('POST', `/session/${session}/se/log`, { type: 'browser' });
  check('it opens without errors', log.length === 0);
  const traffic = await command('POST', `/session/${session}/se/log`, { type: 'performance' });
  const asked = traffic.map((one) => JSON.parse(one.message).message).filter((one) => one.method === 'Network.requestWillBeSent')
    .map((one) => one.params.request.url).filter((url) => !url.startsWith('file:') && !url.startsWith('data:') && !url.startsWith('chrome'));
  check('it asks nothing of the network', asked.length === 0);
  check(`its matrix has a row for each of the ${rules} rules`, (await script('return document.querySelectorAll("details tbody tr").length')) === rules);
  check('each row has a cell for each subject', await script('return [...document.querySelectorAll("details.chapter tbody tr")].every(row => row.cells.length === 5)'));
  check('no evidence is shown before anybody asks', await script('return [...document.querySelectorAll("section.evidence")].every(one => one.offsetHeight === 0)'));
  check('every cell leads somewhere', await script('return [...document.querySelectorAll("a.cell")].every(one => document.getElementById(one.hash.slice(1)))'));
  check('every red cell has its evidence', await script('return [...document.querySelectorAll("tbody a.cell.bad")].every(one => one.hash.startsWith("#e"))'));
  check('every other cell leads to its rule', await script('return [...document.querySelectorAll("details a.cell.good")].every(one => one.hash.startsWith("#r-"))'));
  await picture('matrix-1440');

  const red = await command('POST', `/session/${session}/element`, { using: 'css selector', value: 'a.cell.bad' });
  await command('POST', `/session/${session}/element/${Object.values(red)[0]}/click`, {});
  check('a click on a red cell shows its timeline', await script(
    'const shown = document.querySelector("section.evidence:target"); return shown !== null && shown.querySelector("svg.timeline").getBoundingClientRect().height > 50'));
  check('and nothing else\'s', (await script('return [...document.querySelectorAll("section.evidence")].filter(one => one.offsetHeight > 0).length')) === 1);
  check('the timeline marks where the violation shows', (await script('return document.querySelectorAll("section.evidence:target svg .here").length')) > 0);
  check('the replay line is there', await script('return document.querySelector("section.evidence:target").textContent.includes("lawful check mutant:")'));
  await picture('evidence-1440');

  await resize(390, 844);
  check('on a phone the page itself does not scroll sideways', await script('return document.documentElement.scrollWidth <= 390'));
  await picture('evidence-390');
  await script('location.hash = "matrix"');
  await picture('matrix-390');
  check('still without errors', (await command('POST', `/session/${session}/se/log`, { type: 'browser' })).length === 0);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  if (session) await command('DELETE', `/session/${session}`).catch(() => {});
  driver.kill();
  await pause(300);
  rmSync(work, { recursive: true, force: true });
}
