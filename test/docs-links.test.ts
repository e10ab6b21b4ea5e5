import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';

const PAGES = ['README.md', 'SECURITY.md', 'CHANGELOG.md', ...readdirSync('docs').map((name) => `docs/${name}`)];

/** A page without its code, in which brackets are no links and `#` begins no heading. */
const prose = (page: string) => readFileSync(page, 'utf8').replace(/^( *)```.*?^ *```$/gms, '');

/** What GitHub makes of a heading, but for a number behind one that comes again. */
const anchorOf = (heading: string) =>
  heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');

const anchorsOf = (page: string) => [...prose(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));

/** The links of a page into this repository. */
const linksOf = (page: string) =>
  [
    ...prose(page)
      .replace(/`[^`\n]*`/g, '')
      .matchAll(/\]\((?!https?:)([^)\s]+)\)/g),
  ].map(([, target = '']) => target);

test.each(PAGES.map((page) => ({ page })))('what $page links to is there', ({ page }) => {
  const broken = linksOf(page).filter((link) => {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : join(dirname(page), path);
    return !existsSync(target) || (anchor !== undefined && !anchorsOf(target).includes(anchor));
  });
  expect(broken).toEqual([]);
});

test('every page of docs/ is found from the README', () => {
  const linked = linksOf('README.md').map((link) => link.split('#')[0]);
  expect(PAGES.filter((page) => page !== 'README.md' && !linked.includes(page))).toEqual([]);
});
