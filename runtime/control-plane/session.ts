// One connected stream: its identity, its protocol state, what was sent when. Knows no gRPC; the server gives it a transport.
import type { ProxySnapshot } from '../../compiler/index.ts';
import type { Diagnostic } from '../../compiler/index.ts';
import type { Answer, BodyCache, Nack, StreamResponse } from './channel.ts';
import { blamedResources, refersTo, refusalDiagnostics } from './refusal.ts';
import { type DecodedRequest, decodeRequest, type NodeInfo } from './requests.ts';
import { AdsStream, type ResourceView, type Variant } from './stream.ts';
import { withNonce } from './wire.ts';

export type DenialReason = 'unauthenticated' | 'permission-denied' | 'invalid' | 'unavailable';

export interface Transport {
  send(bytes: Uint8Array): void;
  /** Ends the stream. */
  end(reason: DenialReason, message: string): void;
}

/** What a session tells the control plane. */
export interface SessionHost {
  readonly bodies: BodyCache;
  now(): number;
  /** The first request named the node. */
  onNode(session: Session, node: NodeInfo): void;
  onSent(session: Session, response: StreamResponse, bytes: number): void;
  onAnswer(session: Session, answer: Answer, afterMs: number): void;
  onRefused(session: Session, sequence: number, diagnostics: readonly Diagnostic[]): void;
  onAccepted(session: Session, sequence: number): void;
}

/** The view as of one publication. */
export interface Delivery {
  readonly view: ResourceView;
  readonly snapshot: ProxySnapshot;
  readonly sequence: number;
}

export interface Refusal {
  readonly atMs: number;
  readonly diagnostics: readonly Diagnostic[];
}

export class Session {
  readonly id: number;
  readonly variant: Variant;
  /** Proved SPIFFE ID. */
  readonly identity: string;
  /** The workload that the credentials name; any workload with the same identity if absent. */
  readonly provenWorkload: string | undefined;
  readonly connectedAtMs: number;
  readonly #host: SessionHost;
  readonly #transport: Transport;
  readonly #stream: AdsStream;
  readonly #sentAt = new Map<string, number>();
  #node: NodeInfo | undefined;
  #delivery: Delivery | undefined;
  /** Refusals of what is in the present view. */
  #standing: readonly Diagnostic[] = [];
  #reportedSequence = 0;
  #lastRefusal: Refusal | undefined;
  #isEnded = false;

  constructor(
    identity: { readonly id: number; readonly identity: string; readonly workload?: string | undefined },
    variant: Variant,
    host: SessionHost,
    transport: Transport,
  ) {
    this.id = identity.id;
    this.identity = identity.identity;
    this.provenWorkload = identity.workload;
    this.variant = variant;
    this.#host = host;
    this.#transport = transport;
    this.connectedAtMs = host.now();
    this.#stream = new AdsStream({
      variant,
      bodies: host.bodies,
      refersTo: (type, name, others) => !!this.#delivery && refersTo(this.#delivery.snapshot, type, name, others),
    });
  }

  get node(): NodeInfo | undefined {
    return this.#node;
  }

  get delivery(): Delivery | undefined {
    return this.#delivery;
  }

  get lastRefusal(): Refusal | undefined {
    return this.#lastRefusal;
  }

  channels(): ReturnType<AdsStream['status']> {
    return this.#stream.status();
  }

  receive(bytes: Uint8Array): void {
    if (this.#isEnded) return;
    const request = this.#decode(bytes);
    if (!request || !this.#identify(request)) return;
    const step = this.#stream.onRequest(request);
    if (step.answer) this.#noteAnswer(step.answer);
    this.#sendAll(step.responses);
    if (step.answer?.kind === 'nack') this.#refuse(step.answer);
    this.#report();
  }

  deliver(delivery: Delivery): void {
    if (this.#isEnded) return;
    const isNew = delivery.view !== this.#delivery?.view;
    this.#delivery = delivery;
    if (isNew) this.#sendAll(this.#stream.onView(delivery.view));
    this.#report();
  }

  end(reason: DenialReason, message: string): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#transport.end(reason, message);
  }

  #decode(bytes: Uint8Array): DecodedRequest | undefined {
    try {
      return decodeRequest(this.variant, bytes);
    } catch (error) {
      this.end('invalid', `the request is not a discovery request: ${(error as Error).message}`);
      return undefined;
    }
  }

  /** False if the stream had to be ended. */
  #identify(request: DecodedRequest): boolean {
    if (this.#node) return true;
    if (!request.node?.id || !request.node.workload) {
      this.end('invalid', 'the first request must carry node.id and node.cluster (namespace/name of the workload)');
      return false;
    }
    this.#node = request.node;
    this.#host.onNode(this, request.node);
    return !this.#isEnded;
  }

  #sendAll(responses: readonly StreamResponse[]): void {
    for (const response of responses) {
      const bytes = withNonce(response.body, response.nonce);
      this.#sentAt.set(response.nonce, this.#host.now());
      this.#transport.send(bytes);
      this.#host.onSent(this, response, bytes.length);
    }
  }

  #noteAnswer(answer: Answer): void {
    const sentAtMs = this.#sentAt.get(answer.nonce) ?? this.#host.now();
    // Superseded responses are never answered; in both variants nonces only grow.
    for (const nonce of this.#sentAt.keys()) if (Number(nonce) <= Number(answer.nonce)) this.#sentAt.delete(nonce);
    this.#host.onAnswer(this, answer, this.#host.now() - sentAtMs);
  }

  #refuse(nack: Nack): void {
    const { snapshot, sequence } = this.#delivery ?? {};
    if (!snapshot || sequence === undefined) return;
    const diagnostics = refusalDiagnostics(nack, this.#node?.id ?? '', snapshot);
    this.#standing = [...this.#standing, ...diagnostics];
    this.#lastRefusal = { atMs: this.#host.now(), diagnostics };
    this.#reportedSequence = sequence;
    this.#host.onRefused(this, sequence, diagnostics);
    const blamed = blamedResources(nack);
    if (blamed.length > 0) this.#sendAll(this.#stream.quarantine(nack, blamed));
  }

  /** Accepted or refused is only said when nothing is under way. */
  #report(): void {
    const sequence = this.#delivery?.sequence;
    if (sequence === undefined || this.#stream.isPending) return;
    if (!this.#stream.isImpaired) {
      this.#standing = [];
      if (this.#stream.isSettled) this.#host.onAccepted(this, sequence);
    } else if (this.#reportedSequence < sequence) {
      // What was refused before is still part of this publication.
      this.#reportedSequence = sequence;
      this.#host.onRefused(this, sequence, this.#standing);
    }
  }
}
