// Lists of methods, in matches, access rules and CORS alike. Refuses a method that no request over HTTP/1.1 can have.
import { didYouMean, type Report } from '../../diagnostics/index.ts';
import { httpMethods, isHttpMethod } from '../../model/index.ts';
import type { Cursor } from '../../syntax/index.ts';
import type { MethodIntent } from '../kinds.ts';

/** What is left after reports. */
export function lowerMethods(methods: readonly Cursor<MethodIntent>[], report: Report): readonly string[] {
  return methods.flatMap((method) => {
    if (typeof method.value !== 'string') return method.value.extension ?? [];
    return isKnown(method.as<string>(), report) ? [method.value] : [];
  });
}

/** False after a report. */
export function isKnown(method: Cursor<string>, report: Report): boolean {
  if (isHttpMethod(method.value)) return true;
  report('FL0419', {
    message: `proxies refuse requests with the method ${method.value}`,
    span: method.origin,
    hint: didYouMean(method.value, httpMethods) ?? `write { extension: ${method.value} } if it comes over HTTP/2`,
  });
  return false;
}
