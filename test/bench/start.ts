import { synthesize } from '../../lib/local/synthesize.ts';
import { digits, progress, type Row, type Section } from './report.ts';
import { progressBar } from './scale/progress-bar.ts';
import { scratchFolder } from './scratch-folder.ts';
import { bareClients, functionBundle, type Service, type Subject } from './start/bundles.ts';
import { firstRequests } from './start/first-request.ts';
import { inFreshProcesses, middleOf, ratioOf } from './start/fresh-process.ts';

const ROUNDS = 15;
/** Of 1,000 bytes. */
const MOST_KB = 450;

/** Against the clients of which service each function is measured, and how many times their load its own may take. */
const BARS: readonly { readonly id: string; readonly against: Service; readonly times: number }[] = [
  ...['Users', 'Groups', 'Entitlements', 'Bulk'].map((name) => ({ id: `${name}Function`, against: 'DynamoDB', times: 1.25 }) as const),
  { id: 'DiscoveryFunction', against: 'DynamoDB', times: 0.4 },
  { id: 'AuthorizerFunction', against: 'Secrets Manager', times: 1.25 },
];
const SERVICES: readonly Service[] = ['DynamoDB', 'Secrets Manager'];

/** What a function loads when it starts, beside what the SDK's clients do alone. */
export async function start(): Promise<Section[]> {
  progress('synthesize the stack');
  const folder = scratchFolder('start');
  const template = await synthesize(folder);
  const functions = BARS.map(({ id }) => functionBundle(template, id));
  const whole = await Promise.all(SERVICES.map((service) => bareClients(folder, service, 'whole')));
  const cut = await Promise.all(SERVICES.map((service) => bareClients(folder, service, 'cut')));
  const loads = await loadSection(functions, whole, cut);
  return [loads, await firstRequests(template, folder, ROUNDS, progressBar('answer first requests', ROUNDS))];
}

async function loadSection(functions: readonly Subject[], whole: readonly Subject[], cut: readonly Subject[]): Promise<Section> {
  const subjects = [...whole, ...cut, ...functions];
  const results = await inFreshProcesses(subjects, ROUNDS, progressBar(`load ${subjects.length} bundles`, ROUNDS));
  const roundsOf = (subject: Subject | undefined) => results[subject ? subjects.indexOf(subject) : -1] ?? [];
  const cells = (subject: Subject) => [subject.name, (subject.bytes / 1_000).toFixed(1), digits(middleOf(roundsOf(subject), 0))];

  const toRow = (subject: Subject, index: number): Row => {
    const { against, times } = BARS[index] ?? { against: 'DynamoDB', times: 0 };
    const [ratio = 0, ratioToCut = 0] = [whole, cut].map((bare) => ratioOf(roundsOf(subject), roundsOf(bare[SERVICES.indexOf(against)])));
    const met = ratio <= times && subject.bytes <= MOST_KB * 1_000;
    return { cells: [...cells(subject), against, ratio.toFixed(2), String(times), ratioToCut.toFixed(2)], met };
  };
  return {
    title: [
      `Module load: medians of ${ROUNDS} fresh processes, and how many times the load of the bare SDK clients it is. KB are 1,000 bytes.`,
      `Bar: at most that many times, and ${MOST_KB} KB. × cut, for information: of the clients without what functions leave out.`,
    ].join('\n'),
    columns: ['bundle', 'KB', 'load ms', 'bare client', '× bare', 'bar', '× cut'],
    rows: [...[...whole, ...cut].map((subject) => ({ cells: [...cells(subject), '', '', '', ''] })), ...functions.map(toRow)],
  };
}
