// Ending long-running commands: the first Ctrl-C or SIGTERM stops cleanly, a second one at once.

/** npm, npx and timeout(1) send on the signal that the terminal has already sent: two at once are one. */
const echoMs = 300;

/** Resolves at the first SIGINT, SIGTERM or SIGHUP, with its name. A second one ends the process with 128 + its number. */
export function untilStopped(): Promise<NodeJS.Signals> {
  const numbers = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
  return new Promise((resolve) => {
    let askedAt: number | undefined;
    for (const [signal, number] of Object.entries(numbers)) {
      process.on(signal, () => {
        if (askedAt !== undefined && performance.now() - askedAt > echoMs) process.exit(128 + number);
        askedAt ??= performance.now();
        resolve(signal as NodeJS.Signals);
      });
    }
  });
}
