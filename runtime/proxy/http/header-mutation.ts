// header_to_add / header_to_remove of routes, virtual hosts and route configurations, compiled to operations.
import { bytesOf } from '../../../compiler/xds.ts';
import type { HeaderValueOptionJson } from '../types.ts';
import { compileFormat } from './format.ts';
import type { HeaderList } from './header-list.ts';
import { headerOf, type RequestHead, setHeaderOf } from './request-head.ts';
import type { StreamInfo } from './stream-info.ts';

type AppendAction = NonNullable<HeaderValueOptionJson['appendAction']>;

interface HeaderAddition {
  readonly name: string;
  readonly value: (info: StreamInfo) => string;
  readonly action: AppendAction;
  readonly isKeptEmpty: boolean;
}

/** One level's operations. Envoy removes first, then adds, at each level. */
export interface HeaderMutation {
  readonly removals: readonly string[];
  readonly additions: readonly HeaderAddition[];
}

export function compileHeaderMutation(
  additions: readonly HeaderValueOptionJson[] | undefined,
  removals: readonly string[] | undefined,
): HeaderMutation | undefined {
  if (!additions?.length && !removals?.length) return undefined;
  return {
    removals: (removals ?? []).map((name) => name.toLowerCase()),
    additions: (additions ?? []).map(compileAddition),
  };
}

function compileAddition(json: HeaderValueOptionJson): HeaderAddition {
  // Headers are bytes, each one character, as node:http has them.
  const raw = bytesOf(json.header?.value ?? '');
  const byFlag: AppendAction = json.append === false ? 'OVERWRITE_IF_EXISTS_OR_ADD' : 'APPEND_IF_EXISTS_OR_ADD';
  return {
    name: (json.header?.key ?? '').toLowerCase(),
    value: compileFormat(raw, ''),
    action: json.appendAction ?? byFlag,
    isKeptEmpty: json.keepEmptyValue ?? false,
  };
}

export function mutateRequest(head: RequestHead, mutation: HeaderMutation, info: StreamInfo): void {
  for (const name of mutation.removals) head.headers.remove(name);
  for (const addition of mutation.additions) {
    const value = addition.value(info);
    if (value === '' && !addition.isKeptEmpty) continue;
    if (isPseudo(addition.name)) setPseudo(head, addition, value);
    else applyTo(head.headers, addition, value);
  }
}

/** The host is one value: Envoy overwrites it whatever the action, except where the action forbids it. */
function setPseudo(head: RequestHead, addition: HeaderAddition, value: string): void {
  const isThere = headerOf(head, addition.name) !== undefined;
  if (addition.action === 'ADD_IF_ABSENT' && isThere) return;
  if (addition.action === 'OVERWRITE_IF_EXISTS' && !isThere) return;
  setHeaderOf(head, addition.name, value);
}

export function mutateResponse(headers: HeaderList, mutation: HeaderMutation, info: StreamInfo): void {
  for (const name of mutation.removals) headers.remove(name);
  for (const addition of mutation.additions) {
    const value = addition.value(info);
    if (value !== '' || addition.isKeptEmpty) applyTo(headers, addition, value);
  }
}

function applyTo(headers: HeaderList, { name, action }: HeaderAddition, value: string): void {
  switch (action) {
    case 'ADD_IF_ABSENT':
      if (!headers.has(name)) headers.add(name, value);
      break;
    case 'OVERWRITE_IF_EXISTS':
      if (headers.has(name)) headers.set(name, value);
      break;
    case 'OVERWRITE_IF_EXISTS_OR_ADD':
      headers.set(name, value);
      break;
    default:
      headers.add(name, value);
  }
}

function isPseudo(name: string): boolean {
  return name.startsWith(':') || name === 'host';
}
