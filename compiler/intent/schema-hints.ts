// What may have been meant by a text that is not of the form that its place asks for.
import { isIP } from 'node:net';
import { didYouMean } from '../diagnostics/index.ts';
import { accountIn, httpMethods, keyOf, serviceNamed } from '../model/index.ts';
import { externalHost } from './schema/external.ts';
import { absolutePath, dnsLabel, duration, exactHost, host, httpMethod, reference } from './schema/forms.ts';

/** Characters of what is worth a thought. */
const longest = 300;

/** `pattern` is that of the form, `parent` the schema that asks for it. */
export function hintForForm(
  pattern: unknown,
  written: unknown,
  parent: Readonly<Record<string, unknown>> = {},
): string | undefined {
  if (typeof pattern !== 'string' || typeof written !== 'string' || written.length > longest) return undefined;
  if (pattern === reference.pattern && referenceIn(written)) return referenceIn(written);
  if (pattern === httpMethod.pattern) return didYouMean(written, httpMethods) ?? methodIn(written, parent);
  if (pattern === duration.pattern) return durationIn(written);
  const suffix = pattern === absolutePath.pattern ? suffixIn(written, parent) : undefined;
  if (suffix !== undefined) return suffix;
  if (pattern === dnsLabel.pattern && written.includes('/')) return nameIn(written);
  if (isIP(written) !== 0 && typeof addressHints[pattern] === 'string') return addressHints[pattern];
  const ofForm = readingsByForm.get(pattern);
  const meant = [...readings, ...(ofForm ? [ofForm] : [])]
    .map((read) => read(written))
    .find((text) => text !== written && fits(pattern, text));
  return meant === undefined ? undefined : `write "${meant}"`;
}

/** By the form of the host names that are asked for. */
const addressHints: Readonly<Record<string, string>> = {
  [String(host.pattern)]: 'an address is no host name; `*` stands for all, whatever the client dialled',
  [String(externalHost.pattern)]:
    'an address is no host name: write a name, and the address under `addresses` with `resolve: static`',
};

/** `*.png`, where a match may be by its end. */
function suffixIn(written: string, { properties = {} }: Readonly<Record<string, unknown>>): string | undefined {
  const [, suffix] = /^\*(\.[\w.-]+)$/.exec(written) ?? [];
  return suffix !== undefined && Object.hasOwn(properties as object, 'suffix')
    ? `write { suffix: ${suffix} }`
    : undefined;
}

function methodIn(written: string, { properties = {} }: Readonly<Record<string, unknown>>): string | undefined {
  const isCondition = Object.hasOwn(properties as object, 'extension');
  if (written === '*' && isCondition) return 'all methods are meant where there is no `methods`: leave it out';
  if (written === '*') return 'name each method that pages may use, such as PUT and DELETE';
  const method = written.trim().toUpperCase();
  return fits(httpMethod.pattern, method) ? `write ${method}` : undefined;
}

/** What a text may be short of in any place; then what only some places ask for, by their form. */
const readings: readonly ((written: string) => string)[] = [
  (written) => written.trim(),
  (written) => written.toLowerCase(),
  (written) => written.toUpperCase(),
];

/** Of a URL, of a host with its port, and of a host behind a namespace, as Istio's Gateway has it. */
const hostIn = (written: string) =>
  written
    .trim()
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, '')
    .replace(/^[^./]+\/(?=[^/]+\.)/, '')
    .replace(/[/?#].*$/, '')
    .replace(/:\d*$/, '')
    .replace(/\.$/, '');

/** Of a URL; and what lacks its slash. */
const pathIn = (written: string) => {
  const [, ofUrl] = /^https?:\/\/[^/]+(\/.*)$/.exec(written) ?? [];
  return ofUrl ?? (/^(\*$|[\w-][\w/.*-]*$)/.test(written.trim()) ? `/${written.trim()}` : written);
};

/** A name alone, where one of another namespace was written. */
function nameIn(written: string): string | undefined {
  const name = written.slice(written.lastIndexOf('/') + 1);
  return fits(dnsLabel.pattern, name) ? `a name stands here without a namespace: "${name}"` : undefined;
}

const labelIn = (written: string) =>
  written
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');

const readingsByForm = new Map<unknown, (written: string) => string>([
  ...[host, externalHost, exactHost].map(({ pattern }) => [pattern, hostIn] as const),
  [dnsLabel.pattern, labelIn],
  [absolutePath.pattern, pathIn],
]);

const milliseconds: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `1.5s`, `1h30m` and `5 seconds`, in the largest unit in which it is a whole number. */
function durationIn(written: string): string | undefined {
  const parts = [
    ...written
      .trim()
      .toLowerCase()
      .matchAll(/(\d+(?:\.\d+)?)\s*(ms|[smh])[a-z]*\s*/gy),
  ];
  const isWhole = parts.map(([part]) => part).join('') === written.trim().toLowerCase();
  const total = parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (milliseconds[unit] ?? 0), 0);
  if (!isWhole || parts.length === 0 || !Number.isInteger(total) || total === 0) return undefined;
  const unit = ['h', 'm', 's'].find((name) => total % (milliseconds[name] ?? 1) === 0) ?? 'ms';
  const meant = `${total / (milliseconds[unit] ?? 1)}${unit}`;
  return fits(duration.pattern, meant) ? `write ${meant}` : 'the number has at most seven digits';
}

/** `cluster.local/ns/shop/sa/hats` is how Istio writes who calls; `records.care` and longer is how a host is written, to DNS. */
function referenceIn(written: string): string | undefined {
  const account = accountIn(written);
  if (account)
    return `an identity is named by whose it is: write "${account.namespace}/${account.serviceAccount}", if that is the service's name`;
  const service = serviceNamed(written);
  return service && `a reference is no host: write "${keyOf(service)}"`;
}

function fits(pattern: unknown, text: string): boolean {
  return new RegExp(String(pattern), 'u').test(text);
}
