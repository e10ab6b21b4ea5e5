import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isDirectoryName } from '../../lambdas/auth/token.ts';
import { user } from '../../lambdas/scim/schemas/user.ts';
import { scanTable } from '../../lambdas/store/upkeep/scan.ts';
import { type ApiResource, readApi } from '../../lib/local/api.ts';
import { allows, type Policy } from '../../lib/local/policy.ts';
import { makeDirectory, type TestDirectory } from '../support/directories.ts';
import { type LogLine, listenToLog } from '../support/log-lines.ts';
import { type Service, startService } from '../support/service.ts';
import { template } from '../support/test-table.ts';
import { idFor, populate } from '../support/twins.ts';

/*
 * What a directory is called opens nothing: not if it is called as a part of a path is, not if its name is the beginning of another's,
 * and not however API Gateway reads the policy of its credential.
 */

/** Each is the beginning of the next. */
const NESTED = ['acme', 'acme-2', 'acme-2-3'];

/** What stands in the paths and ARNs of the API, as far as a directory may be called so. */
function partsOfPaths(): string[] {
  const { root, stage } = readApi(template());
  const below = ({ part, children }: ApiResource): string[] => [part, ...children.flatMap(below)];
  const literals = [...below(root), ...METHODS, stage, 'Roles', 'Licenses', 'Profiles', 'bearer', 'execute-api', 'proxy', 'directory'];
  return [...new Set(literals.map((part) => part.toLowerCase().replace(/^\./, '')))].filter(isDirectoryName);
}
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];

let service: Service;
const named = new Map<string, TestDirectory>();
const logged: LogLine[] = [];
const listening = listenToLog((line) => void logged.push(line));
beforeAll(async () => {
  service = await startService();
  for (const name of [...NESTED, ...partsOfPaths()]) named.set(name, await makeDirectory(service.running, name));
  for (const name of NESTED) await populate(service.table, name, 'shared', `of ${name} alone`);
});
afterAll(async () => {
  listening.mockRestore();
  await service[Symbol.asyncDispose]();
});

const ask = (as: string, path: string, method = 'GET') =>
  service.request({ method, path, headers: { Authorization: `Bearer ${named.get(as)?.token}` } });

describe('a directory that is called as a part of a path', () => {
  /** Paths to what acme has, with the name in every place where a part of a path can be. */
  const around = (name: string): string[] => {
    const id = idFor(user, 'shared');
    const paths = ['scim/v2/Users', `scim/v2/Users/${id}`, 'scim/v2/Roles', 'scim/v2/Schemas'].flatMap((rest) => [
      `/acme/${rest}`,
      `//acme/${rest}`,
      `/acme/${name}/${rest}`,
      `/${name}/acme/${rest}`,
      `/${name}//acme/${rest}`,
      `/${name}/scim/v2/acme/${rest}`,
      ...['..', '%2e%2e', '.%2E'].flatMap((up) => [
        `/${name}/${up}/acme/${rest}`,
        `/${name}/scim/v2/Users/${up}/${up}/${up}/${up}/acme/${rest}`,
      ]),
      `/${name}%2F..%2Facme/${rest}`,
      `/${name}%2f%2e%2e%2facme/${rest}`,
      `/acme%2F${name}/${rest}`,
      `/acme%00${name}/${rest}`,
      `/acme;${name}/${rest}`,
    ]);
    const capital = name.charAt(0).toUpperCase() + name.slice(1);
    return [
      ...paths,
      `/acme/scim/v2/${name}`,
      `/acme/scim/v2/${capital}`,
      `/acme/scim/v2/${name}/${id}`,
      `/${capital}/scim/v2/Users`,
      '/acme',
      '/',
    ];
  };

  test('there are such', () => {
    expect(partsOfPaths()).toEqual(
      expect.arrayContaining(['users', 'groups', 'bulk', 'me', 'schemas', 'search', 'prod', 'get', 'options']),
    );
  });

  test('opens nothing, wherever its name stands', async () => {
    for (const name of partsOfPaths())
      for (const path of around(name)) {
        logged.length = 0;
        const { status, text } = await ask(name, path);
        expect([path, [401, 403, 404].includes(status) ? 'refused' : `${status} ${text}`]).toEqual([path, 'refused']);
        expect([path, logged.filter(({ StoreCalls }) => StoreCalls !== undefined && StoreCalls > 0)]).toEqual([path, []]);
      }
  });

  test('is a directory as any other at its own path', async () => {
    for (const name of partsOfPaths()) {
      const { status, text } = await ask(name, `/${name}/scim/v2/Roles`);
      expect([name, status, JSON.parse(text).totalResults]).toEqual([name, 200, 0]);
    }
  });
});

