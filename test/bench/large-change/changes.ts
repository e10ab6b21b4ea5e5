import type { APIGatewayProxyEvent } from 'aws-lambda';
import { create, type Directory, patch, replace } from '../../../lambdas/directory/operations.ts';
import { readBody } from '../../../lambdas/http/body.ts';
import { PATCH_OP_URN, readPatchOp } from '../../../lambdas/http/messages.ts';
import { viewOf } from '../../../lambdas/http/view.ts';
import { group } from '../../../lambdas/scim/schemas/group.ts';
import { adding, groupBody, removing } from '../../support/group-operations.ts';

/** A large change, as a client sends it. */
export interface Change {
  readonly name: string;
  readonly act: () => Promise<unknown>;
}

const HEADERS = new Map([['content-type', 'application/scim+json']]);

/** What the function reads from a request, from the text on. */
const received = (body: object) => readBody({ body: JSON.stringify(body), isBase64Encoded: false } as APIGatewayProxyEvent, HEADERS);

/** As the route does: nobody wants the members back. */
const sendPatch = (directory: Directory, id: string, operation: object) =>
  patch(directory, group, id, readPatchOp(received({ schemas: [PATCH_OP_URN], Operations: [operation] })));

const sendPut = async (directory: Directory, id: string, ids: readonly string[]) => {
  const stored = await replace(directory, group, id, received(groupBody('Everybody', ids)));
  return viewOf(group, directory, '', {}).written(stored);
};

const emptyGroup = async (directory: Directory) => (await create(directory, group, groupBody('Everybody'))).id;

/** Changes of as many members as there are ids, in groups of their own; each has to be made before the next one is asked for. */
export async function* changesOf(directory: () => Directory, ids: readonly string[]): AsyncGenerator<Change> {
  const everybody = await emptyGroup(directory());
  yield { name: 'a PATCH that adds all to an empty group', act: () => sendPatch(directory(), everybody, adding(ids)) };
  yield { name: 'a PATCH that removes all from it', act: () => sendPatch(directory(), everybody, removing(ids)) };
  const halves = [ids.slice(0, ids.length / 2), ids.slice(ids.length / 2)] as const;
  const half = await emptyGroup(directory());
  await sendPatch(directory(), half, adding(halves[0]));
  yield { name: 'a PUT that puts one half in the place of the other', act: () => sendPut(directory(), half, halves[1]) };
  await sendPut(directory(), half, []);
}
