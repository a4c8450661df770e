// The proxies' targets: which snapshot each distinct target has now, who is connected for it, and how it is brought up to date.
import type { ProxySnapshot, ProxyTarget } from '../../compiler/index.ts';
import { type Diagnostic, makeDiagnostic } from '../../compiler/index.ts';
import type { SelectorKey } from './endpoints.ts';
import type { SecretKey, Secrets } from './sds.ts';
import type { Session } from './session.ts';
import { type BuiltView, UnencodableResource, type ViewBuilder } from './snapshot-cache.ts';

/** What the control plane serves from: usually one compiled commit. */
export interface Publication {
  /** Any text that names it, such as a commit id. */
  readonly commit: string;
  /** Asked at most once for each target; undefined for a workload that is not in the mesh. */
  snapshotFor(target: ProxyTarget): ProxySnapshot | undefined;
}

export interface NumberedPublication {
  readonly publication: Publication;
  readonly sequence: number;
}

export interface TargetHost {
  readonly builder: ViewBuilder;
  readonly secrets: Secrets;
  current(): NumberedPublication | undefined;
  /** Nothing changes for this session, or it has no configuration to wait for. */
  onUntouched(session: Session, sequence: number): void;
  /** Some that were used before may not be any more. */
  onSelectorsUnused(): void;
  /** The publication cannot be served to this target; it keeps what it has. */
  onFailed(sessions: Iterable<Session>, sequence: number, diagnostic: Diagnostic): void;
}

export class TargetEntry {
  readonly target: ProxyTarget;
  readonly sessions = new Set<Session>();
  readonly #host: TargetHost;
  #sequence = 0;
  #snapshot: ProxySnapshot | undefined;
  #built: BuiltView | undefined;
  #isRefreshing = false;

  constructor(target: ProxyTarget, host: TargetHost) {
    this.target = target;
    this.#host = host;
  }

  get isUsed(): boolean {
    return this.sessions.size > 0;
  }

  usesSecret(key: SecretKey): boolean {
    return this.isUsed && (this.#built?.secrets.has(key) ?? false);
  }

  selectors(): ReadonlySet<SelectorKey> {
    return this.#built?.selectors ?? new Set();
  }

  attach(session: Session): void {
    this.sessions.add(session);
    if (this.#built && this.#snapshot && this.#sequence === this.#host.current()?.sequence) this.#deliver([session]);
    else this.refresh();
  }

  /** What nobody is connected for is not kept up to date; the snapshot stays until the next publication, for one who returns. */
  detach(session: Session): void {
    this.sessions.delete(session);
    if (this.isUsed) return;
    this.#built = undefined;
    this.#host.onSelectorsUnused();
  }

  /** Brings the target to the current publication. At once if no secret must be made first. */
  refresh(): void {
    if (this.#isRefreshing) return;
    const current = this.#host.current();
    if (!current || !this.isUsed) return;
    try {
      this.#refreshTo(current);
    } catch (error) {
      this.#fail(current.sequence, error);
    }
  }

  endpointsChanged(changed: ReadonlySet<SelectorKey>): void {
    if (!this.#built || !this.#snapshot || changed.isDisjointFrom(this.#built.selectors)) return;
    this.#built = this.#host.builder.rebuildEndpoints(this.#built);
    this.#deliver(this.sessions);
  }

  secretsChanged(changed: ReadonlySet<SecretKey>): void {
    if (!this.#built || !this.#snapshot || changed.isDisjointFrom(this.#built.secrets)) return;
    this.#built = this.#host.builder.rebuildSecrets(this.#built);
    this.#deliver(this.sessions);
  }

  #refreshTo(current: NumberedPublication): void {
    const { publication, sequence } = current;
    const isNew = sequence !== this.#sequence;
    const snapshot = isNew ? publication.snapshotFor(this.target) : this.#snapshot;
    this.#sequence = sequence;
    if (!snapshot) {
      // Gone from the mesh, or not in it yet: a proxy that runs keeps its last good configuration.
      for (const session of this.sessions) this.#host.onUntouched(session, sequence);
      return;
    }
    if (snapshot === this.#snapshot && this.#built) {
      this.#deliver(this.sessions);
      return;
    }
    const missing = this.#host.secrets.prepare(snapshot.secrets, snapshot.identity);
    if (missing) this.#refreshAfter(missing, sequence, snapshot);
    else this.#build(snapshot);
  }

  #refreshAfter(missing: Promise<unknown>, sequence: number, snapshot: ProxySnapshot): void {
    this.#isRefreshing = true;
    missing
      .then(() => this.#build(snapshot))
      .catch((error: unknown) => this.#fail(sequence, error))
      .finally(() => {
        this.#isRefreshing = false;
        // Publications that came meanwhile were put off.
        if (this.#host.current()?.sequence !== this.#sequence) this.refresh();
      });
  }

  #build(snapshot: ProxySnapshot): void {
    const before = this.#built?.selectors;
    this.#built = this.#host.builder.build(snapshot, this.#built);
    this.#snapshot = snapshot;
    if (before && before !== this.#built.selectors) this.#host.onSelectorsUnused();
    this.#deliver(this.sessions);
  }

  #deliver(sessions: Iterable<Session>): void {
    const snapshot = this.#snapshot;
    const view = this.#built?.view;
    if (!snapshot || !view) return;
    for (const session of sessions) {
      if (session.identity === snapshot.identity) session.deliver({ view, snapshot, sequence: this.#sequence });
      else
        session.end(
          'permission-denied',
          `${session.identity} may not have the configuration of ${this.target.workload}`,
        );
    }
  }

  #fail(sequence: number, error: unknown): void {
    const { workload } = this.target;
    const diagnostic =
      error instanceof UnencodableResource
        ? makeDiagnostic('FL0802', {
            message: `resource ${error.resource} of ${workload} cannot be encoded: ${error.message}`,
          })
        : makeDiagnostic('FL0803', {
            message: `no configuration can be made for ${workload}: ${(error as Error).message}`,
          });
    this.#host.onFailed(this.sessions, sequence, diagnostic);
  }
}
