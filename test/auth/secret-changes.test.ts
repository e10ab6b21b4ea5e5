import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  InvalidParameterException,
  InvalidRequestException,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { type DirectorySecret, newSealKey, readDirectorySecret, type Secrets } from '../../lambdas/auth/directory-secret.ts';
import { changeDirectorySecret, type SecretChange } from '../../lambdas/auth/secret-changes.ts';
import { createDirectorySecret, deleteDirectorySecret, secretStateOf } from '../../lambdas/auth/secret-life.ts';
import { mintToken } from '../../lambdas/auth/token.ts';
import { type SecretsManager, startSecretsManager } from '../../lib/local/secrets-manager.ts';
import { LOCAL_CREDENTIALS } from '../../lib/local/table.ts';

/** What befalls the n-th request, an attempt of the SDK's, counted from 1. */
type Disturbance = (n: number, pass: () => Promise<object>) => Promise<object>;

let manager: SecretsManager;
let secrets: Secrets;
const clients: SecretsManagerClient[] = [];
/** A process of its own, which begins to count its requests. */
const processWith = (disturbance?: Disturbance): Secrets & { readonly sent: () => number } => {
  const client = new SecretsManagerClient({ ...LOCAL_CREDENTIALS, endpoint: manager.endpoint });
  clients.push(client);
  let n = 0;
  client.middlewareStack.addRelativeTo(
    ((next: (args: object) => Promise<object>) => (args: object) => {
      const request = ++n;
      return disturbance ? disturbance(request, () => next(args)) : next(args);
    }) as unknown as Parameters<typeof client.middlewareStack.addRelativeTo>[0],
    { name: 'disturbed', relation: 'after', toMiddleware: 'retryMiddleware' },
  );
  return { client, prefix: 'rollcall', sent: () => n };
};
beforeEach(async () => {
  manager = await startSecretsManager();
  secrets = processWith();
});
afterEach(async () => {
  jest.restoreAllMocks();
  for (const client of clients.splice(0)) client.destroy();
  await manager[Symbol.asyncDispose]();
});

const SecretId = 'rollcall/acme';
const HOUR = 60 * 60 * 1_000;
/** The requests of a change that nobody hinders. */
const [MOVE, ALL] = [6, 7];
const later = () => Date.now() + 11_000;
const added = (label: string): SecretChange => {
  const { stored } = mintToken('acme', label, ['provision']);
  return (secret) => ({ ...secret, tokens: [...secret.tokens, stored] });
};
const labels = async () => (await readDirectorySecret(secrets, 'acme'))?.tokens.map(({ label }) => label);
const stages = async () => {
  const { VersionIdsToStages = {} } = await secrets.client.send(new DescribeSecretCommand({ SecretId }));
  return Object.values(VersionIdsToStages).flat().sort();
};
const createEmpty = () => createDirectorySecret(secrets, 'acme', { tokens: [] });
const change = (by: Secrets, label: string) => changeDirectorySecret(by, 'acme', added(label));
/** By somebody who thinks that the others have died. */
const changeRegardless = (label: string) => changeDirectorySecret(secrets, 'acme', added(label), later);
/** What somebody does who knows nothing of turns. */
const overwrite = () => secrets.client.send(new PutSecretValueCommand({ SecretId, SecretString: '{"tokens":[]}' }));

