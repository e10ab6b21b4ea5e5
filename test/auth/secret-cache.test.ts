import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { readDirectorySecret } from '../../lambdas/auth/directory-secret.ts';
import { cachedSecrets, parseCacheSeconds } from '../../lambdas/auth/secret-cache.ts';
import { mintToken } from '../../lambdas/auth/token.ts';
import { listenToLog } from '../support/log-lines.ts';
import { answeringSecrets, putSecret, testSecrets } from '../support/secrets.ts';

interface Line {
  readonly level: string;
  readonly line: unknown;
}

let lines: Line[];
beforeEach(() => {
  lines = [];
  listenToLog(({ level, timestamp: _, ...line }) => void lines.push({ level, line }));
  jest.spyOn(console, 'error').mockImplementation((line: unknown) => void lines.push({ level: 'ERROR', line }));
});
afterEach(() => {
  jest.restoreAllMocks();
});

const message = 'the secret of a directory cannot be read';
const secret = { tokens: [] };
const minute = { seconds: 60, unknownSeconds: 60 };

/** What is behind the cache: directories whose names begin with `k` are known. It keeps which of them it was asked for. */
function source() {
  const asked: string[] = [];
  const read = async (directory: string) => {
    asked.push(directory);
    return directory.startsWith('k') ? secret : undefined;
  };
  return { asked, read };
}

describe('what was read', () => {
  test('is asked for once within its time, for known and unknown directories alike, and then anew', async () => {
    const { asked, read } = source();
    let now = 0;
    const cached = cachedSecrets(read, minute, () => now);
    for (const directory of ['k', 'x', 'k', 'x']) expect(await cached(directory)).toEqual(directory === 'k' ? secret : undefined);
    now = 59_999;
    await Promise.all(['k', 'x'].map(cached));
    expect(asked).toEqual(['k', 'x']);
    now = 60_000;
    for (const directory of ['k', 'x', 'k', 'x']) await cached(directory);
    expect(asked).toEqual(['k', 'x', 'k', 'x']);
  });

  test('is remembered of known and unknown directories for times of their own', async () => {
    const { asked, read } = source();
    let now = 0;
    const cached = cachedSecrets(read, { seconds: 1, unknownSeconds: 60 }, () => now);
    for (now of [0, 999, 1_000, 59_999]) for (const directory of ['k', 'x']) await cached(directory);
    expect(asked).toEqual(['k', 'x', 'k', 'k']);
    now = 60_000;
    await cached('x');
    expect(asked).toEqual(['k', 'x', 'k', 'k', 'x']);
  });

  test('is as old as the question: an answer that is late is not remembered for longer', async () => {
    const asked: string[] = [];
    let now = 0;
    const read = async (directory: string) => {
      asked.push(directory);
      now += 10_000;
      return directory === 'k' ? secret : undefined;
    };
    const cached = cachedSecrets(read, minute, () => now);
    for (const directory of ['k', 'x']) {
      const before = now;
      await cached(directory);
      now = before + 59_999;
      await cached(directory);
      now = before + 60_000;
      await cached(directory);
    }
    expect(asked).toEqual(['k', 'k', 'x', 'x']);
  });

  test('is not remembered to be unknown once it is known, whoever was asked first', async () => {
    let now = 0;
    const answers: ((held: typeof secret | undefined) => void)[] = [];
    const cached = cachedSecrets(
      () => new Promise((answer) => answers.push(answer)),
      { seconds: 1, unknownSeconds: 60 },
      () => now,
    );
    const both = [cached('a'), cached('a')];
    answers[0]?.(undefined);
    await both[0];
    answers[1]?.(secret);
    await both[1];
    now = 1_000;
    const later = cached('a');
    answers[2]?.(secret);
    expect(await later).toEqual(secret);
  });

  test('is not remembered at all where the time is 0', async () => {
    const { asked, read } = source();
    const cached = cachedSecrets(read, { seconds: 0, unknownSeconds: 0 });
    for (const directory of ['k', 'x', 'k', 'x']) await cached(directory);
    expect(asked).toEqual(['k', 'x', 'k', 'x']);
  });

  test('is remembered of a thousand unknown directories, the oldest out: guesses never have a known one forgotten', async () => {
    const { asked, read } = source();
    const cached = cachedSecrets(read, minute, () => 0);
    await cached('k');
    for (let n = 0; n <= 1_000; n++) await cached(`x${n}`);
    asked.length = 0;
    for (const directory of ['k', 'x1', 'x1000']) await cached(directory);
    expect(asked).toEqual([]);
    await cached('x0');
    expect(asked).toEqual(['x0']);
  });

  test('is remembered of a thousand known directories, the oldest out, and what was read again is young', async () => {
    const { asked, read } = source();
    let now = 0;
    const cached = cachedSecrets(read, minute, () => now);
    await cached('k0');
    await cached('k1');
    now = 60_000;
    await cached('k0');
    for (let n = 2; n <= 1_000; n++) await cached(`k${n}`);
    asked.length = 0;
    for (const directory of ['k0', 'k2', 'k1000']) await cached(directory);
    expect(asked).toEqual([]);
  });

  test('is what it is now: a directory that is made, and one that is removed', async () => {
    let now = 0;
    let held: typeof secret | undefined;
    const cached = cachedSecrets(
      async () => held,
      minute,
      () => now,
    );
    const seen = [await cached('a')];
    for (const next of [secret, undefined, secret]) {
      held = next;
      now += 60_000;
      seen.push(await cached('a'));
    }
    expect(seen).toEqual([undefined, secret, undefined, secret]);
  });
});

