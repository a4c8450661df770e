// The control plane as one object: publications and instances in, ADS streams out, and a ledger of who has what.
import { EventEmitter } from 'node:events';
import type { ProxyTarget } from '../../compiler/index.ts';
import { type Diagnostic, makeDiagnostic, type WorkloadInstance } from '../../compiler/index.ts';
import type { MeshAuthorities } from '../ca/authorities.ts';
import { type Clock, systemClock } from '../clock.ts';
import { AdsServer, type ListenAddress } from './ads-server.ts';
import { BoundedBodyCache } from './body-cache.ts';
import type { Answer, StreamResponse } from './channel.ts';
import { EndpointTable } from './endpoints.ts';
import { JoinTokens } from './join-tokens.ts';
import { Ledger } from './ledger.ts';
import type { NodeInfo } from './requests.ts';
import { ResourceEncoder } from './resources.ts';
import { type GatewayCertificates, type SecretKey, Secrets } from './sds.ts';
import { ServerCertificate } from './server-certificate.ts';
import { Session, type SessionHost } from './session.ts';
import { ViewBuilder } from './snapshot-cache.ts';
import { type ProxyStatus, statusOf } from './status.ts';
import { type NumberedPublication, type Publication, TargetEntry, type TargetHost } from './targets.ts';

export interface ControlPlaneOptions {
  readonly authorities: MeshAuthorities;
  readonly tokens?: JoinTokens;
  /** Where a proxy stands, by what it says it is. Default: its traffic is redirected, as in a pod. */
  readonly targetOf?: (node: NodeInfo) => ProxyTarget;
  readonly gatewayCertificates?: GatewayCertificates;
  /** Lifetime of what SDS hands out; default one day. */
  readonly identityLifetimeMs?: number;
  readonly clock?: Clock;
  /** 0 to 1, for jitter; default `Math.random`. */
  readonly random?: () => number;
}

export interface ControlPlaneEvents {
  connected: [session: Session];
  disconnected: [session: Session];
  sent: [session: Session, response: StreamResponse, bytes: number];
  answered: [session: Session, answer: Answer, afterMs: number];
  /** Everything a person should know: NACKs, refused streams, failed renewals. */
  diagnostic: [diagnostic: Diagnostic];
}

const dayMs = 86_400_000;
/** How long publishing may keep ACKs waiting. */
const sliceMs = 8;

export class ControlPlane {
  readonly tokens: JoinTokens;
  readonly ledger: Ledger;
  readonly events = new EventEmitter<ControlPlaneEvents>();
  readonly #options: ControlPlaneOptions;
  readonly #clock: Clock;
  readonly #endpoints: EndpointTable;
  readonly #secrets: Secrets;
  readonly #certificate: ServerCertificate;
  readonly #server: AdsServer;
  readonly #sessions = new Map<number, Session>();
  readonly #entries = new Map<string, TargetEntry>();
  readonly #entryOf = new Map<Session, TargetEntry>();
  readonly #targetHost: TargetHost;
  readonly #sessionHost: SessionHost;
  #current: NumberedPublication | undefined;
  #lastSessionId = 0;
  #waiting: TargetEntry[] = [];
  /** There may be entries or endpoints that nobody needs any more. */
  #hasUnused = false;
  #isClosed = false;