describe('changeDirectorySecret', () => {
  beforeEach(createEmpty);

  test('gives what it has written, and leaves no label behind', async () => {
    expect((await change(secrets, 'one'))?.tokens).toHaveLength(1);
    expect(await labels()).toEqual(['one']);
    expect(await stages()).toEqual(['AWSCURRENT', 'AWSPREVIOUS']);
  });

  test('forty changes at the same time lose none', async () => {
    const names = Array.from({ length: 40 }, (_, i) => `token ${i}`);
    let puts = 0;
    secrets.client.middlewareStack.add(
      (next, { commandName }) =>
        (args) => {
          if (commandName === 'PutSecretValueCommand') puts++;
          return next(args);
        },
      { step: 'initialize' },
    );
    await Promise.all(names.map((name) => change(secrets, name)));
    expect((await labels())?.sort()).toEqual(names.sort());
    expect(await stages()).toEqual(['AWSCURRENT', 'AWSPREVIOUS']);
    // Each leaves a version behind, of which there may be a hundred in a day.
    expect(puts).toBeLessThan(60);
  });

  test('one who has died between two requests is waited for no longer than ten seconds', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(0);
    for (const died of [MOVE - 2, MOVE]) {
      const dying = processWith(async (n, pass) => {
        if (n >= died) throw new Error('the process died');
        return pass();
      });
      await change(dying, 'dead').catch(() => {});
      const waiting = processWith();
      await expect(change(waiting, 'impatient')).rejects.toThrow('others keep changing it: try again later');
      expect(waiting.sent()).toBe(60);
      await changeRegardless(`after ${died}`);
    }
    expect(await labels()).toEqual([`after ${MOVE - 2}`, `after ${MOVE}`]);
  });

  test('one who finds that another has claimed the turn at the same time lets the elder go first, and writes nothing in vain', async () => {
    const elder = `rollcall-${Date.now() - 1_000}-elder`;
    const { VersionId } = await secrets.client.send(new GetSecretValueCommand({ SecretId }));
    const label = (how: object) => secrets.client.send(new UpdateSecretVersionStageCommand({ SecretId, VersionStage: elder, ...how }));
    const younger = processWith(async (n, pass) => {
      if (n === 3) await label({ MoveToVersionId: VersionId });
      if (n === 6) await label({ RemoveFromVersionId: VersionId });
      return pass();
    });
    await change(younger, 'one');
    // Describe, get, claim, describe, withdraw; and then all of it.
    expect(younger.sent()).toBe(5 + ALL);
    expect(await labels()).toEqual(['one']);
  });

  test('where there is no room for another version it says so, and which it is', async () => {
    for (let i = 1; i < 100; i++) await overwrite();
    jest.spyOn(Math, 'random').mockReturnValue(0);
    await expect(change(secrets, 'one')).rejects.toMatchObject({
      name: 'SecretBusyError',
      message: expect.stringMatching(/as many versions as it may have, and each is kept for 24 hours/),
    });
    expect(await labels()).toEqual([]);
    expect(await stages()).toEqual(['AWSCURRENT', 'AWSPREVIOUS']);
  });

  test('where others have used up the labels for good it says so after a few tries', async () => {
    for (let i = 1; i < 20; i++)
      await secrets.client.send(new PutSecretValueCommand({ SecretId, SecretString: '{"tokens":[]}', VersionStages: [`theirs${i}`] }));
    jest.spyOn(Math, 'random').mockReturnValue(0);
    const process = processWith();
    await expect(change(process, 'one')).rejects.toThrow(
      /^the secret rollcall\/acme could not be changed, since its staging labels are used up/,
    );
    expect(process.sent()).toBeLessThan(40);
  });

  test.each([InvalidParameterException, InvalidRequestException])(
    '%p is passed on as it is, where the secret has not changed',
    async (Refusal) => {
      const refusal = new Refusal({ message: 'the key is disabled', $metadata: {} });
      const process = processWith(async (n, pass) => {
        if (n === MOVE - 1) throw refusal;
        return pass();
      });
      await expect(change(process, 'one')).rejects.toBe(refusal);
      expect(await stages()).toEqual(['AWSCURRENT']);
    },
  );

  test('what dies at any of its requests leaves the old value or the new one, and nothing in the way of the next change', async () => {
    const requests = await requestsOfAChange();
    for (let n = 1; n <= requests; n++)
      for (const when of ['before', 'after']) {
        const dying = processWith(async (request, pass) => {
          if (request === n && when === 'after') await pass();
          if (request >= n) throw new Error('the process died');
          return pass();
        });
        const before = await labels();
        const name = `${n} ${when}`;
        await change(dying, name).catch(() => {});
        expect([before, [...(before ?? []), name]]).toContainEqual(await labels());
        await changeDirectorySecret(secrets, 'acme', added('next'), () => Date.now() + 2 * HOUR);
        expect(await labels()).toContain('next');
        expect(await stages()).toEqual(['AWSCURRENT', 'AWSPREVIOUS']);
      }
  });

  test.each([
    { what: 'the SDK sends it again', failure: { code: 'ECONNRESET', $retryable: {} } },
    { what: 'nobody sends it again', failure: { name: 'Lost' } },
  ])('a request that is done and whose answer is lost, where $what: nothing is lost or done twice', async ({ failure }) => {
    const requests = await requestsOfAChange();
    for (let n = 1; n <= requests; n++) {
      const before = (await labels()) ?? [];
      const unlucky = processWith(async (request, pass) => {
        const output = await pass();
        if (request === n) throw Object.assign(new Error('socket hang up'), failure);
        return output;
      });
      const done = await change(unlucky, `token ${n}`).then(Boolean, () => false);
      if (failure.$retryable) expect(done).toBe(true);
      expect(await labels()).toEqual(done ? [...before, `token ${n}`] : before);
    }
    expect((await stages()).filter((stage) => !stage.startsWith('AWS'))).toEqual([]);
  });

  test.each([{ others: 0 }, { others: 1 }])(
    'the move is done and its answer lost, and $others others have changed the secret when the SDK sends it again: it is done once',
    async ({ others }) => {
      let lost = false;
      const unlucky = processWith(async (n, pass) => {
        const output = await pass();
        if (n !== MOVE) return output;
        lost = true;
        for (let i = 0; i < others; i++) await changeRegardless('other');
        throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET', $retryable: {} });
      });
      await change(unlucky, 'mine');
      expect(lost).toBe(true);
      expect(await labels()).toEqual(['mine', 'other'].slice(0, 1 + others));
    },
  );

  test('it begins anew from what another has written in between', async () => {
    const seen: number[] = [];
    await changeDirectorySecret(
      processWith(async (n, pass) => {
        if (n === MOVE) await changeRegardless('other');
        return pass();
      }),
      'acme',
      (secret) => {
        seen.push(secret.tokens.length);
        return added('mine')(secret);
      },
    );
    expect(seen).toEqual([0, 1]);
    expect(await labels()).toEqual(['other', 'mine']);
    expect(await stages()).toEqual(['AWSCURRENT', 'AWSPREVIOUS']);
  });

  test('it gives up where others are faster again and again, and says so', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(0);
    // Each try sends nine: as always, and describes twice why its move was refused.
    const slow = processWith(async (n, pass) => {
      if (n % (ALL + 2) === MOVE) await overwrite();
      return pass();
    });
    await expect(change(slow, 'mine')).rejects.toThrow('the secret rollcall/acme could not be changed, since others keep changing it');
    expect(await labels()).toEqual([]);
    expect(await stages()).toEqual(['AWSCURRENT', 'AWSPREVIOUS']);
  });

  test('labels of the dead are removed after an hour, so that they never run out; those of others stay', async () => {
    const put = (stage: string) =>
      secrets.client.send(new PutSecretValueCommand({ SecretId, SecretString: '{"tokens":[]}', VersionStages: [stage] }));
    for (let i = 0; i < 17; i++) await put(`rollcall-${Date.now() - HOUR - 1_000}-${i}`);
    const young = `rollcall-${Date.now()}-living`;
    await put(young);
    await put('theirs');
    await changeRegardless('one');
    expect(await labels()).toEqual(['one']);
    expect(await stages()).toEqual(['AWSCURRENT', 'AWSPREVIOUS', young, 'theirs']);
  });

  test('where others have used up the labels it waits until there is one', async () => {
    for (let i = 0; i < 19; i++)
      await secrets.client.send(
        new PutSecretValueCommand({
          SecretId,
          ClientRequestToken: versionId(i),
          SecretString: '{"tokens":[]}',
          VersionStages: [`rollcall-${Date.now() - 20_000}-${i}`],
        }),
      );
    const taken = (await stages()).filter((stage) => stage.startsWith('rollcall-'));
    const patient = processWith(async (n, pass) => {
      if (n === 4)
        for (const VersionStage of taken.slice(0, 2))
          await secrets.client.send(
            new UpdateSecretVersionStageCommand({
              SecretId,
              VersionStage,
              RemoveFromVersionId: versionId(Number(VersionStage.split('-')[2])),
            }),
          );
      return pass();
    });
    await change(patient, 'one');
    expect(await labels()).toEqual(['one']);
  });

  test('a change that throws, or gives back what it was given, writes nothing', async () => {
    const process = processWith();
    const refusal = () => {
      throw new Error('no such token');
    };
    await expect(changeDirectorySecret(process, 'acme', refusal)).rejects.toThrow('no such token');
    expect(await changeDirectorySecret(process, 'acme', (secret) => secret)).toEqual({ tokens: [] });
    expect(process.sent()).toBe(4);
    expect(await stages()).toEqual(['AWSCURRENT']);
  });

  test('a secret that would be too large is not sent', async () => {
    const process = processWith();
    const tooLarge = changeDirectorySecret(process, 'acme', (secret) => ({ ...secret, more: 'é'.repeat(32_768) }));
    await expect(tooLarge).rejects.toMatchObject({ name: 'SecretTooLargeError', message: expect.stringContaining('may have 65536') });
    expect(process.sent()).toBe(2);
    await expect(createDirectorySecret(process, 'globex', { tokens: [], sealKey: 'x'.repeat(65_536) })).rejects.toMatchObject({
      name: 'SecretTooLargeError',
    });
    expect(process.sent()).toBe(2);
  });

  test('what another version of the service has written stays, beside tokens and within them', async () => {
    const { stored } = mintToken('acme', 'theirs', ['provision']);
    const theirs = {
      tokens: [{ ...stored, lastRotated: 'never' }],
      settings: { later: [1] },
      sealKey: newSealKey(),
      oauth: { issuer: 'i' },
    };
    await secrets.client.send(new PutSecretValueCommand({ SecretId, SecretString: JSON.stringify(theirs) }));
    await change(secrets, 'mine');
    const { tokens = [], ...rest } = (await readDirectorySecret(secrets, 'acme')) ?? {};
    expect({ ...rest, tokens: tokens.slice(0, 1) }).toEqual(theirs);
    expect(await labels()).toEqual(['theirs', 'mine']);
  });

  test('a malformed secret is an error, and stays', async () => {
    await secrets.client.send(new PutSecretValueCommand({ SecretId, SecretString: '{"tokens":1}' }));
    await expect(change(secrets, 'one')).rejects.toMatchObject({ name: '$ZodError' });
    expect(await stages()).toEqual(['AWSCURRENT', 'AWSPREVIOUS']);
  });

  test('there is nothing to change where there is no secret, or it is being deleted, also since a moment ago', async () => {
    expect(await changeDirectorySecret(secrets, 'globex', added('one'))).toBeUndefined();
    const late = processWith(async (n, pass) => {
      if (n === 3) await deleteDirectorySecret(secrets, 'acme', { recoveryDays: 7 });
      return pass();
    });
    expect(await change(late, 'one')).toBeUndefined();
    expect(await change(secrets, 'one')).toBeUndefined();
  });

  const requestsOfAChange = async () => {
    const process = processWith();
    await change(process, 'counted');
    expect(process.sent()).toBe(ALL);
    return process.sent();
  };
  const versionId = (i: number) => `00000000-0000-0000-0000-${String(i).padStart(12, '0')}`;
});

