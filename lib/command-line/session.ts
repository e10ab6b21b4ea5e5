import type { Deployment } from '../operator/deployment.ts';
import type { OnProgress } from '../operator/settling.ts';
import type { Answer, Screen } from './screen.ts';

/** What a command works with. */
export interface Session {
  readonly deployment: Deployment;
  readonly screen: Screen;
  readonly tell: OnProgress;
}

/** Makes the action of a command out of what it does with its own arguments and options. */
export type ToAction = <Args extends unknown[]>(
  act: (session: Session, ...args: Args) => Promise<Answer>,
) => (...args: Args) => Promise<void>;