describe('directories of which the name of one is the beginning of that of another', () => {
  test.each(NESTED)('%s sees its own alone', async (name) => {
    for (const other of NESTED) {
      const { status, text } = await ask(name, `/${other}/scim/v2/Users`);
      if (other === name) expect(JSON.parse(text)).toMatchObject({ totalResults: 1, Resources: [{ title: `of ${name} alone` }] });
      else expect([other, status]).toEqual([other, 403]);
    }
  });

  test.each(NESTED)('upkeep of %s reads its items alone', async (name) => {
    const read: string[] = [];
    await scanTable(service.table, { directory: name }, async (items) => void read.push(...items.map(({ pk }) => pk)));
    expect(read.length).toBeGreaterThan(10);
    expect(read.filter((pk) => !pk.startsWith(`${name}#`))).toEqual([]);
  });
});

describe('the policy of a credential', () => {
  const ARN = 'arn:aws:execute-api:eu-west-1:123456789012:api/prod';
  type Reading = (policy: Policy, arn: string) => boolean;
  const reading =
    (any: string, flags = 's'): Reading =>
    ({ policyDocument: { Statement } }, arn) =>
      Statement.flatMap(({ Resource }) => Resource).some((pattern) => {
        const source = pattern
          .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
          .replaceAll('*', any)
          .replaceAll('?', '.');
        return new RegExp(`^${source}$`, flags).test(arn);
      });
  /** `isOpen` is whether by that reading a credential opens what lies below its own base URL. */
  const READINGS: readonly { name: string; allowed: Reading; isOpen: boolean }[] = [
    { name: 'a * crosses slashes, as documented', allowed: allows, isOpen: true },
    { name: 'a * stops at a slash', allowed: reading('[^/]*'), isOpen: false },
    { name: 'a * crosses slashes and everything is read without case', allowed: reading('.*', 'is'), isOpen: true },
    { name: 'paths are read decoded', allowed: (policy, arn) => allows(policy, decoded(arn)), isOpen: true },
    {
      name: 'any method counts as any other',
      allowed: (policy, arn) => METHODS.some((method) => allows(policy, arn.replace(/(?<=\/prod\/)[A-Z]+/, method))),
      isOpen: true,
    },
  ];
  const decoded = (arn: string): string => {
    try {
      return decodeURIComponent(arn);
    } catch {
      return arn;
    }
  };

  const policies = new Map<string, Policy>();
  beforeAll(async () => {
    const { handler } = await import('../../lambdas/authorizer.ts');
    for (const [name, { token }] of named) {
      const event = { methodArn: `${ARN}/GET/${name}/scim/v2/Users`, headers: { Authorization: `Bearer ${token}` } };
      policies.set(name, (await handler(event as never)) as Policy);
    }
  });

  const segment = () =>
    fc.oneof(
      fc.constantFrom('scim', 'v2', 'Users', '', '..', '.', '*', '?', '%2e%2e', '%2F', '%', ...METHODS, ...named.keys()),
      fc.string({ maxLength: 5 }),
    );

  test.each(READINGS)('allows no path of another directory where $name', ({ allowed, isOpen }) => {
    const name = fc.constantFrom(...named.keys());
    fc.assert(
      fc.property(
        name,
        name,
        fc.constantFrom(...METHODS, 'TRACE', '*'),
        fc.array(segment(), { maxLength: 6 }),
        (own, other, method, rest) => {
          const policy = policies.get(own) as Policy;
          const spellings = [other, `%${other.charCodeAt(0).toString(16)}${other.slice(1)}`];
          const paths = spellings.flatMap((spelled) => [[spelled], [spelled, ...rest], ['', spelled, ...rest]]);
          return own === other || !paths.some((path) => allowed(policy, [ARN, method, ...path].join('/')));
        },
      ),
      { seed: 7644, numRuns: 300 },
    );
    for (const [own, policy] of policies) expect([own, allowed(policy, `${ARN}/PATCH/${own}/scim/v2/Users/1`)]).toEqual([own, isOpen]);
  });
});

test('no directory can be called what a policy or a path would read otherwise', async () => {
  const other = fc.stringMatching(/^[a-z0-9-]{0,4}[^a-z0-9-][a-z0-9-]{0,4}$/);
  fc.assert(
    fc.property(other, (name) => expect([name, isDirectoryName(name)]).toEqual([name, false])),
    { seed: 7643, numRuns: 300 },
  );
  for (const name of ['*', 'acm*', 'acm?', '?cme', 'acme/', '../acme', 'acme#', '$' + '{aws:x}', 'Acme', 'acme\n', '.', '..', '']) {
    expect([name, isDirectoryName(name)]).toEqual([name, false]);
    const token = `rc.${name}.${'x'.repeat(43)}`;
    for (const Authorization of [token, `Bearer ${token}`, `Basic ${Buffer.from(`${name}:${token}`).toString('base64')}`])
      expect([name, (await service.request({ path: '/acme/scim/v2/Users', headers: { Authorization } })).status]).toEqual([name, 401]);
  }
});
