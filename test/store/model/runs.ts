/** A run that fails is not made smaller: that takes longer than Jest waits. Without `endOnFailure`, and with more time, it is. */
export const RUNS = 8;

let runs = 0;
/** Names of two directories for one run; one begins with the other, so that what passes between them shows. */
export const newNames = (): [string, string] => {
  const name = `acme${++runs}`;
  return [name, `${name}a`];
};
