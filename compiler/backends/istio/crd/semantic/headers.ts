// Header operations of routes and destinations: names, values, and the one header that is none, the authority.
import type { View } from './view.ts';

/** `owner` is the route or destination that has `headers`; a route's `rewrite` may set the authority too. */
export function checkHeaders(owner: View): void {
  const headers = owner.at('headers');
  let authorities = owner.at('rewrite').at('authority').isSet ? 1 : 0;
  for (const direction of ['request', 'response']) {
    for (const operation of ['set', 'add']) {
      for (const [name, value] of headers.at(direction).at(operation).entries()) {
        const isAuthority = direction === 'request' && /^(:authority|host)$/i.test(name);
        if (!isAuthority) checkName(name, value);
        else if (++authorities > 1) value.fault('the authority is set more than once');
        checkValue(value);
      }
    }
    for (const name of headers.at(direction).at('remove').items()) checkName(name.text, name);
  }
}

export function isHeaderName(name: string): boolean {
  return /^:(authority|method|path|scheme)$/.test(name) || /^[-\w!#$%&'*+.^`|~]+$/.test(name);
}

function checkName(name: string, place: View): void {
  if (name === '') place.fault('a header needs a name');
  else if (name.startsWith(':') || name.toLowerCase() === 'host') place.fault(`the header ${name} cannot be changed`);
}

/** `%` opens and closes an operator of Envoy; `%%` is a per cent sign. Arguments in parentheses may hold anything. */
function checkValue(value: View): void {
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value.text)) value.fault('control characters are not allowed');
  const rest = value.text.replace(/%%|%[A-Z][A-Z0-9_]*(\((?:[^()]|\([^()]*\))*\))?(:\d+)?%/g, '');
  if (rest.includes('%')) value.fault('a per cent sign must be doubled, or belong to an operator such as %HOSTNAME%');
}
