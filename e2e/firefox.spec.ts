import { existsSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { launch, type Page } from 'puppeteer-core';
import { captures } from './page';

const firefox = process.env['FIREFOX_PATH'] ?? '/usr/bin/firefox-esr';

/** What the element with this role and name says. */
const textOf = (page: Page, selector: string): Promise<string> => page.$eval(selector, (element) => element.textContent);

// Playwright brings a Firefox of its own that cannot be had everywhere: the distribution's one is driven over WebDriver BiDi.
test('the journey of a newcomer works in Firefox too', async ({ baseURL }) => {
  test.setTimeout(120_000);
  expect(existsSync(firefox), `${firefox} is installed`).toBe(true);
  const browser = await launch({ browser: 'firefox', executablePath: firefox, headless: true });
  try {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    await page.setViewport({ width: 1280, height: 800 });
    await page.goto(String(baseURL));
    const input = await page.waitForSelector('input[type=file]');
    await (input as unknown as { uploadFile: (path: string) => Promise<void> }).uploadFile(captures.epipe);
    const status = '[role=status][aria-label="Capture status"]';
    await page.waitForFunction((at) => document.querySelector(at)?.textContent.includes('Indexed in') === true, {}, status);
    expect(await textOf(page, status)).toContain('17,796 of 17,796 events');

    // Go to the accept, follow its conversation, and come back.
    await page.keyboard.press('g');
    await page.waitForSelector('dialog input');
    await page.keyboard.type('14107');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-evt-num="14106"][aria-selected="true"]');
    await page.focus('[role=grid]');
    await page.keyboard.press('Enter');
    await page.waitForSelector('::-p-aria(Conversation)');
    await page.waitForSelector('[data-evt-num="14121"]');
    expect(await textOf(page, '[data-evt-num="14121"]')).toContain('EPIPE');
    await page.keyboard.press('Backspace');
    await page.waitForSelector('[data-evt-num="14106"][aria-selected="true"]');
    expect(problems).toEqual([]);
  } finally {
    await browser.close();
  }
});
