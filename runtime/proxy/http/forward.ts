// The router's upstream side: tries, retries, timeouts and mirrors of one request.
import type { RuntimeContext } from '../runtime-context.ts';
import type { UpstreamCluster } from '../upstream/cluster.ts';
import type { UpstreamHost } from '../upstream/host.ts';
import { mutateRequest } from './header-mutation.ts';
import type { HeaderList } from './header-list.ts';
import { clusterMissing, unhealthyUpstream, upstreamFailed, upstreamTimedOut } from './local-reply.ts';
import { sendMirrors } from './mirror.ts';
import type { RequestBody } from './request-body.ts';
import { backOffMs, isRetriableReset, isRetriableStatus, type ResetKind, type RetryPolicy } from './retry-policy.ts';
import type { Destination, ForwardAction } from './route.ts';
import type { RoutedStream } from './routed-stream.ts';
import { Try } from './try.ts';
import { OwnConnectionTry } from './own-connection-try.ts';
import { isDrawn } from './weighted-choice.ts';
import { startTimer } from '../../timers.ts';

export class Forward {
  readonly #stream: RoutedStream;
  readonly #context: RuntimeContext;
  readonly #action: ForwardAction;
  readonly #destination: Destination;
  #cluster: UpstreamCluster | undefined;
  #retry: RetryPolicy | undefined;
  #body: RequestBody | undefined;
  #try: Try | OwnConnectionTry | undefined;
  #tried: Set<UpstreamHost> | undefined;
  #retriesLeft = 0;
  #timeout: NodeJS.Timeout | undefined;
  #retryTimer: NodeJS.Timeout | undefined;
  #isRetrying = false;
  #isDone = false;

  constructor(stream: RoutedStream, action: ForwardAction, destination: Destination) {
    this.#stream = stream;
    this.#context = stream.context;
    this.#action = action;
    this.#destination = destination;
  }

  get bytesReceived(): number {
    return this.#body?.bytes ?? 0;
  }

  start(): void {
    const { info } = this.#stream;
    const cluster = this.#context.cluster(this.#destination.cluster);
    if (!cluster) {
      this.#stream.reply(clusterMissing(this.#action.unknownClusterStatus));
      return;
    }
    this.#cluster = cluster;
    this.#retry = this.#action.retry && this.#action.retry.attempts > 0 ? this.#action.retry : undefined;
    this.#retriesLeft = this.#retry?.attempts ?? 0;
    const host = cluster.pick();
    if (!host) {
      this.#stream.reply(unhealthyUpstream);
      return;
    }
    this.#rewrite();
    const mirrors = this.#action.mirrors.filter(
      (m) => m.perMillion >= 1_000_000 || isDrawn(m.perMillion, this.#context.random()),
    );
    this.#body = this.#stream.openBody(this.#retry !== undefined || mirrors.length > 0, () => {
      this.#armTimeout();
      this.#try?.onRequestComplete();
      if (mirrors.length > 0) sendMirrors(mirrors, this.#stream, this.#body?.whole());
    });
    if (!this.#body) {
      this.#armTimeout();
      if (mirrors.length > 0) sendMirrors(mirrors, this.#stream, Buffer.alloc(0));
    }
    info.attempts = 0;
    if (!this.#body) this.#begin(cluster, host);
    // What of the body has come together with the head is there by then.
    else
      process.nextTick(() => {
        if (!this.#isDone) this.#begin(cluster, host);
      });
  }

  /** Path, host and headers as the upstream gets them; done once, before the first try. */
  #rewrite(): void {
    const { head, info, manager, route, virtualHost } = this.#stream;
    const action = this.#action;
    if (virtualHost?.isAttemptCounted) head.headers.set('x-envoy-attempt-count', '1');
    if (this.#destination.requestMutation) mutateRequest(head, this.#destination.requestMutation, info);
    for (const mutation of route?.requestMutations ?? []) mutateRequest(head, mutation, info);
    if (action.pathRewrite) {
      if (!manager.isEnvoyHeaderSuppressed) head.headers.set('x-envoy-original-path', head.path);
      head.path = action.pathRewrite(head.path);
    }
    const host = this.#destination.hostRewrite || action.hostRewrite?.(head);
    if (host) {
      if (!manager.isEnvoyHeaderSuppressed) head.headers.set('x-envoy-original-host', head.authority);
      this.#setAuthority(host);
    }
    this.#tellTimeout(0);
  }

  /** How long the upstream has, for it to know. */
  #tellTimeout(elapsedMs: number): void {
    const { head, manager } = this.#stream;
    const left = this.#action.timeoutMs > 0 ? Math.max(1, this.#action.timeoutMs - elapsedMs) : 0;
    const perTry = this.#retry?.perTryTimeoutMs ?? 0;
    const expected = perTry > 0 && (left === 0 || perTry < left) ? perTry : left;
    if (manager.isEnvoyHeaderSuppressed || expected <= 0) return;
    head.headers.set('x-envoy-expected-rq-timeout-ms', String(Math.round(expected)));
  }

  #setAuthority(host: string): void {
    const { head } = this.#stream;
    if (this.#action.isForwardedHostAppended) head.headers.appendTo('x-forwarded-host', head.authority);
    head.authority = host;
  }

  #armTimeout(): void {
    if (this.#action.timeoutMs > 0 && !this.#isDone) {
      this.#timeout = startTimer(this.#action.timeoutMs, () => this.#onTimeout());
    }
  }

