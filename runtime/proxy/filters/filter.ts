// What an HTTP filter is, and what it may do to a stream. Effects stay behind `FilterStream`.
import type { FilterOverride } from './filter-override.ts';
import type { HeaderList } from '../http/header-list.ts';
import type { RequestHead } from '../http/request-head.ts';
import type { StreamInfo } from '../http/stream-info.ts';
import type { Shape } from '../supported/shape.ts';

/** `stop`: the filter has answered, or will call `resume` later. */
export type FilterStep = 'continue' | 'stop';

export interface LocalReply {
  readonly status: number;
  readonly body?: string;
  /** For a caller by gRPC, where it does not follow from the status. */
  readonly grpcStatus?: number;
  /** As in %RESPONSE_CODE_DETAILS%. */
  readonly details: string;
  readonly flag?: string;
  /** Names and values alternate. */
  readonly headers?: readonly string[];
  /** The route's response headers are left out, and it is in HTTP whoever asks. */
  readonly isBare?: boolean;
}

/** What a filter may know of the route: whether it asks an upstream or answers by itself. */
export interface FilteredRoute {
  readonly action: { readonly kind: 'forward' | 'redirect' | 'direct' };
}

export interface FilterStream {
  readonly head: RequestHead;
  readonly info: StreamInfo;
  readonly route: FilteredRoute | undefined;
  random(): number;
  reply(reply: LocalReply): void;
  /** Goes on with the next filter after a `stop`. */
  resume(): void;
  /** Runs `task` unless the stream ends before. */
  after(delayMs: number, task: () => void): void;
}

/** One filter of one listener, compiled; it keeps no state of a single request. */
export interface HttpFilter {
  /** The filter's name in the configuration: the key of its overrides. */
  readonly name: string;
  onRequest(stream: FilterStream, override: FilterOverride | undefined): FilterStep;
  onResponse?(stream: FilterStream, headers: HeaderList, override: FilterOverride | undefined): void;
}

/** A type of message, and what of it is supported: with anything else in it, a configuration is refused by name. */
export interface SupportedConfig {
  readonly configType: string;
  readonly supports: Shape;
}

/** How a kind of filter is made from its typed_config. */
export interface HttpFilterType extends SupportedConfig {
  compile(name: string, config: unknown): HttpFilter;
  /** What a virtual host, route or weighted cluster may say about it; nothing where it is absent. */
  readonly perRoute?: SupportedConfig & { compile(config: unknown): unknown };
}
