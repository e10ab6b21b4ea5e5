import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readDirectorySecret } from '../../lambdas/auth/directory-secret.ts';
import { changeDirectorySecret } from '../../lambdas/auth/secret-changes.ts';
import { deleteDirectorySecret } from '../../lambdas/auth/secret-life.ts';
import { findToken } from '../../lambdas/auth/token.ts';
import { markDeleting } from '../../lambdas/store/directories.ts';
import { createDirectory } from '../../lib/operator/directories.ts';
import { scopeOf } from '../../lib/operator/rows.ts';
import { createToken, listTokens, revokeToken, rotateToken } from '../../lib/operator/tokens.ts';
import { type TestDeployment, testDeployment } from '../support/deployment.ts';

const DAY_MS = 86_400_000;

let deployment: TestDeployment;
let first: string;
beforeEach(async () => {
  deployment = await testDeployment();
  first = (await createDirectory(deployment, { name: 'Acme', token: { label: 'okta' } })).token;
});
afterEach(async () => deployment[Symbol.asyncDispose]());

/** Whether a token is good some milliseconds from now. */
const isGood = async (token: string, later = 0) =>
  findToken((await readDirectorySecret(deployment.secrets, 'acme'))?.tokens ?? [], token, new Date(Date.now() + later)) !== undefined;
const secretOf = () => readDirectorySecret(deployment.secrets, 'acme');

describe('a token that is made', () => {
  test('is good beside the others, with its label, scope and end', async () => {
    const { token, view } = await createToken(deployment, 'acme', { label: 'backend', scope: 'application', lifetime: 90 * DAY_MS });
    expect(view).toMatchObject({ label: 'backend', scopes: ['application'], state: 'live' });
    expect(Date.parse(view.expiresAt ?? '') - Date.parse(view.createdAt)).toBe(90 * DAY_MS);
    expect([await isGood(first), await isGood(token), await isGood(token, 91 * DAY_MS)]).toEqual([true, true, false]);
    expect(view).not.toHaveProperty('sha256');
  });

  test('is not lost, nor is any other, where forty are made at once', async () => {
    const made = await Promise.all(Array.from({ length: 40 }, (_, i) => createToken(deployment, 'acme', { label: `token ${i}` })));
    expect(await listTokens(deployment, 'acme')).toHaveLength(41);
    for (const { token } of [...made, { token: first }]) expect(await isGood(token)).toBe(true);
  });

  test('brings back a directory whose secret is gone, with the settings of its row', async () => {
    await deleteDirectorySecret(deployment.secrets, 'acme', { recoveryDays: 0 });
    await expect(listTokens(deployment, 'acme')).rejects.toThrow('the secret of acme is gone');
    const { token } = await createToken(deployment, 'acme');
    expect(await isGood(token)).toBe(true);
    expect(await secretOf()).toMatchObject({ settings: { uniqueGroupNames: false }, sealKey: expect.any(String) });
  });

  test('is refused for a directory that is being deleted or is not there, and for a label that is none', async () => {
    await expect(createToken(deployment, 'globex')).rejects.toThrow('there is no directory globex');
    await expect(createToken(deployment, 'acme', { label: 'a\nb' })).rejects.toThrow('label: expected 1 to 200 characters');
    await markDeleting(deployment.table, scopeOf('acme'), new Date());
    for (const act of [
      () => createToken(deployment, 'acme'),
      () => rotateToken(deployment, 'acme'),
      () => revokeToken(deployment, 'acme', 'okta'),
    ])
      await expect(act()).rejects.toThrow('acme is being deleted');
  });
});

describe('a token that is named', () => {
  test('is so by its label before another one whose id begins so, and by no less than 8 characters of an id', async () => {
    const [okta] = await listTokens(deployment, 'acme');
    const beginning = okta?.id.slice(0, 8) ?? '';
    await expect(revokeToken(deployment, 'acme', beginning.slice(0, 7))).rejects.toThrow('acme has no token');
    await createToken(deployment, 'acme', { label: beginning });
    expect((await revokeToken(deployment, 'acme', beginning)).revoked.label).toBe(beginning);
    expect((await revokeToken(deployment, 'acme', beginning)).revoked.label).toBe('okta');
  });

  test('is the live one of those that are called so', async () => {
    await rotateToken(deployment, 'acme', { token: 'okta', overlap: 1 });
    const again = await rotateToken(deployment, 'acme', { token: 'okta' });
    expect(again.old.state).toBe('expired');
    expect((await listTokens(deployment, 'acme')).filter(({ state }) => state === 'live')).toMatchObject([{ id: again.view.id }]);
  });
});

