import { type Command, Option } from 'commander';
import pMap from 'p-map';
import { TOKEN_SCOPES, type TokenScope } from '../../lambdas/scim/token-scopes.ts';
import { baseUrlOf, forgottenAfter } from '../operator/deployment.ts';
import { listDirectories } from '../operator/directories.ts';
import { requireActive } from '../operator/rows.ts';
import { createToken, listTokens, revokeToken, rotateToken, type TokenView } from '../operator/tokens.ts';
import { printable } from '../printable.ts';
import { reasonOf } from '../reason.ts';
import { toId, toLabel } from './arguments.ts';
import { toDuration } from './duration.ts';
import { type Answer, fields } from './screen.ts';
import type { Session, ToAction } from './session.ts';
import { tokensByDirectory, tokenTable, toTheMinute } from './tables.ts';

/** How many secrets are read at the same time. */
const READS = 8;

export function addTokenCommands(program: Command, toAction: ToAction): void {
  const token = program.command('token').summary('make, list, rotate and revoke tokens').description('The tokens of directories.');

  token
    .command('create')
    .summary('make a token')
    .description('Makes a token beside those that there are. It is shown this once.')
    .argument('<directory>', 'id of the directory', toId)
    .option('--label <text>', 'what it is called in lists', toLabel, 'token')
    .addOption(
      new Option('--scope <scope>', 'provision for the identity provider, application for your own application')
        .choices(TOKEN_SCOPES)
        .default('provision'),
    )
    .option('--expires <duration>', 'until when it is good, such as 90d; for ever if not given', toDuration)
    .action(toAction(create));

  token
    .command('list')
    .summary('the tokens of a directory, or of all')
    .description('Lists tokens, with when they expire and were last used. Last use is noted to the hour.')
    .argument('[directory]', 'id of the directory; all directories if not given', toId)
    .action(toAction(list));

  token
    .command('rotate')
    .summary('make a token in the place of another one')
    .description('Makes a token with the label and scope of another one, which ends at once, or after an overlap.')
    .argument('<directory>', 'id of the directory', toId)
    .argument('[token]', 'the old token, by its id, how that begins, or its label; need not be said where only one is live')
    .option('--overlap <duration>', 'for how long the old one stays good, such as 24h', toDuration)
    .option('--expires <duration>', 'until when the new one is good; if not given, for as long as the old one was made for', toDuration)
    .action(toAction(rotate));

  token
    .command('revoke')
    .summary('end a token')
    .description('Ends a token. Whoever remembers it lets it in until then: the answer says for how long at most.')
    .argument('<directory>', 'id of the directory', toId)
    .argument('<token>', 'the token, by its id, how that begins, or its label')
    .action(toAction(revoke));
}

interface CreateOptions {
  readonly label: string;
  readonly scope: TokenScope;
  readonly expires?: number;
}

async function create({ deployment }: Session, directory: string, { label, scope, expires }: CreateOptions): Promise<Answer> {
  const { token, view } = await createToken(deployment, directory, { label, scope, lifetime: expires });
  const baseUrl = baseUrlOf(deployment, directory);
  return {
    json: { directory, baseUrl, token, ...view },
    ifLost: ifLost(directory, view.id),
    text: (stream) => `${fields(stream, [['Base URL', baseUrl], ...newTokenFields(token, view)], '')}\nThe token is shown this once.\n`,
  };
}

const ifLost = (directory: string, id: string): string =>
  `the token could not be written: make another one with token create ${directory}, and end this one with token revoke ${directory} ${id}`;

const newTokenFields = (token: string, { id, scopes, expiresAt }: TokenView) =>
  [
    ['Token', token],
    ['Its id', id],
    ['Scope', scopes.join(' ')],
    ['Expires', toTheMinute(expiresAt ?? 'never')],
  ] as const;

async function list({ deployment }: Session, directory: string | undefined): Promise<Answer> {
  if (directory !== undefined) {
    await requireActive(deployment, directory);
    const tokens = await listTokens(deployment, directory);
    return { json: tokens, text: (stream) => tokenTable(stream, tokens) };
  }
  const active = (await listDirectories(deployment)).filter(({ state }) => state === 'active');
  const unreadable: string[] = [];
  const tokensOf = async ({ directory: each }: (typeof active)[number]) => {
    try {
      return (await listTokens(deployment, each)).map((token) => ({ directory: each, ...token }));
    } catch (error) {
      unreadable.push(`the tokens of ${each} cannot be listed: ${reasonOf(error)}`);
      return [];
    }
  };
  const all = (await pMap(active, tokensOf, { concurrency: READS })).flat();
  return { json: all, text: (stream) => tokensByDirectory(stream, all), notes: unreadable, isIncomplete: unreadable.length > 0 };
}

interface RotateOptions {
  readonly overlap?: number;
  readonly expires?: number;
}

async function rotate(
  { deployment }: Session,
  directory: string,
  wanted: string | undefined,
  { overlap, expires }: RotateOptions,
): Promise<Answer> {
  const { token, view, old } = await rotateToken(deployment, directory, { token: wanted, overlap, lifetime: expires });
  const end = overlap === undefined ? `in ${forgottenAfter(deployment)} s at the latest` : `at ${toTheMinute(old.expiresAt ?? '')} UTC`;
  const baseUrl = baseUrlOf(deployment, directory);
  return {
    json: { directory, baseUrl, token, ...view, old },
    ifLost: ifLost(directory, view.id),
    text: (stream) =>
      `${fields(stream, newTokenFields(token, view), '')}\nThe token is shown this once. The old one, ${old.id}, ends ${end}.\n`,
  };
}

async function revoke({ deployment }: Session, directory: string, wanted: string): Promise<Answer> {
  const { revoked, live } = await revokeToken(deployment, directory, wanted);
  const seconds = forgottenAfter(deployment);
  return {
    json: { directory, revoked, live, refusedWithinSeconds: seconds },
    text: () => `The token ${revoked.id} (${printable(revoked.label)}) is revoked. It is refused in ${seconds} s at the latest.\n`,
    notes: live === 0 ? [`${directory} has no live token any more: token create ${directory} makes one`] : [],
  };
}
