// Serves the app over HTTPS with a certificate that replaces itself, and stops without dropping an answer.
import { isIP } from 'node:net';
import { writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:https';
import type { FastifyInstance } from 'fastify';
import { buildApp, type AppOptions } from './app.ts';
import { Certificates } from './certificates/certificates.ts';
import { type Diagnostic, makeDiagnostic } from '../compiler/index.ts';

export interface ServerOptions extends Omit<AppOptions, 'now' | 'notReady' | 'secondsToExpiry' | 'server'> {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly now: () => number;
  /** Names under which the API server reaches us, besides localhost and the host itself. */
  readonly dnsNames: readonly string[];
  readonly certificateLifetimeMs: number;
  /** Where the certificates survive a restart. */
  readonly certificateFolder?: string;
  /** Written at the start and at each rotation: the caBundle, for whoever is to trust us. */
  readonly caFile?: string;
}

export interface WebhookServer {
  /** Such as `https://127.0.0.1:8443`. */
  readonly url: string;
  /** PEM; changes with each rotation. */
  caBundle(): string;
  /** Replaces the certificate if it is due; done by itself once in a while. True if there is a new one. */
  rotateIfDue(): Promise<boolean>;
  /** Finishes what is in flight, within a few seconds, and frees the port. */
  close(): Promise<void>;
}

/** The webhook could not start; the diagnostics say why. */
export class WebhookStartError extends Error {
  readonly diagnostics: readonly Diagnostic[];
  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((d) => d.message).join('; '));
    this.diagnostics = diagnostics;
  }
}

const rotationCheckMs = 60 * 60_000;
const drainLimitMs = 10_000;

/** Rejects with WebhookStartError if it cannot listen. */
export async function startServer(options: ServerOptions): Promise<WebhookServer> {
  const { now, log } = options;
  const certificates = await Certificates.open({
    dnsNames: [...new Set(['localhost', ...options.dnsNames])],
    ipAddresses: [...new Set(['127.0.0.1', ...(isIP(options.host) ? [options.host] : [])])],
    lifetimeMs: options.certificateLifetimeMs,
    now,
    ...(options.certificateFolder !== undefined && { folder: options.certificateFolder }),
    onUnreadable: (error) => log({ event: 'certificates-unreadable', error: (error as Error).message }),
  });
  let isDraining = false;
  const app = buildApp({
    ...options,
    notReady: () =>
      isDraining ? 'draining' : certificates.secondsToExpiry() <= 0 ? 'the serving certificate has expired' : undefined,
    secondsToExpiry: () => certificates.secondsToExpiry(),
    server: { https: secureContext(certificates) },
  });
  const publish = async () => {
    if (options.caFile !== undefined) await writeFile(options.caFile, certificates.caBundle());
  };
  const rotateIfDue = async () => {
    const isNew = await certificates.rotateIfDue();
    if (!isNew) return false;
    // Connections that are open keep the certificate they were made with; its authority stays in the bundle.
    (app.server as unknown as Server).setSecureContext(secureContext(certificates));
    await publish();
    log({ event: 'certificate-rotated', secondsToExpiry: certificates.secondsToExpiry() });
    return true;
  };
  // First, for a server that listens would go on without it.
  await publish();
  await listen(app, options);
  const timer = setInterval(() => {
    rotateIfDue().catch((error: Error) => log({ event: 'rotation-failed', error: error.message }));
  }, rotationCheckMs).unref();
  const { port } = app.server.address() as AddressInfo;
  let closing: Promise<void> | undefined;
  return {
    url: `https://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`,
    caBundle: () => certificates.caBundle(),
    rotateIfDue,
    close() {
      isDraining = true;
      clearInterval(timer);
      closing ??= drain(app);
      return closing;
    },
  };
}

function secureContext({ serving }: Certificates): { cert: string; key: string; minVersion: 'TLSv1.2' } {
  return { cert: serving.certificate, key: serving.key.reveal(), minVersion: 'TLSv1.2' };
}

async function listen(app: FastifyInstance, { host, port }: ServerOptions): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why =
      code === 'EADDRINUSE' ? 'another process has the port' : code === 'EACCES' ? 'this user may not' : message;
    const hint =
      code === 'EADDRINUSE'
        ? 'choose another port, or stop the other process'
        : 'choose an address of this machine and a port above 1023';
    throw new WebhookStartError([
      makeDiagnostic('FL0709', { message: `the webhook cannot listen on ${host}:${port}: ${why}`, hint }),
    ]);
  }
}

/** Idle connections go at once, busy ones as soon as they are answered; one that never ends is cut. */
async function drain(app: FastifyInstance): Promise<void> {
  const server = app.server as unknown as Server;
  const release = setInterval(() => server.closeIdleConnections(), 50);
  const cut = setTimeout(() => server.closeAllConnections(), drainLimitMs).unref();
  await app.close();
  clearInterval(release);
  clearTimeout(cut);
}
