import { describe, expect, test } from '@jest/globals';
import { compileFilter } from '../../../lambdas/scim/filter/compile.ts';
import { parseFilter } from '../../../lambdas/scim/filter/parse.ts';
import type { JsonObject } from '../../../lambdas/scim/json.ts';
import { project } from '../../../lambdas/scim/project.ts';
import { complex, reference, string } from '../../../lambdas/scim/schemas/attribute.ts';
import type { ResourceType } from '../../../lambdas/scim/schemas/resource-type.ts';
import { user } from '../../../lambdas/scim/schemas/user.ts';
import { isShownOnRequest, namesIn, namesInOperations } from '../../../lambdas/scim/written.ts';
import { answered, created, replaced } from '../../support/bodies.ts';
import { refusal, THING_URN, typeWith } from '../../support/rfc.ts';

const matches = (type: ResourceType, filter: string, resource: JsonObject) =>
  compileFilter(parseFilter(filter), type.attributes, { coreUrn: type.schema.id })(resource);

describe('RFC 7643 section 2.2, attribute characteristics', () => {
  test('if not otherwise stated, attributes have these characteristics', () => {
    expect(string('a', 'A text.')).toEqual({
      name: 'a',
      description: 'A text.',
      type: 'string',
      multiValued: false,
      required: false,
      caseExact: false,
      mutability: 'readWrite',
      returned: 'default',
      uniqueness: 'none',
    });
  });
});

describe('RFC 7643 section 7, what the characteristics mean', () => {
  test('required: whether or not the attribute is required', () => {
    const type = typeWith(string('serial', 'A number.', { required: true }), string('note', 'A note.'));
    expect(created(type, { serial: '7' })).toEqual({ serial: '7' });
    expect(() => created(type, { note: 'x' })).toThrow(refusal('invalidValue', 'serial: '));
  });

  test('required and readOnly: it is the service that must give the attribute', () => {
    const type = typeWith(string('serial', 'A number.', { required: true, mutability: 'readOnly' }), string('note', 'A note.'));
    expect(created(type, { note: 'x' })).toEqual({ note: 'x' });
    expect(answered(type, { id: '1', serial: '7' })).toMatchObject({ id: '1', serial: '7' });
    expect(() => answered(type, { id: '1', note: 'x' })).toThrow(refusal('invalidValue', 'serial: '));
  });

  test('canonicalValues: a collection of suggested values that MAY be used, and so may others', () => {
    const type = typeWith(string('place', 'A place.', { canonicalValues: ['work', 'home'] }));
    expect(created(type, { place: 'work' })).toEqual({ place: 'work' });
    expect(created(type, { place: 'beach' })).toEqual({ place: 'beach' });
  });

  test('caseExact: the server SHALL use case sensitivity when evaluating filters', () => {
    const type = typeWith(string('exact', 'A text.', { caseExact: true }), string('loose', 'A text.', { caseExact: false }));
    const resource = { exact: 'Abc', loose: 'Abc' };
    expect(matches(type, 'exact eq "Abc"', resource)).toBe(true);
    expect(matches(type, 'exact eq "abc"', resource)).toBe(false);
    expect(matches(type, 'loose eq "aBC"', resource)).toBe(true);
  });

  test('caseExact: for attributes that are case exact, the server SHALL preserve case for any value submitted', () => {
    const type = typeWith(string('exact', 'A text.', { caseExact: true }));
    expect(created(type, { exact: 'aBcÄ' })).toEqual({ exact: 'aBcÄ' });
  });

  test('caseExact of false: the server MAY alter case, and does not', () => {
    expect(created(typeWith(string('loose', 'A text.')), { loose: 'aBc' })).toEqual({ loose: 'aBc' });
  });

  test.each([
    { uniqueness: 'none' as const, unique: [] },
    { uniqueness: 'server' as const, unique: ['serial'] },
    { uniqueness: 'global' as const, unique: ['serial'] },
  ])('uniqueness $uniqueness: whether values are unique among the resources of the server', ({ uniqueness, unique }) => {
    expect(typeWith(string('serial', 'A number.', { uniqueness })).unique).toEqual(unique);
  });

  test('referenceTypes: what may be referenced is described, and no value is refused for it', () => {
    const type = typeWith(reference('owner', 'The owner.', { referenceTypes: ['User'] }));
    expect(created(type, { owner: 'https://example.com/v2/Users/1' })).toEqual({ owner: 'https://example.com/v2/Users/1' });
  });
});

describe('RFC 7643 section 7, mutability', () => {
  test('readOnly: the attribute SHALL NOT be modified', () => {
    const type = typeWith(string('serial', 'A number.', { mutability: 'readOnly' }), string('note', 'A note.'));
    expect(created(type, { serial: '7', note: 'x' })).toEqual({ note: 'x' });
    expect(replaced(type, { note: 'x' }, { serial: '7', note: 'y' })).toEqual({ note: 'y' });
  });

  test('readWrite: the attribute MAY be updated and read at any time', () => {
    const type = typeWith(string('note', 'A note.'));
    const resource = replaced(type, created(type, { note: 'x' }), { note: 'y' });
    expect(project(type, resource)).toMatchObject({ note: 'y' });
  });

  test('immutable: the attribute MAY be defined at resource creation or at record replacement', () => {
    const type = typeWith(string('serial', 'A number.', { mutability: 'immutable' }));
    expect(created(type, { serial: '7' })).toEqual({ serial: '7' });
    expect(replaced(type, {}, { serial: '7' })).toEqual({ serial: '7' });
  });

  test('immutable: the attribute SHALL NOT be updated', () => {
    const type = typeWith(string('serial', 'A number.', { mutability: 'immutable' }));
    expect(() => replaced(type, { serial: '7' }, { serial: '8' })).toThrow(refusal('mutability', 'serial'));
  });

  test('writeOnly: attribute values SHALL NOT be returned, whatever their "returned" says', () => {
    const type = typeWith(string('pin', 'A secret.', { mutability: 'writeOnly' }), string('note', 'A note.'));
    const resource = { schemas: [THING_URN], id: '1', pin: '1234', note: 'x' };
    expect(project(type, resource)).toEqual({ schemas: [THING_URN], id: '1', note: 'x' });
    expect(project(type, resource, { attributes: ['pin'] })).toEqual({ schemas: [THING_URN], id: '1' });
    expect(() => answered(type, resource)).toThrow(refusal('invalidValue', 'pin: '));
  });
});

