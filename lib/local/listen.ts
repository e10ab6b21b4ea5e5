import { once } from 'node:events';
import type { Server } from 'node:net';
import { LocalError } from './local-error.ts';

const LOOPBACK = '127.0.0.1';

/** Has a server listen, and gives the port that it got. Port 0 has one picked. */
export async function listen(server: Server, port = 0, host = LOOPBACK): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('a listening server has no port');
  return address.port;
}

/** Where the user wants a server to listen. */
export interface Place {
  /** 0 has one picked. */
  readonly port: number;
  /** This machine alone if absent. */
  readonly host?: string;
  /** The option that chooses the port. */
  readonly option: string;
}

/** Has a server listen where the user wants it. Throws a `LocalError` that names what helps where it cannot. */
export function listenAt(server: Server, { port, host = LOOPBACK, option }: Place): Promise<number> {
  return listen(server, port, host).catch((error: unknown) => {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE')
      throw new LocalError(`port ${port} is in use: choose another with ${option}, or ${option} 0 to have one picked`);
    throw new LocalError(`cannot listen on ${host}:${port}: ${message}`);
  });
}

/** The address of a server that listens there. */
export const urlOf = (host: string | undefined, port: number): string =>
  `http://${host?.includes(':') ? `[${host}]` : (host ?? LOOPBACK)}:${port}`;
