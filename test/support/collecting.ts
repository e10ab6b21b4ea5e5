import { Writable, type WritableOptions } from 'node:stream';

/** A stream that keeps what is written to it, as a terminal or not. */
export function collecting(isTTY: boolean): { readonly stream: Writable & { readonly isTTY: boolean }; written(): string } {
  let written = '';
  const write: WritableOptions['write'] = (chunk, _, done) => {
    written += String(chunk);
    done();
  };
  return { stream: Object.assign(new Writable({ write }), { isTTY }), written: () => written };
}
