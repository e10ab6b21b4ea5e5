import { describe, expect, test } from '@jest/globals';
import { compileFilter } from '../../../lambdas/scim/filter/compile.ts';
import { parseFilter } from '../../../lambdas/scim/filter/parse.ts';
import { attributePath, pathOf, printPath, resolvePath } from '../../../lambdas/scim/path.ts';
import { project } from '../../../lambdas/scim/project.ts';
import { integer, string } from '../../../lambdas/scim/schemas/attribute.ts';
import { defineResourceType } from '../../../lambdas/scim/schemas/resource-type.ts';
import { user, userSchema } from '../../../lambdas/scim/schemas/user.ts';
import { compileSort } from '../../../lambdas/scim/sort.ts';
import { refusal, THING_URN, typeWithExtension } from '../../support/rfc.ts';

const HR = 'urn:ietf:params:scim:schemas:exampleCo:2.0:hr';

describe('RFC 7644 section 3.10, attribute notation', () => {
  test.each([
    { path: 'userName', urn: undefined, names: ['userName'] },
    { path: 'name.givenName', urn: undefined, names: ['name', 'givenName'] },
    { path: 'urn:ietf:params:scim:schemas:core:2.0:User:userName', urn: userSchema.id, names: ['userName'] },
    { path: 'urn:ietf:params:scim:schemas:exampleCo:2.0:hr:age', urn: HR, names: ['age'] },
    { path: 'urn:ietf:params:scim:schemas:core:2.0:User:name.givenName', urn: userSchema.id, names: ['name', 'givenName'] },
  ])('{urn}:{Attribute name}.{Sub-Attribute name}: $path', ({ path, urn, names }) => {
    expect(attributePath(path)).toEqual({ ...(urn && { urn }), names });
    expect(printPath({ ...(urn && { urn }), names })).toBe(path);
  });

  test.each([
    { what: 'a name that begins with a digit', path: '1st' },
    { what: 'a name with a space in it', path: 'user name' },
    { what: 'nothing', path: '' },
    { what: 'no name behind the dot', path: 'name.' },
    { what: 'no URN in front of the colon', path: ':userName' },
    { what: 'a scheme that begins with a digit', path: '1urn:x:userName' },
    { what: 'a scheme alone', path: 'urn:userName' },
  ])('what has $what is no path', ({ path }) => {
    expect(attributePath(path)).toBeUndefined();
  });

  test.each([
    'userName',
    'emails.value',
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value',
  ])('the full path of an attribute leads to it, in the spelling of its schema: %s', (path) => {
    const chain = resolvePath(user.attributes, attributePath(path.toLowerCase()) ?? { names: [] });
    expect(pathOf(chain ?? [])).toBe(path);
  });

  const resource = { schemas: [userSchema.id], id: '1', userName: 'bjensen', name: { givenName: 'Barbara', familyName: 'Jensen' } };
  const matches = (filter: string) => compileFilter(parseFilter(filter), user.attributes, { coreUrn: userSchema.id })(resource);

  test('attributes are identified by prefixing the name with its schema URN; clients MAY omit that of the core schema', () => {
    const names = ['urn:ietf:params:scim:schemas:core:2.0:User:userName', 'userName'];
    expect(names.map((name) => matches(`${name} eq "bjensen"`))).toEqual([true, true]);
    for (const name of names)
      expect(project(user, resource, { attributes: [name] })).toEqual({ schemas: [userSchema.id], id: '1', userName: 'bjensen' });
  });

  test("the fully qualified path for a User's givenName", () => {
    const path = 'urn:ietf:params:scim:schemas:core:2.0:User:name.givenName';
    expect(matches(`${path} eq "Barbara"`)).toBe(true);
    expect(project(user, resource, { attributes: [path] }).name).toEqual({ givenName: 'Barbara' });
    expect(project(user, resource, { excludedAttributes: [path] }).name).toEqual({ familyName: 'Jensen' });
  });

  test('the attribute of an extension is uniquely identified by its URN, also beside one of the same name', () => {
    const hr = { id: HR, name: 'HR', description: 'HR', attributes: [integer('age', 'An age.')] };
    const type = typeWithExtension(hr, false, string('age', 'A period.'));
    const thing = { schemas: [THING_URN, HR], id: '1', age: 'bronze', [HR]: { age: 41 } };
    const holds = (filter: string) => compileFilter(parseFilter(filter), type.attributes, { coreUrn: THING_URN })(thing);
    expect(holds(`${HR}:age eq 41`)).toBe(true);
    expect(holds('age eq "bronze"')).toBe(true);
    expect(holds(`${THING_URN}:age eq "bronze"`)).toBe(true);
    expect(project(type, thing, { attributes: [`${HR}:age`] })).toEqual({ schemas: [THING_URN, HR], id: '1', [HR]: { age: 41 } });
    expect(project(type, thing, { attributes: ['age'] })).toEqual({ schemas: [THING_URN], id: '1', age: 'bronze' });
  });

  test('the URN of the core schema alone names no attribute, though it end as that of an extension may', () => {
    const schema = { id: 'urn:example:core:2.0', name: 'Core', description: '', attributes: [string('note', '')] };
    const type = defineResourceType({ name: 'Thing', endpoint: '/Things', description: '', schema });
    expect(() => compileFilter(parseFilter(`${schema.id} pr`), type.attributes, { coreUrn: schema.id })).toThrow(
      refusal('invalidFilter', `${schema.id}: no schema`),
    );
    expect(() => compileSort(type, { by: schema.id, order: 'ascending' })).toThrow(
      refusal('invalidValue', `attribute ${schema.id} to sort by`),
    );
  });

  test.each([
    { facet: 'URN', path: 'URN:IETF:params:SCIM:schemas:CORE:2.0:user:name.givenName' },
    { facet: 'attribute', path: 'urn:ietf:params:scim:schemas:core:2.0:User:NAME.givenName' },
    { facet: 'sub-attribute name', path: 'urn:ietf:params:scim:schemas:core:2.0:User:name.GIVENNAME' },
  ])('all facets of the fully encoded attribute name are case insensitive: $facet', ({ path }) => {
    expect(matches(`${path} eq "Barbara"`)).toBe(true);
    expect(project(user, resource, { attributes: [path] }).name).toEqual({ givenName: 'Barbara' });
  });
});
