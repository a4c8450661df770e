// What of the form of a request, beside its method, path and Connection, a proxy refuses before it looks for a route. The verdict and the
// embedded proxy share it. Envoy: http1/balsa_parser.cc, http1/codec_impl.cc. Held to both by test/received-headers.test.ts.

import { joinHeader } from './connection-header.ts';
import { asciiLowerCase, trimBlanks } from './header-text.ts';

export interface FormProblem {
  readonly status: 400 | 404 | 431 | 501;
  /** Follows "it". */
  readonly text: string;
}

export type HeaderLine = readonly [name: string, value: string];

const maxHeadBytes = 60 * 1024;
/** `host` is one of them. */
const maxHeaders = 100;

interface Head {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** With the port, if there is one. */
  readonly authority: string;
  readonly lines: readonly HeaderLine[];
}

/** Undefined for a request that proxies take. */
export function formProblem({ method, path, authority, lines }: Head): FormProblem | undefined {
  const head = `${method} ${path} HTTP/1.1\r\nhost: ${authority}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  if (byteLength(head) > maxHeadBytes)
    return { status: 431, text: `has ${byteLength(head)} bytes of headers, more than ${maxHeadBytes}` };
  const text = authorityProblem(authority) ?? lines.map(lineProblem).find((problem) => problem !== undefined);
  if (text !== undefined) return { status: 400, text };
  const valuesOf = (name: string) => lines.filter((line) => line[0] === name).map(([, value]) => trimBlanks(value));
  const framing = framingProblem(valuesOf('content-length'), valuesOf('transfer-encoding'));
  if (framing) return framing;
  return lines.length < maxHeaders
    ? undefined
    : { status: 431, text: `has ${lines.length} headers besides host, which are too many` };
}

const otherThanAuthority = /[^A-Za-z0-9!$%&'()*+,\-.:;=@[\]_~]/u;

/** Of a Host header, or the authority of an absolute URL. Follows "it". */
export function authorityProblem(authority: string): string | undefined {
  const found = otherThanAuthority.exec(authority)?.[0];
  return found === undefined ? undefined : `has the character ${JSON.stringify(found)} in its host`;
}

function byteLength(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

function lineProblem([name, value]: HeaderLine): string | undefined {
  if (name === '') return 'has a header without a name';
  // A tab is a blank.
  return [...value].some((letter) => (letter < ' ' && letter !== '\t') || letter === '\x7f')
    ? `has a control character in the header ${name}`
    : undefined;
}

/** Where the body ends must be said once, in one way. */
export function framingProblem(lengths: readonly string[], codings: readonly string[]): FormProblem | undefined {
  const [length = '0'] = lengths;
  if (lengths.length > 1 || !isLength(length))
    return { status: 400, text: `has the content-length ${lengths.map((one) => JSON.stringify(one)).join(' and ')}` };
  if (codings.length === 0) return undefined;
  const [coding = ''] = codings;
  if (codings.length > 1 || asciiLowerCase(coding) !== 'chunked')
    return {
      status: 501,
      text: `has the transfer-encoding ${codings.map((one) => JSON.stringify(one)).join(' and ')}, where proxies know "chunked"`,
    };
  return lengths.length > 0 ? { status: 400, text: 'has both a content-length and a transfer-encoding' } : undefined;
}

/** What Envoy keeps in 64 bits, in RE2's syntax. */
export const contentLengthPattern = upTo(2n ** 64n - 1n);
const contentLength = new RegExp(`^(${contentLengthPattern})$`);

function isLength(text: string): boolean {
  return contentLength.test(text);
}

/** Every way to write the numbers from 0 to this: fewer digits, or as many and the first that differs is smaller. */
function upTo(number: bigint): string {
  const [first = '', ...rest] = String(number);
  const anySmaller = (digit: string, least: number, after: number) =>
    Number(digit) <= least ? [] : [`[${least}-${Number(digit) - 1}][0-9]{${after}}`];
  const follows = rest.reduceRight(
    (tail, digit, i) => `(${[...anySmaller(digit, 0, rest.length - 1 - i), `${digit}${tail}`].join('|')})`,
    '',
  );
  const asMany = [...anySmaller(first, 1, rest.length), `${first}${follows}`];
  return `0+|0*([1-9][0-9]{0,${rest.length - 1}}|${asMany.join('|')})`;
}

/** A request for UDP names its target in the path (RFC 9298). What `Connection` says is not asked. */
export function connectUdpProblem(upgrades: readonly string[], path: string): FormProblem | undefined {
  const isUdp = asciiLowerCase(joinHeader(upgrades)) === 'connect-udp';
  if (!isUdp || /^\/\.well-known\/masque\/udp\/[^/]+\/[^/]+\/$/.test(path)) return undefined;
  return { status: 404, text: 'asks for UDP, and its path does not say where to' };
}
