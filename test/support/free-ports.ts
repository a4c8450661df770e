// Ports for tests that must name one before anything listens on it.
import { createServer } from 'node:net';

// Below the range from which the kernel takes ports for outgoing connections, never the same one twice in a process, and from a random
// place on, so that test files that run side by side rarely meet.
const firstPort = 12_000;
const lastPort = 32_000;
let nextPort = firstPort + Math.floor(Math.random() * (lastPort - firstPort));

/** Ports of the loopback interface that were free a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
  const found: number[] = [];
  for (let tries = 0; found.length < count && tries < lastPort - firstPort; tries++) {
    const port = nextPort < lastPort ? nextPort + 1 : firstPort;
    // Before the look, which takes a moment: others ask meanwhile.
    nextPort = port;
    if (await isFree(port)) found.push(port);
  }
  return found;
}

export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  if (port === undefined) throw new Error('there is no free port');
  return port;
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