describe('a secret that is gone', () => {
  test('is made by one of ten who make a token at once, and holds those of all', async () => {
    await deleteDirectorySecret(deployment.secrets, 'acme', { recoveryDays: 0 });
    const made = await Promise.all(Array.from({ length: 10 }, () => createToken(deployment, 'acme')));
    for (const { token } of made) expect(await isGood(token)).toBe(true);
  });

  test('and could be restored is not replaced: the error says how to have it back, and how to have it gone', async () => {
    await deleteDirectorySecret(deployment.secrets, 'acme', { recoveryDays: 7 });
    const failing = createToken(deployment, 'acme');
    await expect(failing).rejects.toThrow(
      /^Secrets Manager holds the name .* until about \d{4}-.*restore-secret.*--force-delete-without-recovery/,
    );
    await expect(failing).rejects.toHaveProperty('name', 'OperatorError');
  });
});

describe('a rotation', () => {
  test('ends the old token at once, and the new one has its label and scopes', async () => {
    const { token, view, old } = await rotateToken(deployment, 'acme');
    expect([await isGood(first), await isGood(token)]).toEqual([false, true]);
    expect(view).toMatchObject({ label: 'okta', scopes: ['provision'] });
    expect(view.expiresAt).toBeUndefined();
    expect(old.state).toBe('expired');
    expect(await listTokens(deployment, 'acme')).toHaveLength(1);
  });

  test('with an overlap leaves both good until it is over', async () => {
    const { token } = await rotateToken(deployment, 'acme', { overlap: DAY_MS });
    expect([await isGood(first), await isGood(token)]).toEqual([true, true]);
    expect([await isGood(first, DAY_MS), await isGood(token, DAY_MS)]).toEqual([false, true]);
  });

  test('does not lengthen the life of the old token, and gives the new one as long a life', async () => {
    const short = await createToken(deployment, 'acme', { label: 'short', lifetime: DAY_MS });
    const { view, old } = await rotateToken(deployment, 'acme', { token: 'short', overlap: 30 * DAY_MS });
    expect(old.expiresAt).toBe(short.view.expiresAt);
    expect(Date.parse(view.expiresAt ?? '') - Date.parse(view.createdAt)).toBe(DAY_MS);
    const own = await rotateToken(deployment, 'acme', { token: view.id, lifetime: 2 * DAY_MS });
    expect(Date.parse(own.view.expiresAt ?? '') - Date.parse(own.view.createdAt)).toBe(2 * DAY_MS);
  });

  test('wants to know which token where several are live, and names them', async () => {
    const { view } = await createToken(deployment, 'acme', { label: 'backend' });
    await expect(rotateToken(deployment, 'acme')).rejects.toThrow(`${view.id} (backend, provision)`);
    const byStart = await rotateToken(deployment, 'acme', { token: view.id.slice(0, 8) });
    expect(byStart.old.id).toBe(view.id);
    await rotateToken(deployment, 'acme', { token: 'backend' });
    await createToken(deployment, 'acme', { label: 'backend' });
    await expect(rotateToken(deployment, 'acme', { token: 'backend' })).rejects.toThrow('2 tokens of acme are meant by "backend"');
    await expect(rotateToken(deployment, 'acme', { token: 'nothing' })).rejects.toThrow('acme has no token "nothing"');
    await expect(rotateToken(deployment, 'acme', { token: '' })).rejects.toThrow('acme has no token ""');
  });

  test('of a directory without a live token says what helps', async () => {
    const [only] = await listTokens(deployment, 'acme');
    await revokeToken(deployment, 'acme', only?.id ?? '');
    await expect(rotateToken(deployment, 'acme')).rejects.toThrow('acme has no live token: token create acme makes one');
  });

  test('leaves what another version of the service keeps in the secret', async () => {
    await changeDirectorySecret(
      deployment.secrets,
      'acme',
      (secret) => ({ ...secret, oauth: { issuer: 'https://idp.example' } }) as typeof secret,
    );
    const before = await secretOf();
    await rotateToken(deployment, 'acme');
    expect(await secretOf()).toMatchObject({ oauth: { issuer: 'https://idp.example' }, sealKey: before?.sealKey });
  });
});

test('a revoked token is gone, and how many are left is told', async () => {
  await createToken(deployment, 'acme', { label: 'backend' });
  expect(await revokeToken(deployment, 'acme', 'okta')).toMatchObject({ revoked: { label: 'okta' }, live: 1 });
  expect(await isGood(first)).toBe(false);
  expect(await revokeToken(deployment, 'acme', 'backend')).toMatchObject({ live: 0 });
  await expect(revokeToken(deployment, 'acme', 'backend')).rejects.toThrow('acme has no token "backend"');
});

test('an expired token is listed for thirty days', async () => {
  const expired = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();
  await changeDirectorySecret(deployment.secrets, 'acme', (secret) => ({
    ...secret,
    tokens: [29, 31].flatMap((days) =>
      secret.tokens.map((token) => ({ ...token, id: `${days}`, label: `${days}`, expiresAt: expired(days) })),
    ),
  }));
  await createToken(deployment, 'acme', { label: 'new' });
  const tokens = await listTokens(deployment, 'acme');
  expect(tokens.map(({ label, state }) => [label, state])).toEqual([
    ['29', 'expired'],
    ['new', 'live'],
  ]);
});
