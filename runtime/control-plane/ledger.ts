// The ACK ledger: which proxy has which commit. Pure bookkeeping; waiting is by promises, time comes from the clock.
import type { Diagnostic } from '../../compiler/index.ts';
import type { Clock } from '../clock.ts';

export type AckState = 'acked' | 'pending' | 'nacked';

export interface ProxyAck {
  readonly node: string;
  readonly workload: string;
  readonly state: AckState;
  /** Why it was refused: Envoy's text, the resource and where in Git it comes from. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface CommitReport {
  readonly commit: string;
  /** `unknown`: it was never published. A later commit that a proxy has accepted counts as this one accepted. */
  readonly outcome: AckState | 'unknown';
  readonly publishedAtMs?: number;
  readonly proxies: readonly ProxyAck[];
}

interface Publication {
  readonly commit: string;
  readonly sequence: number;
  readonly publishedAtMs: number;
}

interface Member {
  readonly node: string;
  readonly workload: string;
  ackedSequence: number;
  readonly refusals: Map<number, readonly Diagnostic[]>;
}

export interface WaitOptions {
  readonly timeoutMs: number;
  /** Nodes that must be connected and have it, besides all that happen to be connected. */
  readonly nodes?: readonly string[];
}

interface Wanted {
  readonly commit: string;
  readonly nodes: ReadonlySet<string>;
}

interface Waiter extends Wanted {
  resolve(report: CommitReport): void;
}

/** Commits remembered; older ones are reported as unknown. */
const remembered = 200;

export class Ledger {
  readonly #clock: Clock;
  #publications: Publication[] = [];
  #lastSequence = 0;
  readonly #members = new Map<number, Member>();
  readonly #waiters = new Set<Waiter>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Returns the sequence number under which proxies acknowledge it; the same commit again gets a new one. */
  publish(commit: string): number {
    this.#lastSequence += 1;
    const publication = { commit, sequence: this.#lastSequence, publishedAtMs: this.#clock.now() };
    this.#publications = [...this.#publications.filter((p) => p.commit !== commit), publication].slice(-remembered);
    const oldest = this.#publications[0]?.sequence ?? 0;
    for (const { refusals } of this.#members.values()) {
      for (const sequence of refusals.keys()) if (sequence < oldest) refusals.delete(sequence);
    }
    this.#notify();
    return this.#lastSequence;
  }

  /** `id` names a stream, for a proxy may have two for a moment. */
  connect(id: number, node: { readonly id: string; readonly workload: string }): void {
    this.#members.set(id, { node: node.id, workload: node.workload, ackedSequence: 0, refusals: new Map() });
    this.#notify();
  }

  disconnect(id: number): void {
    if (this.#members.delete(id)) this.#notify();
  }

  /** The proxy has accepted all of this publication, or is not touched by it. */
  accept(id: number, sequence: number): void {
    const member = this.#members.get(id);
    if (!member || member.ackedSequence >= sequence) return;
    member.ackedSequence = sequence;
    // Cheaper than to decide anew, for it is asked after every ACK of every proxy: an ACK takes no refusal back.
    this.#notify((waiter) => this.#isAccepted(waiter));
  }

  refuse(id: number, sequence: number, diagnostics: readonly Diagnostic[]): void {
    const member = this.#members.get(id);
    if (!member) return;
    member.refusals.set(sequence, [...(member.refusals.get(sequence) ?? []), ...diagnostics]);
    this.#notify();
  }

  /** The newest commit that a proxy has accepted whole. */
  ackedCommit(id: number): string | undefined {
    const member = this.#members.get(id);
    if (!member) return undefined;
    return this.#publications.findLast(
      ({ sequence }) => sequence <= member.ackedSequence && !member.refusals.has(sequence),
    )?.commit;
  }

  /**
   * Resolves once every connected proxy has accepted the commit, at once if one refuses it, or after `timeoutMs` with what
   * is known then. A commit that is not published yet is waited for. Never rejects.
   */
  waitFor(commit: string, options: WaitOptions): Promise<CommitReport> {
    const nodes = new Set(options.nodes);
    if (this.#isDecided({ commit, nodes })) return Promise.resolve(this.report(commit));
    return new Promise((resolve) => {
      const waiter: Waiter = {
        commit,
        nodes,
        resolve: (report) => {
          this.#waiters.delete(waiter);
          cancel();
          resolve(report);
        },
      };
      const cancel = this.#clock.schedule(options.timeoutMs, () => waiter.resolve(this.report(commit)));
      this.#waiters.add(waiter);
    });
  }

  report(commit: string): CommitReport {
    const publication = this.#publications.find((p) => p.commit === commit);
    if (!publication) return { commit, outcome: 'unknown', proxies: [] };
    const proxies = [...this.#members.values()]
      .map((member) => ackOf(member, publication.sequence))
      .sort((a, b) => (a.node < b.node ? -1 : 1));
    const states = new Set(proxies.map((proxy) => proxy.state));
    const outcome = states.has('nacked') ? 'nacked' : states.has('pending') ? 'pending' : 'acked';
    return { commit, outcome, publishedAtMs: publication.publishedAtMs, proxies };
  }

  /** Newest first. */
  commits(): readonly string[] {
    return this.#publications.map((publication) => publication.commit).reverse();
  }

  #notify(isDecided = (waiter: Wanted): boolean => this.#isDecided(waiter)): void {
    for (const waiter of this.#waiters) if (isDecided(waiter)) waiter.resolve(this.report(waiter.commit));
  }

  #isDecided(wanted: Wanted): boolean {
    const sequence = this.#sequenceOf(wanted.commit);
    if (sequence === undefined) return false;
    for (const { refusals } of this.#members.values()) if (refusals.has(sequence)) return true;
    return this.#isAccepted(wanted);
  }

  #isAccepted({ commit, nodes }: Wanted): boolean {
    const sequence = this.#sequenceOf(commit);
    if (sequence === undefined) return false;
    for (const { ackedSequence } of this.#members.values()) if (ackedSequence < sequence) return false;
    if (nodes.size > this.#members.size) return false;
    return nodes.size === 0 || nodes.isSubsetOf(new Set([...this.#members.values()].map(({ node }) => node)));
  }

  #sequenceOf(commit: string): number | undefined {
    return this.#publications.findLast((p) => p.commit === commit)?.sequence;
  }
}

function ackOf(member: Member, sequence: number): ProxyAck {
  const { node, workload } = member;
  const diagnostics = member.refusals.get(sequence) ?? [];
  const state = diagnostics.length > 0 ? 'nacked' : member.ackedSequence >= sequence ? 'acked' : 'pending';
  return { node, workload, state, diagnostics };
}
