// What a MeshTest expects of one request.
import type { ModelNode } from './origin.ts';

/** For whoever asks the model; no back end emits it, and no proxy sees it. */
export interface MeshTest extends ModelNode<'MeshTest'> {
  readonly name: string;
  readonly namespace: string;
  readonly cases: readonly TestCase[];
}

export interface TestCase extends ModelNode<'TestCase'> {
  /** `namespace/name` of the calling workload, or `outside` for a caller without identity that reaches gateways only. */
  readonly from: string;
  readonly request: TestRequest;
  readonly expect: Expectation;
}

export interface TestRequest {
  /** Upper-case; `CONNECT` never occurs. For a TCP port the scheme is `tcp` and the method "". */
  readonly method: string;
  readonly scheme: 'http' | 'https' | 'tcp';
  /** Without the port, as the caller writes it: `shoes`, `shoes.shop`, `shop.example.com`. */
  readonly host: string;
  readonly port: number;
  /** With its query, if any; starts with a slash. */
  readonly path: string;
  /** Names lower-case. */
  readonly headers: Readonly<Record<string, HeaderValue>>;
}

/** Several are headers of one name, each in a line of its own. */
export type HeaderValue = string | readonly string[];

/** Only what is given is compared. */
export interface Expectation {
  readonly allowed?: true;
  readonly denied?: 'access' | 'egress' | 'mtls' | 'route' | 'request' | 'any';
  /** Canonical host of the service that answers. */
  readonly service?: string;
  /** Share in percent by version name; a version not listed must get nothing. */
  readonly versions?: Readonly<Record<string, number>>;
  readonly redirect?: { readonly location?: string; readonly status?: number };
  readonly status?: number;
  readonly timeoutMs?: number;
  /** What the service receives as path, after rewriting. */
  readonly path?: string;
}
