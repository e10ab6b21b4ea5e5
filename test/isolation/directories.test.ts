import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Store } from '../../lambdas/directory/store.ts';
import { discoveryRoutes } from '../../lambdas/http/discovery-routes.ts';
import { routesOf } from '../../lambdas/http/resource-routes.ts';
import { unbuiltBulk, unbuiltRoot } from '../../lambdas/http/unbuilt-routes.ts';
import { isObject } from '../../lambdas/scim/json.ts';
import { resourceTypes } from '../../lambdas/scim/schemas/registry.ts';
import type { ResourceType } from '../../lambdas/scim/schemas/resource-type.ts';
import { TOKEN_SCOPES } from '../../lambdas/scim/token-scopes.ts';
import { keysBeginWith } from '../../lambdas/store/keys.ts';
import { type ApiResource, readApi } from '../../lib/local/api.ts';
import { makeDirectory, type TestDirectory } from '../support/directories.ts';
import { type LogLine, listenToLog } from '../support/log-lines.ts';
import { type Answered, type Asked, type Service, startService } from '../support/service.ts';
import { template } from '../support/test-table.ts';
import { bodyFor, idFor, ofNobody, populate, typeNamed, type Who } from '../support/twins.ts';

/*
 * Two directories with the same ids, names and members: whatever the credential of one asks for, it learns and changes nothing of the
 * other. What there is to be asked for is generated from the template, the routes and the types. A third directory is empty, and a
 * fourth is not there: no answer may tell which is which.
 */

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
/** Nothing of the other directory is called so but what only it has. */
const SECRET = 'known to globex alone';

let service: Service;
let acme: TestDirectory;
let globex: TestDirectory;
/** What the function says of the last request. */
const logged: LogLine[] = [];
const listening = listenToLog((line) => void logged.push(line));
beforeAll(async () => {
  service = await startService();
  [acme, globex] = await Promise.all([
    makeDirectory(service.running, 'acme', TOKEN_SCOPES),
    makeDirectory(service.running, 'globex', TOKEN_SCOPES),
    makeDirectory(service.running, 'empty', TOKEN_SCOPES),
  ]);
  await Promise.all([
    populate(service.table, 'acme', 'shared', 'known to acme alone'),
    populate(service.table, 'globex', 'shared', SECRET).then(() => populate(service.table, 'globex', 'stranger', SECRET)),
  ]);
  // Only there: a member more of the same group, and another version of it.
  const body = patchOf({ op: 'add', path: 'members', value: [{ value: idFor(user, 'stranger') }] });
  await send(globex, { method: 'PATCH', path: `/Groups/${idFor(group, 'shared')}`, body });
});
afterAll(async () => {
  listening.mockRestore();
  await service[Symbol.asyncDispose]();
});

const user = typeNamed('User');
const group = typeNamed('Group');
const patchOf = (...Operations: readonly object[]) => ({ schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations });
const bearer = ({ token }: TestDirectory) => ({ Authorization: `Bearer ${token}` });

/** Sends a request to a path below the directory's own base URL. */
const send = ({ directory, ...credential }: Pick<TestDirectory, 'directory' | 'token'>, asked: Asked): Promise<Answered> =>
  service.request({
    ...asked,
    path: `/${directory}/scim/v2${asked.path}`,
    headers: { Authorization: `Bearer ${credential.token}`, ...asked.headers },
  });
const itemsOf = async (directory: string) =>
  (await service.table.items()).filter(({ pk, sk }) => pk.startsWith(keysBeginWith(directory)) || sk === directory);
