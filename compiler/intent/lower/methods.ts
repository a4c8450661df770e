// Lists of methods, in matches, access rules and CORS alike. Refuses a method that no request over HTTP/1.1 can have.
import { didYouMean, type Report } from '../../diagnostics/index.ts';
import { httpMethods, isHttpMethod } from '../../model/index.ts';
import type { Cursor } from '../../syntax/index.ts';
import type { MethodIntent } from '../kinds.ts';

/** What is left after reports. */
export function lowerMethods(methods: readonly Cursor<MethodIntent>[], report: Report): readonly string[] {
  return methods.flatMap((method) => {
    if (typeof method.value === 'string') return isKnown(method.as<string>(), report) ? [method.value] : [];
    const extension = method.as<Exclude<MethodIntent, string>>().get('extension');
    return extension && isExtension(extension, report) ? [extension.value] : [];
  });
}

/** False after a report. */
export function isKnown(method: Cursor<string>, report: Report): boolean {
  if (isHttpMethod(method.value)) return true;
  report('FL0419', {
    message: `proxies refuse requests with the method ${method.value}`,
    span: method.origin,
    hint:
      (anyMethod.includes(method.value)
        ? 'all methods are meant where there is no `methods`: leave it out'
        : didYouMean(method.value, httpMethods)) ??
      (isNeverRouted(method.value) ? undefined : `write { extension: ${method.value} } if it comes over HTTP/2`),
  });
  return false;
}

/** Words for all methods, where none is needed. */
const anyMethod: readonly string[] = ['ALL', 'ANY'];

/** Over HTTP/2 proxies take every method; a tunnel they open for nobody. */
const isNeverRouted = (method: string) => method === 'CONNECT';

/** A method that comes over HTTP/2 alone. False after a report of an error. */
function isExtension(method: Cursor<string>, report: Report): boolean {
  const { value, origin: span } = method;
  if (isHttpMethod(value)) {
    report('FL0419', {
      message: `${value} is no extension: proxies take it over every version of HTTP`,
      span,
      hint: `write ${value} without \`extension\``,
    });
    return false;
  }
  if (isNeverRouted(value)) {
    report('FL0419', { message: `proxies route no request with the method ${value}`, span });
    return false;
  }
  const near = didYouMean(value, httpMethods);
  if (near !== undefined) {
    report('FL0423', {
      message: `the extension ${value} looks like a method that is misspelt`,
      span,
      hint: `${near} Else leave it: it holds for requests over HTTP/2`,
    });
  }
  return true;
}
