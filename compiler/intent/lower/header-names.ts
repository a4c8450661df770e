// Which headers a route may match and change.
import type { Report } from '../../diagnostics/index.ts';
import { internalHeaders } from '../../model/index.ts';
import type { Cursor } from '../../syntax/index.ts';

/** Headers by which proxies tell where a message ends; each proxy writes its own. https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
const framingHeaders = ['connection', 'content-length', 'keep-alive', 'te', 'transfer-encoding', 'upgrade'];

/** False, with a report, for a header that a route cannot set, add or remove. */
export function isEditableHeader(name: string, at: Cursor<unknown>, report: Report): boolean {
  if (!framingHeaders.includes(name.toLowerCase())) return isFreeHeader(name, at, report);
  report('FL0403', {
    message: `header "${name}" belongs to a single connection and cannot be changed by a route`,
    span: at.keySpan,
    hint: 'remove it: every proxy on the way writes its own',
  });
  return false;
}

/** The same for one that is written into a request: some speak to the proxy, and would undo what the route says. */
export function isWritableToRequest(name: string, at: Cursor<unknown>, report: Report): boolean {
  const lowerName = name.toLowerCase();
  const isInternal = internalHeaders.has(lowerName);
  if (!isInternal && lowerName !== 'grpc-timeout') return isEditableHeader(name, at, report);
  report('FL0403', {
    message: `header "${name}" cannot be written by a route: proxies act on it${isInternal ? ', and let none of it through' : ''}`,
    span: at.keySpan,
    hint: 'write `timeout` or `retries` of the route, if that is meant',
  });
  return false;
}

/** The same for one that is removed from a response: each proxy writes a date where there is none. */
export function isRemovableFromAnswer(name: string, at: Cursor<unknown>, report: Report): boolean {
  if (name.toLowerCase() !== 'date') return isEditableHeader(name, at, report);
  report('FL0403', {
    message: `header "${name}" cannot be removed from a response: every proxy on the way writes it where it is missing`,
    span: at.keySpan,
    hint: `remove "${name}" from the list, or give it a value under \`set\``,
  });
  return false;
}

/** False, with a report, for one that says what became of a request. */
export function isFreeInAnswer(isRedirect: boolean, name: string, at: Cursor<unknown>, report: Report): boolean {
  const lowerName = name.toLowerCase();
  if (lowerName === 'grpc-status') {
    report('FL0403', {
      message: `header "${name}" says how a gRPC call ended, and cannot be changed by a route`,
      span: at.keySpan,
      hint: 'remove it: whoever answers the call writes it',
    });
    return false;
  }
  if (!isRedirect || lowerName !== 'location') return true;
  report('FL0403', {
    message: `header "${name}" is written by the redirect of this route, and cannot be changed beside it`,
    span: at.keySpan,
    hint: 'say under `redirect` where it leads, by `scheme`, `host`, `port` and `path`',
  });
  return false;
}

/** False, with a report, for `host`: Envoy keeps it in `:authority`, where neither matches nor operations find it. */
export function isMatchableHeader(name: string, at: Cursor<unknown>, report: Report): boolean {
  return isFreeHeader(
    name,
    at,
    report,
    'leave it out: the routes of a service are for its own hosts, and a host at a gateway stands under `expose`',
  );
}

function isFreeHeader(
  name: string,
  at: Cursor<unknown>,
  report: Report,
  hint = 'the host is changed with `rewrite: { host: … }`',
): boolean {
  if (name.toLowerCase() !== 'host') return true;
  report('FL0403', { message: `header "${name}" can be neither matched nor changed here`, span: at.keySpan, hint });
  return false;
}

export function reportDuplicateHeader(name: string, at: Cursor<unknown>, report: Report): void {
  report('FL0415', {
    message: `header "${name}" is named twice: names ignore case`,
    span: at.keySpan,
    hint: 'keep one of the two',
  });
}
