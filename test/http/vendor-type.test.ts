import { beforeAll, describe, expect, test } from '@jest/globals';
import { complex, dateTime, many, string } from '../../lambdas/scim/schemas/attribute.ts';
import { defineResourceType, type Schema } from '../../lambdas/scim/schemas/resource-type.ts';
import { resourceFunction } from '../support/resource-function.ts';

const extension: Schema = {
  id: 'urn:example:2.0:Badge:access',
  name: 'Access',
  description: 'Where a badge opens doors',
  attributes: [
    string('chip', 'Number of the chip.', { required: true, uniqueness: 'server' }),
    complex('door', 'The main door.', [string('name', 'Its name.'), string('code', 'Its code.', { returned: 'request' })]),
  ],
};

/** Attributes with characteristics that no attribute of a user has. Its endpoint is one that the API has a route for. */
const badge = defineResourceType({
  name: 'Badge',
  endpoint: '/Users',
  description: 'A badge',
  schema: {
    id: 'urn:example:2.0:Badge',
    name: 'Badge',
    description: 'A badge',
    attributes: [
      string('label', 'What is printed on it.', { required: true }),
      string('serial', 'Given once.', { mutability: 'immutable' }),
      string('pin', 'The secret of its owner.', { mutability: 'writeOnly', returned: 'never' }),
      string('note', 'Shown to those who ask for it.', { returned: 'request' }),
      dateTime('issued', 'When it was given out.'),
      complex('traces', 'Of its owner.', [string('pin', '', { mutability: 'writeOnly' })]),
      many('visits', 'Where it was seen.', [
        string('value', 'The door.', { required: true }),
        string('by', 'Who saw it.', { mutability: 'immutable' }),
      ]),
    ],
  },
  extensions: [{ schema: extension, required: true }],
});
const access = extension.id;

const { send } = resourceFunction(badge);
const body = (label: string, more: object = {}) => ({ schemas: [badge.schema.id], label, [access]: { chip: label }, ...more });
const post = (label: string, more?: object) => send({ method: 'POST', path: '/Users', body: body(label, more) });
const put = (id: string, label: string, more?: object) => send({ method: 'PUT', path: `/Users/${id}`, body: body(label, more) });
const patch = (id: string, ...Operations: readonly object[]) =>
  send({ method: 'PATCH', path: `/Users/${id}`, body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations } });

describe('an attribute that is returned on request (RFC 7643 section 7)', () => {
  const door = { name: 'main', code: '1234' };

  test('is in the answer to a write that names it, and to nobody else who does not ask', async () => {
    const given = { note: 'spare', [access]: { chip: 'request', door } };
    const created = await post('request', given);
    expect(created.body).toMatchObject({ note: 'spare', [access]: { door } });
    const path = `/Users/${created.body.id}`;
    const read = await send({ path });
    expect(read.body).not.toHaveProperty('note');
    expect(read.body[access]).toEqual({ chip: 'request', door: { name: 'main' } });
    const asked = await send({ path: `${path}?attributes=note,${access}:door.code` });
    expect(asked.body).toMatchObject({ note: 'spare', [access]: { door: { code: '1234' } } });

    const replaced = await put(created.body.id, 'request', { [access]: { chip: 'request', door: { name: 'side' } } });
    expect(replaced.body).not.toHaveProperty('note');
    const patched = await patch(created.body.id, { op: 'replace', path: `${access}:door.code`, value: '5678' });
    expect(patched.body).toMatchObject({ [access]: { door: { name: 'side', code: '5678' } } });
    expect(patched.body).not.toHaveProperty('note');
    expect((await send({ path: `${path}?attributes=note` })).body.note).toBe('spare');
  });

  test.each([
    { op: 'add', path: access, value: { door: { code: '1' } } },
    { op: 'add', path: `${access}:door`, value: { CODE: '1' } },
    { op: 'add', value: { [access]: { door: { code: '1' } } } },
    { op: 'add', value: { [`${access}:door`]: { code: '1' } } },
    { op: 'add', value: { [`${access}:door.code`]: '1' } },
    { op: 'add', path: `${badge.schema.id}:note`, value: '1' },
  ])('is shown however a PATCH names it: $path $value', async (operation) => {
    const { body: created } = await post(`named ${JSON.stringify(operation)}`);
    const { body: answer } = await patch(created.id, operation);
    expect([answer.note, (answer[access] as { door?: { code?: string } }).door?.code]).toContain('1');
  });

  test('in a schema that is asked for as a whole has to be asked for itself', async () => {
    const { body: created } = await post('whole', { [access]: { chip: 'whole', door }, note: 'x' });
    const { body: answer } = await send({ path: `/Users/${created.id}?attributes=${badge.schema.id},${access}` });
    expect(answer).toMatchObject({ label: 'whole', [access]: { chip: 'whole', door: { name: 'main' } } });
    expect(answer).not.toHaveProperty('note');
  });
});