describe('the life of a secret', () => {
  const secret: DirectorySecret = { tokens: [], settings: { uniqueGroupNames: true }, sealKey: newSealKey() };
  const create = () => createDirectorySecret(secrets, 'acme', secret);

  test('it is created once', async () => {
    expect(await secretStateOf(secrets, 'acme')).toEqual({ state: 'none' });
    await create();
    expect(await readDirectorySecret(secrets, 'acme')).toEqual(secret);
    expect(await secretStateOf(secrets, 'acme')).toEqual({ state: 'live' });
    await expect(create()).rejects.toMatchObject({ name: 'SecretExistsError' });
  });

  test('it is created where the answer was lost and the SDK sends it again', async () => {
    const unlucky = processWith(async (n, pass) => {
      const output = await pass();
      if (n === 1) throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET', $retryable: {} });
      return output;
    });
    await createDirectorySecret(unlucky, 'acme', secret);
    expect(unlucky.sent()).toBe(2);
  });

  test('one that is deleted holds its name until its recovery window ends; deleted again it is as it was', async () => {
    await create();
    await deleteDirectorySecret(secrets, 'acme', { recoveryDays: 7 });
    const state = await secretStateOf(secrets, 'acme');
    await deleteDirectorySecret(secrets, 'acme', { recoveryDays: 30 });
    expect(await secretStateOf(secrets, 'acme')).toEqual(state);
    const { until } = state as { until: Date };
    expect(until.getTime()).toBeGreaterThan(Date.now() + 6 * 24 * HOUR);
    await expect(create()).rejects.toMatchObject({ name: 'SecretNameHeldError', until });
  });

  test('one that is deleted without recovery frees its name, also where it had some time left', async () => {
    await create();
    await deleteDirectorySecret(secrets, 'acme', { recoveryDays: 7 });
    await deleteDirectorySecret(secrets, 'acme', { recoveryDays: 0 });
    expect(await secretStateOf(secrets, 'acme')).toEqual({ state: 'none' });
    await create();
  });

  test.each([{ recoveryDays: 0 }, { recoveryDays: 7 }])(
    'one that is not there is deleted already, with $recoveryDays days',
    async (how) => {
      await expect(deleteDirectorySecret(secrets, 'acme', how)).resolves.toBeUndefined();
    },
  );

  test.each([{ recoveryDays: 1 }, { recoveryDays: 31 }, { recoveryDays: 7.5 }])('$recoveryDays days are refused', async (how) => {
    await expect(deleteDirectorySecret(secrets, 'acme', how)).rejects.toThrow('should be 0 or from 7 to 30');
  });

  test.each(['', 'short', `${newSealKey()}=`])('a seal key that is none spoils a secret: %s', async (sealKey) => {
    await createDirectorySecret(secrets, 'acme', { ...secret, sealKey });
    await expect(readDirectorySecret(secrets, 'acme')).rejects.toMatchObject({ name: '$ZodError' });
  });
});