describe('RFC 7643 section 7, returned', () => {
  const type = typeWith(
    string('badge', 'Always there.', { returned: 'always' }),
    string('hash', 'Never there.', { returned: 'never' }),
    string('note', 'There by default.'),
    string('history', 'There on request.', { returned: 'request' }),
  );
  const resource = { schemas: [THING_URN], id: '1', badge: 'b', hash: 'h', note: 'n', history: 'y' };
  const always = { schemas: [THING_URN], id: '1', badge: 'b' };

  test('always: the attribute is returned regardless of the contents of the "attributes" parameter', () => {
    expect(project(type, resource, { attributes: ['note'] })).toEqual({ ...always, note: 'n' });
  });

  test('never: the attribute is never returned', () => {
    expect(project(type, resource)).toEqual({ ...always, note: 'n' });
    expect(project(type, resource, { attributes: ['hash'] })).toEqual(always);
    expect(project(type, resource, { written: ['hash'] })).toEqual({ ...always, note: 'n' });
  });

  test('default: the attribute is returned by default, and if "attributes" is specified only where it is named', () => {
    expect(project(type, resource)).toHaveProperty('note');
    expect(project(type, resource, { attributes: ['note'] })).toHaveProperty('note');
    expect(project(type, resource, { attributes: ['badge'] })).not.toHaveProperty('note');
  });

  test('request: the attribute is returned in a query only if specified in the "attributes" parameter', () => {
    expect(project(type, resource)).not.toHaveProperty('history');
    expect(project(type, resource, { attributes: ['history'] })).toEqual({ ...always, history: 'y' });
  });

  test('request: the attribute is returned in response to PUT, POST or PATCH if it was specified by the client', () => {
    expect(project(type, resource, { written: ['history'] })).toEqual({ ...always, note: 'n', history: 'y' });
    expect(project(type, resource, { written: ['note'] })).toEqual({ ...always, note: 'n' });
  });
});

describe('RFC 7643 section 7, returned: what a client has specified in a PUT, POST or PATCH', () => {
  const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

  test('is what its body names, at any depth, once each and in the spelling of the schema', () => {
    const body = {
      USERNAME: 'bjensen',
      shoeSize: 38,
      name: null,
      emails: [{ Value: 'a@b' }, { value: 'c@d', type: 'work', colour: 'red' }, null, 'x'],
      [enterprise.toUpperCase()]: { manager: { value: '1' } },
    };
    expect(namesIn(user, body)).toEqual([
      'userName',
      'name',
      'emails',
      'emails.value',
      'emails.type',
      enterprise,
      `${enterprise}:manager`,
      `${enterprise}:manager.value`,
    ]);
    expect(namesIn(user, null)).toEqual([]);
  });

  test.each([
    { operation: { op: 'remove', path: 'TITLE' }, names: ['title'] },
    { operation: { op: 'add', path: 'name', value: { givenName: 'Barbara' } }, names: ['name', 'name.givenName'] },
    { operation: { op: 'add', path: 'name.givenName', value: 'Barbara' }, names: ['name.givenName'] },
    { operation: { op: 'replace', path: 'emails[type eq "work"].value', value: 'a@b' }, names: ['emails.value'] },
    { operation: { op: 'replace', path: 'emails[type eq "work"]', value: { display: 'A' } }, names: ['emails', 'emails.display'] },
    {
      operation: { op: 'add', value: { 'name.givenName': 'Barbara', emails: [{ value: 'a@b' }] } },
      names: ['name.givenName', 'emails', 'emails.value'],
    },
    { operation: { op: 'add', value: { shoeSize: 38, [`${enterprise}:department`]: 'X' } }, names: [`${enterprise}:department`] },
    { operation: { op: 'add', value: {} }, names: [] },
  ])('is what its operations name: $operation', ({ operation, names }) => {
    expect(namesInOperations(user, [operation])).toEqual(names);
    expect(namesInOperations(user, [operation, { op: 'add', path: 'title', value: 'x' }, operation])).toEqual([
      ...new Set([...names, 'title']),
    ]);
  });

  test('matters where an attribute, or a sub-attribute, is shown on request', () => {
    const rare = string('rare', 'A text.', { returned: 'request' });
    expect(isShownOnRequest(rare)).toBe(true);
    expect(isShownOnRequest(complex('some', 'Texts.', [string('note', 'A text.'), rare]))).toBe(true);
    expect(isShownOnRequest(complex('none', 'Texts.', [string('note', 'A text.')]))).toBe(false);
  });
});
