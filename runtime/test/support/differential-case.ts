// A request of the differential test.
import type { DifferentialListener } from './differential-config.ts';

export interface Case {
  readonly name: string;
  readonly listener: DifferentialListener;
  /** `%ID%` is replaced by an id of the try, so that counting upstreams start afresh. */
  readonly raw: string;
  readonly isHead: boolean;
  /** Envoy answers otherwise; llhttp refuses with 400, which is as safe. */
  readonly isStricter?: boolean;
  /** Envoy writes a body where HTTP knows none. */
  readonly isBodyless?: boolean;
}

interface Options {
  readonly method?: string;
  readonly host?: string;
  readonly headers?: readonly string[];
  readonly body?: string;
  readonly listener?: DifferentialListener;
  readonly version?: string;
}

export function one(
  path: string,
  { method = 'GET', host = 'any.example', headers = [], body, listener = 'mesh', version = '1.1' }: Options = {},
): Case {
  const length = body === undefined ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  const lines = [`${method} ${path} HTTP/${version}`, ...(host === '' ? [] : [`Host: ${host}`]), ...headers, ...length];
  return {
    name: `${listener}: ${lines.join(' | ')}`,
    listener,
    raw: `${lines.join('\r\n')}\r\n\r\n${body ?? ''}`,
    isHead: method === 'HEAD',
  };
}

export function raw(name: string, text: string, listener: DifferentialListener = 'mesh'): Case {
  return { name: `${listener}: ${name}`, listener, raw: text, isHead: false };
}

export function stricter(name: string, text: string): Case {
  return { ...raw(name, text), isStricter: true };
}
