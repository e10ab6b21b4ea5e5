type Output = Pick<NodeJS.WriteStream, 'isTTY' | 'write'>;

const WIDTH = 30;
const CLEAR_LINE = '\r\u001b[2K';

/**
 * Tells how far something is, each time it is given how much of the total is done: on a terminal in one line that is drawn again,
 * elsewhere in a line for each tenth.
 */
export function progressBar(text: string, total: number, output: Output = process.stderr): (done: number) => void {
  const begun = performance.now();
  const step = output.isTTY ? 1 : 10;
  let told = -1;
  return (done) => {
    const percent = Math.floor((100 * done) / total);
    const reached = percent - (percent % step);
    if (reached === told) return;
    told = reached;
    const seconds = (performance.now() - begun) / 1_000;
    const time = done === total ? `${seconds.toFixed(0)} s` : `${done === 0 ? '?' : ((seconds * (total - done)) / done).toFixed(0)} s left`;
    const filled = Math.floor((WIDTH * done) / total);
    if (!output.isTTY) output.write(`${text}: ${reached} %, ${time}\n`);
    else
      output.write(
        `${CLEAR_LINE}${text} ${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${percent} %, ${time}${done === total ? '\n' : ''}`,
      );
  };
}
