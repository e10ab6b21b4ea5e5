import type { JsonObject } from '../../../lambdas/scim/json.ts';
import { compileProjection, type Selection } from '../../../lambdas/scim/project.ts';
import { enterpriseUserSchema } from '../../../lambdas/scim/schemas/enterprise-user.ts';
import { user } from '../../../lambdas/scim/schemas/user.ts';
import { userResources } from '../../support/users.ts';
import { median } from '../measure.ts';
import { digits, progress, type Row, type Section } from '../report.ts';

const USERS = 100;
const LIMIT_MS = 1;

const SELECTIONS: readonly (readonly [string, Selection])[] = [
  ['default', {}],
  ['attributes=userName', { attributes: ['userName'] }],
  [
    'attributes=userName,name.familyName,emails.value,…:department',
    {
      attributes: ['userName', 'name.familyName', 'emails.value', `${enterpriseUserSchema.id}:department`],
    },
  ],
  ['excludedAttributes=groups', { excludedAttributes: ['groups'] }],
  ['excludedAttributes=emails.type,name,…:manager', { excludedAttributes: ['emails.type', 'name', `${enterpriseUserSchema.id}:manager`] }],
];

/** A page of a list: the selection is read once, and every user is projected. */
const projectAll = (users: readonly JsonObject[], selection: Selection) => users.map(compileProjection(user, selection).project);

export function projectionSection(): Section {
  const users = userResources(USERS);
  const rows = SELECTIONS.map(([name, selection]): Row => {
    progress(`project ${name}`);
    const ms = median(() => projectAll(users, selection));
    return { cells: [name, digits(ms)], met: ms < LIMIT_MS };
  });
  return { title: `Projection of ${USERS} users. Bar: under ${LIMIT_MS} ms`, columns: ['selection', 'ms'], rows };
}