  constructor(options: ControlPlaneOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.tokens = options.tokens ?? new JoinTokens({ clock: this.#clock });
    this.ledger = new Ledger(this.#clock);
    const encoder = new ResourceEncoder();
    this.#endpoints = new EndpointTable(encoder);
    this.#secrets = this.#createSecrets(encoder);
    this.#certificate = new ServerCertificate({
      authority: options.authorities.controlPlane,
      clients: options.authorities.workloads,
      clock: this.#clock,
      lifetimeMs: options.identityLifetimeMs ?? dayMs,
      onError: (message) => this.#report(makeDiagnostic('FL0805', { message })),
    });
    this.#targetHost = this.#createTargetHost(new ViewBuilder(encoder, this.#endpoints, this.#secrets));
    this.#sessionHost = this.#createSessionHost();
    this.#server = this.#createServer();
  }

  /** Starts serving. Rejects with a readable message if the port is taken. */
  async listen(address: ListenAddress): Promise<ListenAddress> {
    await this.#certificate.renew();
    return this.#server.listen(address);
  }

  /** Makes a publication current. Returns before proxies have it: `ledger.waitFor` tells when. */
  publish(publication: Publication): void {
    this.#current = { publication, sequence: this.ledger.publish(publication.commit) };
    this.#dropUnused();
    this.#waiting = [...this.#entries.values()];
    this.#refreshWaiting();
  }

  /** Replaces all instances known. Proxies concerned are sent new endpoints at once; nothing is compiled. */
  setInstances(instances: readonly WorkloadInstance[]): void {
    const changed = this.#endpoints.setInstances(instances);
    if (changed.size === 0) return;
    for (const entry of this.#entries.values()) entry.endpointsChanged(changed);
  }

  status(): readonly ProxyStatus[] {
    const statuses = [...this.#sessions.values()].map((session) =>
      statusOf(session, this.ledger.ackedCommit(session.id)),
    );
    return statuses.sort((a, b) => (a.node < b.node ? -1 : 1));
  }

  /** When certificates in use end. */
  certificateExpiries(): ReturnType<Secrets['expiries']> {
    const own = { kind: 'identity' as const, name: 'control-plane', notAfterMs: this.#certificate.notAfterMs };
    return [own, ...this.#secrets.expiries()];
  }

  /** Reissues every certificate that proxies hold, as after `activateNewestRoot`. */
  renewSecrets(): Promise<void> {
    return this.#secrets.renewAll();
  }

  /** Ends all streams in a way that makes proxies reconnect elsewhere, and frees the port. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#waiting = [];
    for (const session of this.#sessions.values()) session.end('unavailable', 'the control plane is shutting down');
    await this.#server.close();
    this.#secrets.close();
    this.#certificate.close();
  }

  /** In slices, so that a publication to a thousand proxies does not keep the first one's ACK waiting. */
  #refreshWaiting(): void {
    const startedMs = performance.now();
    for (let entry = this.#waiting.pop(); entry; entry = this.#waiting.pop()) {
      entry.refresh();
      if (performance.now() - startedMs > sliceMs) {
        setImmediate(() => this.#refreshWaiting());
        return;
      }
    }
  }

  #dropUnused(): void {
    if (!this.#hasUnused) return;
    this.#hasUnused = false;
    for (const [key, entry] of this.#entries) if (!entry.isUsed) this.#entries.delete(key);
    this.#endpoints.retainOnly(new Set([...this.#entries.values()].flatMap((entry) => [...entry.selectors()])));
  }

  #createSecrets(encoder: ResourceEncoder): Secrets {
    const { authorities, identityLifetimeMs, gatewayCertificates, random } = this.#options;
    return new Secrets({
      authority: authorities.workloads,
      encoder,
      clock: this.#clock,
      random: random ?? Math.random,
      identityLifetimeMs: identityLifetimeMs ?? dayMs,
      ...(gatewayCertificates && { gatewayCertificates }),
      onChange: (keys) => this.#secretsChanged(keys),
      onError: (message) => this.#report(makeDiagnostic('FL0805', { message })),
      isUsed: (key) => [...this.#entries.values()].some((entry) => entry.usesSecret(key)),
    });
  }

  #secretsChanged(keys: ReadonlySet<SecretKey>): void {
    for (const entry of this.#entries.values()) entry.secretsChanged(keys);
  }

  #createTargetHost(builder: ViewBuilder): TargetHost {
    return {
      builder,
      secrets: this.#secrets,
      current: () => this.#current,
      onSelectorsUnused: () => {
        this.#hasUnused = true;
      },
      onUntouched: (session, sequence) => this.ledger.accept(session.id, sequence),
      onFailed: (sessions, sequence, diagnostic) => {
        this.#report(diagnostic);
        for (const session of sessions) this.ledger.refuse(session.id, sequence, [diagnostic]);
      },
    };
  }

  #createSessionHost(): SessionHost {
    return {
      bodies: new BoundedBodyCache(),
      now: () => this.#clock.now(),
      onNode: (session, node) => this.#admit(session, node),
      onSent: (session, response, bytes) => this.events.emit('sent', session, response, bytes),
      onAnswer: (session, answer, afterMs) => this.events.emit('answered', session, answer, afterMs),
      onRefused: (session, sequence, diagnostics) => {
        for (const diagnostic of diagnostics) this.#report(diagnostic);
        this.ledger.refuse(session.id, sequence, diagnostics);
      },
      onAccepted: (session, sequence) => this.ledger.accept(session.id, sequence),
    };
  }

  #createServer(): AdsServer {
    return new AdsServer({
      authority: this.#options.authorities.workloads,
      tokens: this.tokens,
      clock: this.#clock,
      certificate: this.#certificate,
      open: (proof, variant, transport) => {
        const session = new Session({ id: ++this.#lastSessionId, ...proof }, variant, this.#sessionHost, transport);
        this.#sessions.set(session.id, session);
        return session;
      },
      close: (session) => this.#dismiss(session),
      onDenied: (message) => this.#report(makeDiagnostic('FL0804', { message: `a stream was refused: ${message}` })),
    });
  }

  /** The node names its workload; its credentials must bear that out. */
  #admit(session: Session, node: NodeInfo): void {
    if (session.provenWorkload !== undefined && session.provenWorkload !== node.workload) {
      const message = `the join token is for ${session.provenWorkload}, not for ${node.workload}`;
      this.#report(makeDiagnostic('FL0804', { message: `a stream of ${node.id} was refused: ${message}` }));
      session.end('permission-denied', message);
      return;
    }
    this.ledger.connect(session.id, node);
    this.events.emit('connected', session);
    const entry = this.#entryFor(
      this.#options.targetOf?.(node) ?? { workload: node.workload, placement: { mode: 'redirect' } },
    );
    this.#entryOf.set(session, entry);
    entry.attach(session);
  }

  #entryFor(target: ProxyTarget): TargetEntry {
    const key = JSON.stringify(target);
    const known = this.#entries.get(key);
    if (known) return known;
    const entry = new TargetEntry(target, this.#targetHost);
    this.#entries.set(key, entry);
    return entry;
  }

  #dismiss(session: Session): void {
    this.#sessions.delete(session.id);
    this.#entryOf.get(session)?.detach(session);
    this.#entryOf.delete(session);
    this.ledger.disconnect(session.id);
    if (session.node) this.events.emit('disconnected', session);
  }

  #report(diagnostic: Diagnostic): void {
    this.events.emit('diagnostic', diagnostic);
  }
}
