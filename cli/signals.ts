// Ending long-running commands: the first Ctrl-C or SIGTERM stops cleanly, a second one at once.

/** Resolves at the first SIGINT or SIGTERM, with its name. A second one ends the process with 128 + its number. */
export function untilStopped(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let asked = false;
    const onSignal = (signal: NodeJS.Signals) => {
      if (asked) process.exit(signal === 'SIGINT' ? 130 : 143);
      asked = true;
      resolve(signal);
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
}