describe('an immutable attribute (RFC 7644 sections 3.5.1 and 3.5.2)', () => {
  let id: string;
  const visits = [{ value: 'lobby', by: 'Ada' }];
  beforeAll(async () => {
    id = (await post('immutable', { serial: 'S1', visits })).body.id;
  });

  test('stays where a PUT leaves it out or gives it again', async () => {
    expect((await put(id, 'immutable', { visits })).body.serial).toBe('S1');
    expect((await put(id, 'immutable', { serial: 's1', visits: [{ value: 'lobby', by: 'ada' }] })).body).toMatchObject({ serial: 'S1' });
  });

  test.each([
    { by: 'PUT', change: () => put(id, 'immutable', { serial: 'S2' }), attribute: 'serial' },
    { by: 'PUT with null', change: () => put(id, 'immutable', { serial: null }), attribute: 'serial' },
    { by: 'PUT of a value', change: () => put(id, 'immutable', { visits: [{ value: 'lobby', by: 'Eve' }] }), attribute: 'visits.by' },
    { by: 'PATCH', change: () => patch(id, { op: 'replace', path: 'serial', value: 'S2' }), attribute: 'serial' },
    { by: 'PATCH that removes it', change: () => patch(id, { op: 'remove', path: 'serial' }), attribute: 'serial' },
    {
      by: 'PATCH of a value',
      change: () => patch(id, { op: 'replace', path: 'visits[value eq "lobby"].by', value: 'Eve' }),
      attribute: 'visits[value eq "lobby"].by',
    },
  ])('cannot be changed by $by', async ({ change, attribute }) => {
    const { status, body: answer } = await change();
    expect(status).toBe(400);
    expect(answer).toMatchObject({ scimType: 'mutability', detail: `${attribute}: immutable, expected the value that it has` });
    expect((await send({ path: `/Users/${id}` })).body).toMatchObject({ serial: 'S1', visits });
  });

  test('can be set where it has no value', async () => {
    const { body: created } = await post('unset');
    expect((await patch(created.id, { op: 'add', value: { serial: 'S3' } })).body.serial).toBe('S3');
  });
});

describe('a write-only attribute', () => {
  test('is kept, and neither shown nor to be asked about', async () => {
    const { body: created } = await post('secretive', { pin: '4711' });
    expect(created).not.toHaveProperty('pin');
    expect((await send({ path: `/Users/${created.id}?attributes=pin` })).body).not.toHaveProperty('pin');
    for (const [query, scimType] of [
      ['filter=pin%20sw%20%224%22', 'sensitive'],
      ['sortBy=pin', 'invalidValue'],
    ])
      expect((await send({ path: `/Users?${query}` })).body).toMatchObject({ status: '400', scimType });
  });

  test('leaves no trace that a filter could find', async () => {
    await post('traceless', { traces: { pin: 'x' } });
    for (const filter of ['traces pr', 'traces ne null', 'not (traces eq null)']) {
      const { body: answer } = await send({ path: `/Users?filter=${encodeURIComponent(`label eq "traceless" and ${filter}`)}` });
      expect([filter, answer.totalResults]).toEqual([filter, 0]);
    }
  });
});

describe('an extension that is required', () => {
  test('must be given', async () => {
    const { status, body: answer } = await send({ method: 'POST', path: '/Users', body: { schemas: [badge.schema.id], label: 'bare' } });
    expect(status).toBe(400);
    expect(answer).toMatchObject({ scimType: 'invalidValue', detail: expect.stringContaining(`${access}: required`) });
  });

  test('has attributes that are unique, looked up and sorted by', async () => {
    await post('b-chip', { issued: '2026-01-01T01:00:00+02:00' });
    await post('a-chip', { issued: '2026-01-01T00:00:00Z' });
    expect(await post('other', { [access]: { chip: 'A-CHIP' } })).toMatchObject({
      status: 409,
      body: { scimType: 'uniqueness', detail: `${access}:chip is already in use` },
    });
    const labels = async (query: string) =>
      (await send({ path: `/Users?${query}` })).body.Resources.map((resource) => (resource as { label: string }).label);
    expect(await labels(`filter=${encodeURIComponent(`${access}:chip eq "A-chip"`)}`)).toEqual(['a-chip']);
    const chips = encodeURIComponent(`${access}:chip ew "-chip"`);
    expect(await labels(`filter=${chips}&sortBy=${access}:chip&sortOrder=descending`)).toEqual(['b-chip', 'a-chip']);
    expect(await labels(`filter=${chips}&sortBy=issued`)).toEqual(['b-chip', 'a-chip']);
  });
});
