import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SecretsManager as Client } from '@aws-sdk/client-secrets-manager';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type SecretsManager, startSecretsManager } from '../../../lib/local/secrets-manager.ts';
import { LOCAL_CREDENTIALS } from '../../../lib/local/table.ts';
import { temporaryFolder } from '../../support/npm-start.ts';

const DAY = 24 * 60 * 60 * 1_000;
const folder = temporaryFolder();
const file = join(folder, 'secrets.json');

let server: SecretsManager;
let client: Client;
let time: number;
const start = async () => {
  server = await startSecretsManager(file, () => time);
  client = new Client({ ...LOCAL_CREDENTIALS, endpoint: server.endpoint, maxAttempts: 1 });
};
const stop = async () => {
  client.destroy();
  await server[Symbol.asyncDispose]();
};
beforeEach(async () => {
  time = Date.UTC(2026, 0, 1);
  await start();
});
afterEach(async () => {
  await stop();
  rmSync(file, { force: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

const [first, second, third] = ['first', 'second', 'third'].map((name) => name.padEnd(32, '.')) as [string, string, string];
const Name = 'rollcall/acme';
const SecretId = Name;
const create = (ClientRequestToken = first, SecretString = 'one') => client.createSecret({ Name, SecretString, ClientRequestToken });
const put = (ClientRequestToken: string, SecretString: string, VersionStages?: string[]) =>
  client.putSecretValue({ SecretId, ClientRequestToken, SecretString, VersionStages });
const move = (VersionStage: string, RemoveFromVersionId?: string, MoveToVersionId?: string) =>
  client.updateSecretVersionStage({ SecretId, VersionStage, RemoveFromVersionId, MoveToVersionId });
const stages = async () => (await client.describeSecret({ SecretId })).VersionIdsToStages;
const value = async (which: { VersionId?: string; VersionStage?: string } = {}) =>
  (await client.getSecretValue({ SecretId, ...which })).SecretString;
const refusedAs = (name: string, message = /./) => ({ name, message: expect.stringMatching(message) });

describe('versions and their labels', () => {
  beforeEach(async () => void (await create()));

  test('a new value has AWSCURRENT, the one before AWSPREVIOUS, and older ones are not to be seen', async () => {
    await put(second, 'two');
    expect(await stages()).toEqual({ [first]: ['AWSPREVIOUS'], [second]: ['AWSCURRENT'] });
    await put(third, 'three');
    expect(await stages()).toEqual({ [second]: ['AWSPREVIOUS'], [third]: ['AWSCURRENT'] });
    expect(await value()).toBe('three');
    expect(await value({ VersionStage: 'AWSPREVIOUS' })).toBe('two');
    expect(await value({ VersionId: second })).toBe('two');
    expect(await value({ VersionId: second, VersionStage: 'AWSPREVIOUS' })).toBe('two');
  });

  test.each([
    { which: { VersionId: third } },
    { which: { VersionStage: 'AWSPENDING' } },
    { which: { VersionId: first, VersionStage: 'AWSPREVIOUS' } },
  ])('there is no version $which', async ({ which }) => {
    await expect(value(which)).rejects.toMatchObject(refusedAs('ResourceNotFoundException'));
  });

  test('a value under a private label is not current until AWSCURRENT is moved to it', async () => {
    await put(second, 'two', ['private']);
    expect(await value()).toBe('one');
    expect(await value({ VersionStage: 'private' })).toBe('two');
    await move('AWSCURRENT', first, second);
    expect(await value()).toBe('two');
    expect(await stages()).toEqual({ [first]: ['AWSPREVIOUS'], [second]: ['private', 'AWSCURRENT'] });
    await move('private', second);
    expect(await stages()).toEqual({ [first]: ['AWSPREVIOUS'], [second]: ['AWSCURRENT'] });
  });

  test('a private label that is put on another version leaves the first', async () => {
    await put(second, 'two', ['private']);
    await put(third, 'three', ['private']);
    expect(await stages()).toEqual({ [first]: ['AWSCURRENT'], [third]: ['private'] });
  });

  test.each([
    { what: 'from a version that does not have it', args: ['AWSCURRENT', second, second] },
    { what: 'without telling from where', args: ['AWSCURRENT', undefined, second] },
    { what: 'away without another place for it', args: ['AWSCURRENT', first] },
    { what: 'that is not there', args: ['other', first] },
    { what: 'from nowhere to nowhere', args: ['private'] },
  ] as const)('AWSCURRENT or another label is not moved $what', async ({ args: [stage, from, to] }) => {
    await put(second, 'two', ['private']);
    const before = await stages();
    await expect(move(stage, from, to)).rejects.toMatchObject(refusedAs('InvalidParameterException'));
    expect(await stages()).toEqual(before);
  });

  test('a label is not moved to a version that is not there', async () => {
    await expect(move('AWSCURRENT', first, third)).rejects.toMatchObject(refusedAs('ResourceNotFoundException'));
  });

  test('the same value with the same token again changes nothing, another value is refused', async () => {
    await put(second, 'two', ['private']);
    expect(await put(second, 'two', ['AWSCURRENT'])).toMatchObject({ VersionId: second, VersionStages: ['private'] });
    await expect(put(second, 'other')).rejects.toMatchObject(refusedAs('ResourceExistsException'));
    expect(await value()).toBe('one');
  });

  test('there are twenty labels at most', async () => {
    for (let i = 1; i < 20; i++) await put(randomUUID(), 'two', [`private${i}`]);
    await expect(put(second, 'two', ['private20'])).rejects.toMatchObject(refusedAs('LimitExceededException'));
    await expect(value({ VersionId: second })).rejects.toMatchObject(refusedAs('ResourceNotFoundException'));
  });

  test('there are a hundred versions at most, with labels or without, and none is removed before it is a day old', async () => {
    for (let i = 1; i < 100; i++) {
      time += 1_000;
      await put(randomUUID(), `${i}`);
    }
    time += DAY - 99_000;
    const another = () => put(randomUUID(), 'two', ['private']);
    time -= 1;
    await expect(another()).rejects.toMatchObject(refusedAs('LimitExceededException', /100 versions/));
    expect(await value()).toBe('99');
    time += 1;
    await another();
    await expect(another()).rejects.toMatchObject(refusedAs('LimitExceededException'));
    time += 1_000;
    await another();
    expect(await value()).toBe('99');
  });

  test('of a version without a label the value is forgotten: nothing reads it or makes it current', async () => {
    await put(second, 'two');
    await put(third, 'three');
    await expect(value({ VersionId: first })).rejects.toMatchObject(refusedAs('ResourceNotFoundException'));
    await expect(move('AWSCURRENT', third, first)).rejects.toMatchObject(refusedAs('ResourceNotFoundException'));
    expect(await put(first, 'one')).toMatchObject({ VersionId: first });
    expect(await stages()).toEqual({ [second]: ['AWSPREVIOUS'], [third]: ['AWSCURRENT'] });
    const { [first]: kept } = JSON.parse(readFileSync(file, 'utf8'))[Name].Versions;
    expect(kept).toEqual({ CreatedDate: time / 1_000, VersionStages: [] });
  });

  test('is created once: with the same token again it is the same, else it exists', async () => {
    expect(await create()).toMatchObject({ VersionId: first });
    await expect(create(first, 'other')).rejects.toMatchObject(refusedAs('ResourceExistsException'));
    await expect(create(second)).rejects.toMatchObject(refusedAs('ResourceExistsException'));
  });

  test('a token that is no UUID by its length is refused', async () => {
    await expect(put('short', 'two')).rejects.toMatchObject(refusedAs('InvalidParameterException'));
  });

  test('a secret is found by its ARN too', async () => {
    const { ARN } = await client.describeSecret({ SecretId });
    expect(await client.getSecretValue({ SecretId: ARN })).toMatchObject({ ARN, Name, SecretString: 'one', CreatedDate: new Date(time) });
  });
});

describe('deletion', () => {
  beforeEach(async () => void (await create()));

  test.each([
    { RecoveryWindowInDays: 7, days: 7 },
    { RecoveryWindowInDays: undefined, days: 30 },
  ])('a secret holds its name for its recovery window of $days days, and is gone then', async ({ RecoveryWindowInDays, days }) => {
    const until = new Date(time + days * DAY);
    expect(await client.deleteSecret({ SecretId, RecoveryWindowInDays })).toMatchObject({ DeletionDate: until });
    expect(await client.describeSecret({ SecretId })).toMatchObject({ DeletedDate: until });
    await expect(create(second)).rejects.toMatchObject(refusedAs('InvalidRequestException', /already scheduled for deletion/));
    time += days * DAY - 1;
    await expect(create(second)).rejects.toMatchObject(refusedAs('InvalidRequestException'));
    time++;
    await expect(client.describeSecret({ SecretId })).rejects.toMatchObject(refusedAs('ResourceNotFoundException'));
    await create(second, 'anew');
    expect(await value()).toBe('anew');
  });

  test('a secret that is marked for deletion can be described and restored, and nothing else', async () => {
    await client.deleteSecret({ SecretId });
    for (const act of [
      () => value(),
      () => put(second, 'two'),
      () => move('private', undefined, first),
      () => client.deleteSecret({ SecretId }),
    ])
      await expect(act()).rejects.toMatchObject(refusedAs('InvalidRequestException', /marked for deletion/));
    await client.restoreSecret({ SecretId });
    expect(await value()).toBe('one');
    expect(await client.describeSecret({ SecretId })).not.toHaveProperty('DeletedDate');
  });

  test('without recovery it is gone at once, also where it was marked before, and none need be there', async () => {
    await client.deleteSecret({ SecretId });
    for (let i = 0; i < 2; i++) await client.deleteSecret({ SecretId, ForceDeleteWithoutRecovery: true });
    await expect(value()).rejects.toMatchObject(refusedAs('ResourceNotFoundException'));
    await create(second, 'anew');
    expect(await value()).toBe('anew');
  });

  test.each([
    { how: { RecoveryWindowInDays: 6 } },
    { how: { RecoveryWindowInDays: 31 } },
    { how: { RecoveryWindowInDays: 7, ForceDeleteWithoutRecovery: true } },
  ])('is refused with $how', async ({ how }) => {
    await expect(client.deleteSecret({ SecretId, ...how })).rejects.toMatchObject(refusedAs('InvalidParameterException'));
    expect(await value()).toBe('one');
  });

  test('of a secret that is not there is refused', async () => {
    await expect(client.deleteSecret({ SecretId: 'other' })).rejects.toMatchObject(refusedAs('ResourceNotFoundException'));
  });
});

describe('what is kept', () => {
  test('is there after a restart: values, labels, and what is being deleted', async () => {
    await create();
    await put(second, 'two');
    await put(third, 'three', ['private']);
    const before = await stages();
    await stop();
    await start();
    expect(await stages()).toEqual(before);
    expect(await value({ VersionStage: 'private' })).toBe('three');
    await client.deleteSecret({ SecretId });
    await stop();
    await start();
    await expect(value()).rejects.toMatchObject(refusedAs('InvalidRequestException'));
  });

  test('is read as the version before kept it, with one version for each secret', async () => {
    await create();
    const { ARN } = await client.describeSecret({ SecretId });
    await stop();
    writeFileSync(file, JSON.stringify({ [Name]: { ARN, Name, VersionId: second, SecretString: 'former', CreatedDate: time / 1_000 } }));
    await start();
    expect(await client.getSecretValue({ SecretId })).toMatchObject({ ARN, VersionId: second, SecretString: 'former' });
    expect(await stages()).toEqual({ [second]: ['AWSCURRENT'] });
    await put(third, 'new');
    expect(JSON.parse(readFileSync(file, 'utf8'))[Name]).not.toHaveProperty('SecretString');
  });

  test.each([
    { kept: '{"rollcall/acme":{"Name":"rollcall/acme"}}', reason: /rollcall\/acme: ARN/ },
    { kept: '{"rollcall/acme":{"ARN":"a","Name":"n","CreatedDate":1,"Versions":{"v":{}}}}', reason: /Versions: v: CreatedDate/ },
    { kept: '[', reason: /it is not JSON/ },
  ])('is said to be damaged where it is: $kept', async ({ kept, reason }) => {
    const damaged = join(folder, 'damaged.json');
    writeFileSync(damaged, kept);
    await expect(startSecretsManager(damaged)).rejects.toMatchObject(refusedAs('LocalError', reason));
  });
});