  #begin(cluster: UpstreamCluster, host: UpstreamHost): void {
    const { info, head, virtualHost } = this.#stream;
    if (cluster.active >= cluster.settings.maxRequests) {
      this.#fail('overflow', '');
      return;
    }
    info.attempts++;
    info.upstreamHost = host.label;
    info.upstreamHostName = host.spec.hostname || host.label;
    info.upstreamMetadata = host.spec.metadata;
    if (info.attempts > 1 && virtualHost?.isAttemptCounted)
      head.headers.set('x-envoy-attempt-count', String(info.attempts));
    if (this.#action.isHostFromEndpoint && host.spec.hostname) this.#setAuthority(host.spec.hostname);
    if (info.attempts > 1) this.#tellTimeout(performance.now() - info.startedAt);
    (this.#tried ??= new Set()).add(host);
    const perTryTimeoutMs = this.#retry?.perTryTimeoutMs ?? 0;
    const target = { cluster, host, body: this.#body, perTryTimeoutMs };
    const events = {
      onHead: (status: number, headers: HeaderList) => this.#onHead(status, headers),
      onFailure: (kind: ResetKind, transport: string, isSent: boolean) => this.#onFailure(kind, transport, isSent),
      onEnd: () => this.#finish(),
    };
    const isOwn = this.#stream.upgrade !== undefined || (this.#body && !this.#body.hasBegun);
    this.#try = isOwn ? new OwnConnectionTry(this.#stream, target, events) : new Try(this.#stream, target, events);
    this.#try.start();
  }

  /** False drops the answer: the request is tried again. */
  #onHead(status: number, headers: HeaderList): boolean {
    const retry = this.#retry;
    if (retry && isRetriableStatus(retry, status, headers) && this.#scheduleRetry()) return false;
    this.#body?.release();
    // A connection that changes its protocol is not an exchange that could be late.
    if (status === 101) clearTimeout(this.#timeout);
    const { info, manager, virtualHost } = this.#stream;
    if (!manager.isEnvoyHeaderSuppressed) {
      headers.set('x-envoy-upstream-service-time', String(Math.max(0, Math.round(info.upstreamServiceMs ?? 0))));
    }
    if (virtualHost?.isAttemptCountedInResponse) headers.set('x-envoy-attempt-count', String(info.attempts));
    info.responseCodeDetails = 'via_upstream';
    info.responseCode = status;
    this.#stream.applyResponseMutations(headers);
    this.#stream.respond(status, headers);
    return true;
  }

  #onFailure(kind: ResetKind, transport: string, isSent: boolean): void {
    if (this.#isDone) return;
    if (this.#stream.info.responseCode !== 0) {
      this.#stream.info.responseCodeDetails = `upstream_reset_after_response_started{${kind}}`;
      this.#finish(true);
      this.#stream.abort();
      return;
    }
    if (this.#retry && isRetriableReset(this.#retry, kind, isSent) && this.#scheduleRetry()) return;
    this.#fail(kind, transport);
  }

  #fail(kind: ResetKind, transport: string): void {
    const isRetried = this.#stream.info.attempts > 1;
    if (transport !== '') this.#stream.info.upstreamFailure = transport;
    this.#finish(true);
    this.#stream.reply(upstreamFailed(kind, transport, isRetried));
  }

  /** True if another try will be made. */
  #scheduleRetry(): boolean {
    const cluster = this.#cluster;
    const retry = this.#retry;
    if (!cluster || !retry || this.#retriesLeft <= 0) return this.#exhausted();
    if (this.#body && !this.#body.isReplayable) return false;
    if (!this.#isRetrying && cluster.activeRetries >= cluster.settings.maxRetries) {
      this.#stream.info.flags.push('UO');
      return false;
    }
    this.#retriesLeft--;
    if (!this.#isRetrying) cluster.activeRetries++;
    this.#isRetrying = true;
    const attempt = retry.attempts - this.#retriesLeft;
    this.#retryTimer = startTimer(backOffMs(retry, attempt, this.#context.random()), () => this.#retryNow());
    return true;
  }

  #exhausted(): boolean {
    if (this.#retry && this.#retry.attempts > 0 && this.#stream.info.attempts > 0) this.#stream.info.flags.push('URX');
    return false;
  }

  #retryNow(): void {
    if (this.#isDone || !this.#retry) return;
    // The cluster is looked up again: a push may have replaced it meanwhile.
    const cluster = this.#context.cluster(this.#destination.cluster) ?? this.#cluster;
    if (!cluster) return;
    const tried = this.#retry.isAvoidingPreviousHosts ? this.#tried : undefined;
    const host = tried ? cluster.pickAvoiding(tried, this.#retry.hostSelectionAttempts) : cluster.pick();
    if (host) {
      this.#begin(cluster, host);
      return;
    }
    this.#finish(true);
    this.#stream.reply(unhealthyUpstream);
  }

  #onTimeout(): void {
    if (this.#isDone) return;
    const hasAnswered = this.#stream.info.responseCode !== 0;
    this.#finish(true);
    if (!hasAnswered) {
      this.#stream.reply(upstreamTimedOut);
      return;
    }
    this.#stream.info.flags.push('UT');
    this.#stream.abort();
  }

  /** The caller is gone. */
  cancel(): void {
    this.#finish(true);
  }

  #finish(isCancelled = false): void {
    if (this.#isDone) return;
    this.#isDone = true;
    clearTimeout(this.#timeout);
    clearTimeout(this.#retryTimer);
    if (this.#isRetrying && this.#cluster) this.#cluster.activeRetries--;
    if (isCancelled) this.#try?.cancel();
    this.#body?.close();
    this.#body?.release();
    if (!isCancelled) this.#stream.end();
  }
}
