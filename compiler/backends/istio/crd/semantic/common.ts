import { RE2JS } from 're2js';
import type { View } from './view.ts';

const label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/i;

export function isDnsLabel(text: string): boolean {
  return label.test(text) && text === text.toLowerCase();
}

/** A host name whose first label may be or begin with a `*`. No address: a last label is never a number. */
export function isHost(text: string): boolean {
  const [first = '', ...rest] = text.replace(/\.$/, '').split('.');
  const isFirst = first.length <= 63 && (first === '*' || label.test(first.replace(/^\*-?/, '')));
  return text.length <= 255 && isFirst && rest.every((l) => label.test(l)) && !/^\d+$/.test(rest.at(-1) ?? '');
}

/** As gateways and Sidecars want them: `*`, or with a dot, and a star only for a whole label. */
export function isFullHost(text: string): boolean {
  return text === '*' || (isHost(text) && text.includes('.') && /^(\*\.|[^*])/.test(text));
}

export function checkPort(port: View): void {
  if (!Number.isInteger(port.number) || port.number < 1 || port.number > 65_535) {
    port.fault(`port ${port.number} is not between 1 and 65535`);
  }
}

/** The CRDs demand a millisecond, the webhook whole ones. */
export function checkDuration(duration: View): void {
  if (!duration.isSet) return;
  const units: Readonly<Record<string, number>> = { h: 3.6e12, m: 6e10, s: 1e9, ms: 1e6, us: 1e3, µs: 1e3, ns: 1 };
  const parts = [...duration.text.matchAll(/(\d+(?:\.\d+)?|\.\d+)(h|ms|m|s|us|µs|ns)/g)];
  const nanoseconds = parts.reduce((sum, [, amount, unit = '']) => sum + Number(amount) * (units[unit] ?? 0), 0);
  if (Math.round(nanoseconds) % 1e6 !== 0) duration.fault(`${duration.text} is not a whole number of milliseconds`);
}

export function checkPercentage(value: View, smallest = 0): void {
  if (value.number < 0 || value.number > 100 || (value.number > 0 && value.number < smallest)) {
    value.fault(`${value.number} is not a percentage`);
  }
}

export function checkNotNegative(object: View, ...fields: readonly string[]): void {
  for (const field of fields) {
    if (object.at(field).number < 0) object.at(field).fault(`${field} cannot be negative`);
  }
}

export function checkRegex(regex: View): void {
  if (regex.text.length > 1024) regex.fault('a regex may have 1024 characters at most');
  try {
    RE2JS.compile(regex.text);
  } catch (error) {
    regex.fault(`not a regex of RE2: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** `.` is the object's own namespace, `*` everybody, `~` (of a ServiceEntry) nobody. */
export function checkExportTo(exportTo: View, namespace: string, mayBeNobody = false): void {
  const seen = new Set<string>();
  for (const entry of exportTo.items()) {
    const target = entry.text === '.' ? namespace : entry.text;
    if (seen.has(target)) entry.fault(`${entry.text} is listed twice`);
    seen.add(target);
    const isSpecial = entry.text === '.' || entry.text === '*' || (mayBeNobody && entry.text === '~');
    if (!isSpecial && !isDnsLabel(entry.text)) entry.fault(`${JSON.stringify(entry.text)} is no namespace`);
  }
  for (const alone of ['*', '~']) {
    if (seen.has(alone) && exportTo.items().length > 1) exportTo.fault(`${alone} cannot be combined with others`);
  }
}

export function checkDestination(destination: View): void {
  const { text: host } = destination.at('host');
  if (host === '*' || !isHost(host)) destination.at('host').fault(`${JSON.stringify(host)} is no destination host`);
  const subset = destination.at('subset');
  if (subset.isSet && !isDnsLabel(subset.text)) subset.fault(`${JSON.stringify(subset.text)} is no subset name`);
  if (destination.at('port').isSet) checkPort(destination.at('port').at('number'));
}

/** Weights need not add up to 100, but several of nothing leave no choice. */
export function checkWeights(routes: View): void {
  const weights = routes.items().map((route) => route.at('weight'));
  for (const weight of weights) if (weight.number < 0) weight.fault('a weight cannot be negative');
  if (weights.length > 1 && weights.every((weight) => weight.number === 0)) {
    routes.fault('at least one weight must be more than 0');
  }
}
