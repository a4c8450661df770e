// Rewrites of path and host, and the Location of a redirect. Pure; as Envoy's RouteEntryImplBase.
import type { RE2JS } from 're2js';
import type { RedirectActionJson, RegexMatchAndSubstituteJson } from '../types.ts';
import { asciiLowerCase } from '../../../compiler/index.ts';
import { pathname, type RequestHead } from './request-head.ts';
import { regexEngine } from './string-matcher.ts';

/** The part of the path that the route's match took, which `prefix_rewrite` replaces. */
export type MatchedPart = (path: string) => number;

export type PathRewrite = (path: string) => string;

export function compilePathRewrite(
  prefixRewrite: string | undefined,
  regexRewrite: RegexMatchAndSubstituteJson | undefined,
  matched: MatchedPart,
): PathRewrite | undefined {
  if (regexRewrite?.pattern) {
    const substitute = compileSubstitution(regexRewrite);
    return (path) => {
      const name = pathname(path);
      return substitute(name) + path.slice(name.length);
    };
  }
  if (prefixRewrite) return (path) => prefixRewrite + path.slice(matched(path));
  return undefined;
}

/** RE2's GlobalReplace: `\0` to `\9` stand for groups, `\\` for a backslash. */
export function compileSubstitution(json: RegexMatchAndSubstituteJson): (text: string) => string {
  const regex = regexEngine(json.pattern ?? {});
  const template = json.substitution ?? '';
  return (text) => globalReplace(regex, text, template);
}

function globalReplace(regex: RE2JS, text: string, template: string): string {
  const matcher = regex.matcher(text);
  let out = '';
  let from = 0;
  while (matcher.find()) {
    const start = matcher.start();
    const end = matcher.end();
    // RE2 does not replace an empty match right after a match.
    if (start === end && start === from && from !== 0) continue;
    out += text.slice(from, start);
    out += template.replace(/\\(\\|\d)/g, (_, ref: string) =>
      ref === '\\' ? '\\' : (matcher.group(Number(ref)) ?? ''),
    );
    from = end;
  }
  return out + text.slice(from);
}

export type Redirect = (head: RequestHead, forwardedProto: string) => string;

/** Builds the Location header. `x-forwarded-proto` decides whether a default port is dropped when the scheme changes. */
export function compileRedirect(json: RedirectActionJson, matched: MatchedPart): Redirect {
  const rewrite = compilePathRewrite(json.prefixRewrite, json.regexRewrite, matched);
  const port = json.portRedirect ? `:${json.portRedirect}` : '';
  return (head, forwardedProto) => {
    const scheme = json.httpsRedirect ? 'https' : json.schemeRedirect || head.scheme;
    const host = json.hostRedirect || requestHost(head.authority, scheme, forwardedProto, port !== '');
    return `${scheme}://${host}${port}${redirectPath(json, rewrite ? rewrite(head.path) : head.path)}`;
  };
}

function redirectPath(json: RedirectActionJson, path: string): string {
  const at = path.indexOf('?');
  if (!json.pathRedirect) return json.stripQuery && at >= 0 ? path.slice(0, at) : path;
  if (json.pathRedirect.includes('?') || json.stripQuery || at < 0) return json.pathRedirect;
  return json.pathRedirect + path.slice(at);
}

function requestHost(host: string, scheme: string, forwardedProto: string, isPortReplaced: boolean): string {
  const port = /:\d*$/.exec(host)?.[0];
  if (port === undefined) return host;
  const told = asciiLowerCase(forwardedProto);
  const isDefault =
    scheme !== forwardedProto && ((told === 'https' && port === ':443') || (told === 'http' && port === ':80'));
  return isPortReplaced || isDefault ? host.slice(0, -port.length) : host;
}