/** What is kept of resources: a list that is read leaves its bookmark, and a credential when it was used. */
const ofResources = (items: Awaited<ReturnType<typeof itemsOf>>) => items.filter(({ pk }) => !/#(bookmark#|token$)/.test(pk));

/** A change that would be seen, of whatever is at a path. */
function bodyAt(method: string, path: string): object | undefined {
  const type = resourceTypes.find(({ endpoint }) => path.includes(endpoint)) ?? user;
  if (method === 'PATCH') return patchOf({ op: 'replace', path: 'externalId', value: 'changed' });
  return method === 'POST' || method === 'PUT' ? bodyFor(type, 'stranger', 'changed') : undefined;
}

describe('at the paths of another directory', () => {
  /** Every path of the API, and every path of the routes that the functions know below a base URL. */
  const patterns = (): string[] => {
    const below = ({ path, children }: ApiResource): string[] => [path, ...children.flatMap(below)];
    const routes = { ...discoveryRoutes(resourceTypes), ...routesOf(resourceTypes, {} as Store), ...unbuiltBulk, ...unbuiltRoot };
    const known = Object.keys(routes).map((key) => key.replace(/^\w+ /, '/{directory}/scim/v2'));
    return [...new Set([...below(readApi(template()).root), ...known])];
  };
  /** The paths of a pattern: each variable is every thing that it may be. */
  const paths = (pattern: string, directory: string, who: Who): string[] => {
    const named = resourceTypes.filter(({ endpoint }) => pattern.includes(`${endpoint}/`));
    const types = pattern.includes('{') && named.length === 0 ? resourceTypes : named;
    const ends = ['more', '/scim/v2/Users', `scim/v2//Users/${idFor(user, who)}`, `${acme.directory}/scim/v2/Users`];
    const fillings = [...types, undefined].flatMap((type) =>
      ends.map((end) => ({
        '{directory}': directory,
        '{type}': type?.endpoint.slice(1) ?? 'Nonsense',
        '{id}': idFor(type ?? user, who),
        '{proxy+}': end,
      })),
    );
    const filled = fillings.map((values) => Object.entries(values).reduce((path, [name, value]) => path.replace(name, value), pattern));
    return [...new Set(filled)];
  };
  /** Where there is the resource, where its directory has no such, where that is empty, and where it is not there at all. */
  const WHERE: readonly { directory: string; who: Who }[] = [
    { directory: 'globex', who: 'shared' },
    { directory: 'globex', who: 'stranger' },
    { directory: 'globex', who: 'nobodies' },
    { directory: 'empty', who: 'stranger' },
    { directory: 'nowhere', who: 'stranger' },
  ];
  const requests = (): Asked[] =>
    WHERE.flatMap(({ directory, who }) => patterns().flatMap((pattern) => paths(pattern, directory, who))).flatMap((path) =>
      METHODS.map((method) => ({ method, path, headers: bearer(acme), body: bodyAt(method, path) })),
    );
  const REFUSAL = {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    status: '403',
    detail: "This path is not in the credential's directory",
  };

  test('there is something to be found', async () => {
    for (const type of resourceTypes) {
      const { status, text } = await send(globex, { path: `${type.endpoint}/${idFor(type, 'stranger')}` });
      expect([type.name, status, text.includes('stranger')]).toEqual([type.name, 200, true]);
    }
    expect(requests().length).toBeGreaterThan(2_000);
  });

  test.each([
    { who: 'the gateway', answer: (asked: Asked) => service.request(asked) },
    {
      who: 'the function, if a policy were too wide',
      answer: (asked: Asked) => service.invoke(asked, { directory: 'acme', tokenId: 't', scopes: TOKEN_SCOPES.join(' ') }),
    },
  ])('every request gets the same answer of $who: 403', async ({ answer }) => {
    const before = await service.table.items();
    logged.length = 0;
    const answers = new Map<string, Asked>();
    for (const asked of requests()) {
      const { status, headers, text } = await answer(asked);
      answers.set(JSON.stringify({ status, headers, text }), asked);
    }
    const [[only = '{}'] = [], ...others] = answers;
    expect(others).toEqual([]);
    const { status, text } = JSON.parse(only) as Answered;
    expect([status, JSON.parse(text)]).toEqual([403, REFUSAL]);
    // Nor does a function look at anything before it refuses.
    expect(new Set(logged.map(({ StoreCalls }) => StoreCalls))).toEqual(new Set(logged.length > 0 ? [0] : []));
    expect(await service.table.items()).toEqual(before);
  });
});

/** The values of a resource at a path such as `emails.value`. */
const valuesAt = (value: unknown, [name, ...rest]: readonly string[]): unknown[] =>
  name === undefined ? [value].flat() : [value].flat().flatMap((one) => valuesAt(isObject(one) ? one[name] : [], rest));

describe('at its own paths, with what is in another directory alone', () => {
  /** What a type can be looked up by, with the values that the stranger of the type has there. */
  const lookups = (type: ResourceType): [path: string, value: string][] => {
    const found = { ...bodyFor(type, 'stranger'), id: idFor(type, 'stranger') };
    const known = ['id', ...type.indexed, ...type.unique, ...(type.members ? [`${type.members}.value`] : [])];
    const pairs = known.flatMap((path) => valuesAt(found, path.split('.')).map((value): [string, string] => [path, String(value)]));
    for (const path of known) if (!pairs.some(([one]) => one === path)) throw new Error(`no ${type.name} of these tests has ${path}`);
    return [...pairs, ...(type.memberOf ? [[`${type.memberOf}.value`, idFor(group, 'stranger')] as [string, string]] : [])];
  };
  const searches = (type: ResourceType): { asked: Asked; isSole: boolean }[] => {
    const get = (filter: string, more = '') => ({ path: `${type.endpoint}?filter=${encodeURIComponent(filter)}${more}` });
    const post = (filter: string) => ({
      method: 'POST',
      path: `${type.endpoint}/.search`,
      body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'], filter },
    });
    const all = lookups(type);
    const walk = all.map(([path, value]) => `(${path} sw "${value.slice(0, -1)}" and ${path} co "${value.slice(1)}")`).join(' or ');
    return [
      ...all.flatMap(([path, value]) => {
        const [outer, inner] = path.split('.');
        const own = `id eq "${idFor(type, 'shared')}"`;
        return [
          { asked: get(`${path} eq "${value}"`), isSole: true },
          { asked: get(`${path} eq "${value}" or ${own}`, '&sortBy=displayName&count=1'), isSole: false },
          { asked: post(inner ? `${outer}[${inner} eq "${value}"]` : `${path} eq "${value}"`), isSole: true },
        ];
      }),
      { asked: get(walk), isSole: true },
      { asked: post(`not (${walk})`), isSole: false },
    ];
  };

  const conditions = async (path: string): Promise<Record<string, string>[]> => {
    const { headers } = await send(globex, { path });
    return [{}, { 'If-Match': '*' }, { 'If-Match': String(headers.ETag) }, { 'If-None-Match': String(headers.ETag) }];
  };
  /** Every verb on one resource, with and without the ETag that it has where it is. */
  const onResource = async (type: ResourceType): Promise<Asked[]> => {
    const path = `${type.endpoint}/${idFor(type, 'stranger')}`;
    const places = [
      ...(await conditions(path)).map((headers) => ({ path, headers })),
      ...[`${path}?cascade=true&attributes=id`, `/${path}/`, `${path}/more`].map((where) => ({ path: where })),
    ];
    return places.flatMap((place) => METHODS.map((method) => ({ ...place, method, body: bodyAt(method, place.path) })));
  };

  /** That a resource names a stranger, in every way that a client may write it. */
  const naming = (type: ResourceType, attribute: string, value: object): Asked[] => {
    const path = `${type.endpoint}/${idFor(type, 'shared')}`;
    const body = { ...bodyFor(type, 'shared'), userName: 'new@example.com', [attribute]: [value] };
    return [
      { method: 'POST', path: type.endpoint, body },
      { method: 'PUT', path, body },
      ...['add', 'replace'].map((op) => ({ method: 'PATCH', path, body: patchOf({ op, path: attribute, value: [value] }) })),
      { method: 'PATCH', path, body: patchOf({ op: 'add', value: { [attribute]: [value] } }) },
    ];
  };
  const asMember = [user, group].flatMap((type) => naming(group, 'members', { value: idFor(type, 'stranger') }));
  const asGrant = resourceTypes.flatMap((type) =>
    type.grants.flatMap(({ attribute, types }) =>
      types.flatMap((granted) => [
        ...naming(type, attribute, { value: idFor(granted, 'stranger') }),
        ...naming(type, attribute, { value: idFor(granted, 'stranger'), type: granted.name }),
      ]),
    ),
  );
  /** What is not there is removed by doing nothing. */
  const asRemoved = [user, group].flatMap((type) =>
    [
      { op: 'remove', path: `members[value eq "${idFor(type, 'stranger')}"]` },
      { op: 'remove', path: 'members', value: [{ value: idFor(type, 'stranger') }] },
    ].map((operation) => ({ method: 'PATCH', path: `/Groups/${idFor(group, 'shared')}`, body: patchOf(operation) })),
  );

  /** Sends a request about the stranger, and the same about nobody: the answers must be, and nothing may change. */
  async function expectUnknown(all: readonly Asked[]): Promise<Answered[]> {
    const before = await service.table.items();
    const answers: Answered[] = [];
    for (const asked of all) {
      const [known, unknown] = [await send(acme, asked), await send(acme, JSON.parse(ofNobody(JSON.stringify(asked))))];
      const shown = ({ status, headers, text }: Answered) => ofNobody(JSON.stringify({ status, headers, text }));
      if (shown(known) !== shown(unknown)) expect({ asked, answer: shown(known) }).toEqual({ asked, answer: shown(unknown) });
      expect([asked, known.text.includes(SECRET)]).toEqual([asked, false]);
      answers.push(known);
    }
    expect(ofResources(await service.table.items())).toEqual(ofResources(before));
    return answers;
  }

  test.each(resourceTypes.map((type) => ({ name: type.name, type })))('the id of a $name is as unknown as any', async ({ type }) => {
    for (const { status } of await expectUnknown(await onResource(type))) expect([404, 405, 412]).toContain(status);
  });

  test.each(resourceTypes.map((type) => ({ name: type.name, type })))(
    'no search for a $name finds it, by whatever it has',
    async ({ type }) => {
      const all = searches(type);
      const answers = await expectUnknown(all.map(({ asked }) => asked));
      expect(answers.map(({ status }) => status)).toEqual(all.map(() => 200));
      const found = answers.filter((_, i) => all[i]?.isSole).map(({ text }) => JSON.parse(text).totalResults);
      expect(new Set(found)).toEqual(new Set([0]));
    },
  );

  test.each([
    { what: 'a member', all: asMember },
    { what: 'a grant', all: asGrant },
  ])('$what it cannot become', async ({ all }) => {
    const answers = await expectUnknown(all);
    expect(new Set(answers.map(({ status, text }) => `${status} ${JSON.parse(text).scimType}`))).toEqual(new Set(['400 invalidValue']));
  });

  test('a member that it is not, it need not be removed as', async () => {
    expect(new Set((await expectUnknown(asRemoved)).map(({ status }) => status))).toEqual(new Set([204]));
  });
});

describe('at its own paths, with ids that both directories have', () => {
  const version = async (target: TestDirectory, path: string) => String((await send(target, { path })).headers.ETag);

  test('an ETag of the other directory is as good as any other that is not its own', async () => {
    const path = `/Groups/${idFor(group, 'shared')}`;
    const foreign = await version(globex, path);
    expect(await version(acme, path)).not.toBe(foreign);
    for (const etag of [foreign, 'W/"0"']) {
      expect((await send(acme, { path, headers: { 'If-None-Match': etag } })).status).toBe(200);
      for (const method of ['PUT', 'PATCH', 'DELETE']) {
        const { status } = await send(acme, { method, path, headers: { 'If-Match': etag }, body: bodyAt(method, path) });
        expect([etag, method, status]).toEqual([etag, method, 412]);
      }
    }
  });

  test('whoever reads page after page with the same credential id reads its own', async () => {
    const caller = (directory: string) => ({ directory, tokenId: 'the same', scopes: TOKEN_SCOPES.join(' ') });
    const page = async (directory: string, query: string): Promise<{ ids: string[]; total: number }> => {
      const { text } = await service.invoke({ path: `/${directory}/scim/v2${query}` }, caller(directory));
      const { Resources, totalResults } = JSON.parse(text);
      return { ids: Resources.map(({ id }: { id: string }) => id), total: totalResults };
    };
    // Of a page that begins where the other's has ended, the other's bookmark would make the next.
    await populate(service.table, 'acme', 'nobodies', '');
    for (const { endpoint } of [user, typeNamed('Role')])
      for (const more of ['', '&filter=displayName%20pr&sortBy=displayName&sortOrder=descending']) {
        const read = { acme: [] as string[], globex: [] as string[] };
        for (const startIndex of [1, 2])
          for (const directory of ['acme', 'globex'] as const)
            read[directory].push(...(await page(directory, `${endpoint}?count=1&startIndex=${startIndex}${more}`)).ids);
        for (const directory of ['acme', 'globex'] as const)
          expect([endpoint, more, read[directory]]).toEqual([endpoint, more, (await page(directory, `${endpoint}?${more.slice(1)}`)).ids]);
      }
  });

  test('no change touches the other directory, nor does what is unique there keep anybody from it', async () => {
    const before = await itemsOf('globex');
    const self = idFor(user, 'shared');
    const members = (op: string) => patchOf({ op, path: 'members', value: [{ value: self }] });
    const groupPath = `/Groups/${idFor(group, 'shared')}`;
    const changes: Asked[] = [
      ...resourceTypes.map((type) => ({
        method: 'POST',
        path: type.endpoint,
        body: { ...bodyFor(type, 'stranger'), members: [], roles: [], entitlements: [] },
      })),
      ...resourceTypes.flatMap((type) =>
        ['PUT', 'PATCH'].map((method) => {
          const path = `${type.endpoint}/${idFor(type, 'shared')}`;
          return { method, path, body: method === 'PUT' ? bodyFor(type, 'shared', 'changed') : bodyAt(method, path) };
        }),
      ),
      ...['remove', 'add', 'replace', 'remove', 'add'].map((op) => ({ method: 'PATCH', path: groupPath, body: members(op) })),
      { method: 'DELETE', path: `/Users/${self}` },
      { method: 'DELETE', path: groupPath },
      ...resourceTypes
        .filter(({ givenIds }) => givenIds)
        .map((type) => ({ method: 'DELETE', path: `${type.endpoint}/${idFor(type, 'shared')}?cascade=true` })),
    ];
    // What is kept of both is kept apart: else what one does to it would not show among the items of the other.
    expect((await service.table.items()).filter(({ pk }) => !/^((acme|globex)#|DIRECTORIES$)/.test(pk))).toEqual([]);
    for (const asked of changes) {
      const { status, text } = await send(acme, asked);
      expect([asked.method, asked.path, [200, 201, 204].includes(status) ? 'done' : text]).toEqual([asked.method, asked.path, 'done']);
      expect(text).not.toContain(SECRET);
    }
    expect(ofResources(await itemsOf('globex'))).toEqual(ofResources(before));
    for (const type of resourceTypes) {
      const path = `${type.endpoint}/${idFor(type, 'shared')}`;
      expect([path, (await send(acme, { path })).status, (await send(globex, { path })).status]).toEqual([path, 404, 200]);
    }
  });
});