describe('a secret that no other attempt would read is as if it were not there, asked for once and one line for the operator', () => {
  const { token, stored } = mintToken('acme', 'test', ['provision']);

  test.each([
    { name: 'no JSON', value: `{"tokens": ${token}` },
    { name: 'nothing', value: '' },
    { name: 'another shape', value: { tokens: token } },
    { name: 'a token without a digest', value: { tokens: [{ ...stored, sha256: token }] } },
    { name: 'no object', value: [token] },
  ])('malformed: $name', async ({ value }) => {
    await using secrets = await testSecrets();
    await putSecret(secrets, 'acme', value);
    const cached = cachedSecrets((directory) => readDirectorySecret(secrets, directory), minute);
    for (let n = 0; n < 3; n++) expect(await cached('acme')).toBeUndefined();
    expect(lines).toEqual([{ level: 'ERROR', line: { message, directory: 'acme', reason: 'malformed', UnreadableSecrets: 1 } }]);
  });

  test.each([
    { type: 'ResourceNotFoundException', level: 'WARN', reason: 'missing' },
    { type: 'InvalidParameterException', level: 'WARN', reason: 'missing' },
    { type: 'AccessDeniedException', level: 'ERROR', reason: 'denied' },
    { type: 'DecryptionFailure', level: 'ERROR', reason: 'denied' },
    { type: 'InvalidRequestException', level: 'ERROR', reason: 'deleted' },
  ])('$reason: $type', async ({ type, level, reason }) => {
    await using secrets = await answeringSecrets(400, JSON.stringify({ __type: type, message: `no ${token}` }));
    let now = 0;
    const cached = cachedSecrets(
      (directory) => readDirectorySecret(secrets, directory),
      minute,
      () => now,
    );
    for (let n = 0; n < 3; n++) expect(await cached('acme')).toBeUndefined();
    expect(lines).toEqual([{ level, line: { message, directory: 'acme', reason, UnreadableSecrets: 1 } }]);
    now = 60_000;
    await cached('acme');
    expect(lines).toHaveLength(2);
  });

  test('counts in a metric of its reason, which has no dimension of the directory', async () => {
    process.env.STACK_NAME = 'Rollcall';
    try {
      await cachedSecrets(async () => undefined, minute)('acme');
    } finally {
      delete process.env.STACK_NAME;
    }
    const metric = { Namespace: 'Rollcall', Dimensions: [['Stack', 'Reason']], Metrics: [{ Name: 'UnreadableSecrets', Unit: 'Count' }] };
    expect(lines).toMatchObject([
      { level: 'WARN', line: { Stack: 'Rollcall', Reason: 'missing', UnreadableSecrets: 1, _aws: { CloudWatchMetrics: [metric] } } },
    ]);
  });

  test('binary: malformed', async () => {
    await using secrets = await answeringSecrets(200, JSON.stringify({ Name: 'rollcall/acme', SecretBinary: 'AAAA' }));
    const cached = cachedSecrets((directory) => readDirectorySecret(secrets, directory), minute);
    expect(await cached('acme')).toBeUndefined();
    expect(lines).toEqual([{ level: 'ERROR', line: { message, directory: 'acme', reason: 'malformed', UnreadableSecrets: 1 } }]);
  });
});

