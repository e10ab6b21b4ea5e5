import { once } from 'node:events';
import type { Server } from 'node:net';

/** Has a server listen, and gives the port that it got. Port 0 has one picked. */
export async function listen(server: Server, port = 0, host = '127.0.0.1'): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('a listening server has no port');
  return address.port;
}
