// What may have been meant by a text that is not of the form that its place asks for.
import { didYouMean } from '../diagnostics/index.ts';
import { httpMethods } from '../model/index.ts';
import { httpMethod, reference } from './schema/forms.ts';

/** `pattern` is that of the form. */
export function hintForForm(pattern: unknown, written: unknown): string | undefined {
  if (typeof pattern !== 'string' || typeof written !== 'string') return undefined;
  if (pattern === reference.pattern && referenceIn(written)) return referenceIn(written);
  if (pattern === httpMethod.pattern) return didYouMean(written, httpMethods) ?? inOtherCase(pattern, written);
  return inOtherCase(pattern, written);
}

/** `records.care` and longer is how a host is written, to DNS. */
function referenceIn(written: string): string | undefined {
  const [, name, namespace] = /^([a-z0-9-]+)\.([a-z0-9-]+)(?:\.svc(?:\.cluster\.local)?)?\.?$/.exec(written) ?? [];
  return name === undefined ? undefined : `a reference is no host: write "${namespace}/${name}"`;
}

function inOtherCase(pattern: string, written: string): string | undefined {
  const form = new RegExp(pattern, 'u');
  const found = [written.toLowerCase(), written.toUpperCase()].find((text) => form.test(text));
  return found === undefined || found === written ? undefined : `write "${found}"`;
}