describe('what may pass is no answer: it is an error each time, one line each, and not remembered', () => {
  test.each([
    { name: 'a failure', status: 500, body: '{"__type":"InternalServiceError"}', reason: 'InternalServiceError' },
    { name: 'throttling', status: 400, body: '{"__type":"ThrottlingException"}', reason: 'ThrottlingException' },
    { name: 'an expired credential of ours', status: 400, body: '{"__type":"ExpiredTokenException"}', reason: 'ExpiredTokenException' },
    { name: 'the page of a proxy', status: 200, body: '<h1>held up: rc.acme.held</h1>', reason: 'SyntaxError' },
    { name: 'half an answer', status: 200, body: '{"SecretString":"held', reason: 'SyntaxError' },
  ])('$name', async ({ status, body, reason }) => {
    await using secrets = await answeringSecrets(status, body);
    const cached = cachedSecrets((directory) => readDirectorySecret(secrets, directory), minute);
    for (let n = 0; n < 2; n++) await expect(cached('acme')).rejects.toThrow(new RegExp(`^Secrets Manager did not answer: ${reason}$`));
    const line = { level: 'ERROR', line: { message: 'Secrets Manager did not answer', directory: 'acme', reason } };
    expect(lines).toEqual([line, line]);
  });

  test('nobody is there', async () => {
    const secrets = await testSecrets();
    await secrets[Symbol.asyncDispose]();
    const cached = cachedSecrets((directory) => readDirectorySecret(secrets, directory), minute);
    await expect(cached('acme')).rejects.toThrow(/^Secrets Manager did not answer/);
  });

  test('an answer that is too old is not used instead: a token that was revoked meanwhile stays revoked', async () => {
    let now = 0;
    let isDown = false;
    const read = async () => {
      if (isDown) throw Object.assign(new Error('down'), { name: 'InternalServiceError' });
      return secret;
    };
    const cached = cachedSecrets(read, minute, () => now);
    await cached('acme');
    isDown = true;
    now = 60_000;
    await expect(cached('acme')).rejects.toThrow('InternalServiceError');
    isDown = false;
    expect(await cached('acme')).toEqual(secret);
  });
});

describe('SECRET_CACHE_SECONDS', () => {
  test.each([
    { text: '0', seconds: 0 },
    { text: '60', seconds: 60 },
  ])('$text', ({ text, seconds }) => {
    expect(parseCacheSeconds(text)).toBe(seconds);
  });

  test.each(['', ' ', 'a minute', '60s', '-1', '1.5', 'NaN', 'Infinity', '1e3'])('%p is refused', (text) => {
    expect(() => parseCacheSeconds(text)).toThrow(`SECRET_CACHE_SECONDS: expected a whole number of seconds, not ${JSON.stringify(text)}`);
  });

  test('that is none keeps the authorizer from loading', async () => {
    process.env.SECRET_CACHE_SECONDS = 'often';
    try {
      await expect(import('../../lambdas/authorizer.ts')).rejects.toThrow('SECRET_CACHE_SECONDS');
    } finally {
      delete process.env.SECRET_CACHE_SECONDS;
    }
  });
});
