// Finds a range of loopback addresses that no other mesh on this machine uses, and holds it.
import { createServer, type Server } from 'node:net';
import { type Diagnostic, makeDiagnostic } from '../../compiler/index.ts';

/** A claimed range 127.BASE.0.0/16. Dropped by `release`, and by the system when the process ends in whatever way. */
export interface ClaimedRange {
  readonly base: number;
  /** Those of the ports that something already holds on all addresses. */
  busyPorts(ports: readonly number[]): Promise<ReadonlySet<number>>;
  release(): Promise<void>;
}

export type ClaimResult =
  | { readonly ok: true; readonly range: ClaimedRange }
  | { readonly ok: false; readonly diagnostic: Diagnostic };

// 127.0 and 127.1 are where other software puts its own loopback addresses (systemd-resolved uses 127.0.0.53).
const lowestBase = 10;
const highestBase = 250;
/** Listening on this port of the range's last address is the claim. */
const claimPort = 15_099;

/** `firstBase` decides where the search starts; two meshes with the same one still get different ranges. */
export async function claimRange(firstBase = lowestBase): Promise<ClaimResult> {
  const count = highestBase - lowestBase + 1;
  for (let i = 0; i < count; i++) {
    const base = lowestBase + ((((firstBase - lowestBase) % count) + count + i) % count);
    const claim = await tryListen(`127.${base}.255.254`, claimPort);
    if (!claim) continue;
    return {
      ok: true,
      range: { base, busyPorts: (ports) => findBusy(`127.${base}.255.253`, ports), release: () => closeServer(claim) },
    };
  }
  return {
    ok: false,
    diagnostic: makeDiagnostic('FL0852', {
      message: `no free loopback range between 127.${lowestBase}.0.0 and 127.${highestBase}.0.0`,
      hint: 'stop another mesh that runs here; only Linux has the whole of 127.0.0.0/8',
    }),
  };
}

/** A listener on 0.0.0.0 shows on every address, so one address tells for all. */
async function findBusy(address: string, ports: readonly number[]): Promise<ReadonlySet<number>> {
  const busy = await Promise.all(
    ports.map(async (port) => {
      const server = await tryListen(address, port);
      if (server) await closeServer(server);
      return server ? [] : [port];
    }),
  );
  return new Set(busy.flat());
}

function tryListen(address: string, port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.unref();
    server.once('error', () => resolve(undefined));
    server.listen({ host: address, port, exclusive: true }, () => resolve(server));
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
