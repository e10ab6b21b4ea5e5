import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer as createProxy } from 'node:http';
import { createServer } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { listen } from '../../lib/local/listen.ts';

export interface FakeAdoptium extends AsyncDisposable {
  /** Leads every request of a process to it. */
  readonly env: Readonly<Record<string, string>>;
  /** The paths that were asked for. */
  readonly requests: readonly string[];
}

export interface FakeAdoptiumOptions {
  /** What its `java` does, as a shell script. */
  readonly java: string;
  /** Spoils the archive after its checksum was taken. */
  readonly spoilt?: boolean;
}

const ARCHIVE = 'jre.tar.gz';

/** Adoptium as far as one download goes, behind a proxy of our own; what it needs is put into a folder. */
export async function fakeAdoptium(folder: string, { java, spoilt = false }: FakeAdoptiumOptions): Promise<FakeAdoptium> {
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const names = 'subjectAltName=DNS:api.adoptium.net,DNS:downloads.example';
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  execFileSync('openssl', [...request, '-subj', '/CN=test', '-addext', names, '-keyout', key, '-out', certificate], { stdio: 'ignore' });

  const bin = join(folder, 'jdk-17-jre', 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'java'), `#!/bin/sh\n${java}\n`);
  chmodSync(join(bin, 'java'), 0o755);
  execFileSync('tar', ['-czf', join(folder, ARCHIVE), '-C', folder, 'jdk-17-jre']);
  const archive = readFileSync(join(folder, ARCHIVE));
  const checksum = createHash('sha256').update(archive).digest('hex');
  if (spoilt) archive.fill(0, 20);

  const requests: string[] = [];
  const site = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, ({ url = '' }, response) => {
    requests.push(url);
    if (url.startsWith('/v3/binary/')) response.writeHead(302, { Location: `https://downloads.example/${ARCHIVE}` }).end();
    else response.end(url.endsWith('.sha256.txt') ? `${checksum}  ${ARCHIVE}\n` : archive);
  });
  const port = await listen(site);
  const proxy = createProxy().on('connect', (_, socket) => {
    const target = connect(port, '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
    for (const [from, to] of [[socket, target] as const, [target, socket] as const]) from.on('error', () => to.destroy()).pipe(to);
  });
  return {
    env: { HTTPS_PROXY: `http://127.0.0.1:${await listen(proxy)}`, NODE_EXTRA_CA_CERTS: certificate, NO_PROXY: '', no_proxy: '' },
    requests,
    async [Symbol.asyncDispose]() {
      for (const server of [site, proxy]) server.close();
    },
  };
}
