// A request and its answer as the router's upstream side sees them: what was routed, and where the answer goes.
// What the stream does around that (filters, the connection) stays unknown here.
import type { Socket } from 'node:net';
import type { LocalReply } from '../filters/filter.ts';
import type { RuntimeContext } from '../runtime-context.ts';
import type { ConnectionManager } from './connection-manager.ts';
import type { HeaderList } from './header-list.ts';
import type { RequestBody } from './request-body.ts';
import type { RequestHead } from './request-head.ts';
import type { Route } from './route.ts';
import type { VirtualHost } from './route-table.ts';
import type { StreamInfo } from './stream-info.ts';

export interface RoutedStream {
  readonly manager: ConnectionManager;
  readonly context: RuntimeContext;
  readonly info: StreamInfo;
  readonly head: RequestHead;
  readonly route: Route | undefined;
  readonly virtualHost: VirtualHost | undefined;
  /** What the request wants to change the protocol to, where that is let through. */
  readonly upgrade: string | undefined;
  /** Undefined for a request without a body. */
  openBody(isKept: boolean, onComplete: () => void): RequestBody | undefined;
  /** An answer of our own; without effect once an answer has begun. */
  reply(reply: LocalReply): void;
  applyResponseMutations(headers: HeaderList): void;
  /** Writes the head of the answer, after the filters had their say in reverse order. */
  respond(status: number, headers: HeaderList): void;
  /** False asks the writer to wait for `onDrain`. */
  write(chunk: Buffer): boolean;
  onDrain(task: () => void): void;
  end(): void;
  /** After the head of a 101: what follows passes both ways until one side ends. `first` came with the server's head. */
  join(upstream: Socket, first: Buffer, onEnd: () => void): void;
  /** The answer cannot be finished: the connection is closed, so that the caller knows. */
  abort(): void;
}
