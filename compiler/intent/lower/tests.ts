// A MeshTest to requests and expectations.
import { didYouMean } from '../../diagnostics/index.ts';
import {
  type Expectation,
  type MeshTest,
  type Reading,
  type TestCase,
  type TestRequest,
  usualPorts,
} from '../../model/index.ts';
import type { Cursor } from '../../syntax/index.ts';
import type { ExpectIntent, IntentObject, MeshTestIntent, TestCaseIntent } from '../kinds.ts';
import { parseDuration, parsePercent } from '../units.ts';
import { emptyFragment, type Fragment, type LowerContext } from './context.ts';

export function lowerMeshTest(object: Cursor<IntentObject<MeshTestIntent>>, context: LowerContext): Fragment {
  const { name, namespace, span: origin } = object.document;
  const cases = (object.get('spec')?.list('cases') ?? []).flatMap((item) => lowerCase(item, context));
  const test: MeshTest = { kind: 'MeshTest', origin, name, namespace, cases };
  return { ...emptyFragment, tests: [test] };
}

function lowerCase(item: Cursor<TestCaseIntent>, context: LowerContext): readonly TestCase[] {
  const from = lowerCaller(item.get('from'), context);
  const request = lowerRequest(item, context);
  const expect = lowerExpectation(item.get('expect'), context);
  return from && request && expect ? [{ kind: 'TestCase', origin: item.origin, from, request, expect }] : [];
}

const callerKinds = ['MeshService', 'MeshGateway', 'MeshWorkload'];
const serviceKinds = ['MeshService', 'ExternalService', 'MeshWorkload'];

function lowerCaller(from: Cursor<string> | undefined, { resolver, report }: LowerContext): string | undefined {
  if (!from) return undefined;
  if (from.value === 'outside') return 'outside';
  const found = resolver.lookUp(from.value);
  if (found && callerKinds.includes(found.kind)) return resolver.keyOf(from.value);
  if (resolver.isInDoubt(from.value)) return undefined;
  if (!found) resolver.noteMissing(from, callerKinds, 'FL0309');
  report('FL0309', {
    message: found
      ? `"${from.value}" is outside the mesh and calls nobody`
      : `there is no service, workload or gateway "${resolver.keyOf(from.value)}"`,
    span: from.origin,
    hint:
      didYouMean(from.value, ['outside']) ??
      resolver.suggestFor(from.value, callerKinds) ??
      'write a service, workload or gateway as `name` or `namespace/name`, or `outside` for a caller from outside the mesh',
  });
  return undefined;
}

const defaultPorts = { ...usualPorts, tcp: 0 } as const;

/** What intent can say of a request. */
type Written = Reading<TestRequest, 'method' | 'scheme' | 'host' | 'port' | 'path' | 'headers'>;

function lowerRequest(item: Cursor<TestCaseIntent>, { report }: LowerContext): Written | undefined {
  const text = item.get('request');
  const [, method = '', scheme, host, port, path = ''] =
    /^(?:([A-Z]+(?:-[A-Z]+)*) +)?(https?|tcp):\/\/([A-Za-z0-9.-]+)(?::(\d{1,5}))?([/?]\S*)?$/.exec(
      item.value.request.trim(),
    ) ?? [];
  const number = Number(port ?? defaultPorts[(scheme ?? 'tcp') as keyof typeof defaultPorts]);
  const isTcp = scheme === 'tcp';
  const isShaped = scheme !== undefined && host !== undefined && number > 0 && number < 65536;
  const isWhole = isTcp ? method === '' && path === '' && !item.value.headers : method !== '' && method !== 'CONNECT';
  if (!isShaped || !isWhole) {
    report('FL0440', {
      message: `"${item.value.request}" is not a request`,
      span: text?.origin,
      hint: 'write a method and a URL, such as `GET http://shoes/stock`, or `tcp://postgres:5432`',
    });
    return undefined;
  }
  const named = item
    .get('headers')
    ?.entries()
    .find(([name]) => name.toLowerCase() === 'host');
  if (named) {
    report('FL0440', {
      message: 'a request has its host in its URL, not in a header',
      span: named[1].keySpan,
      hint: `write \`request: ${method} ${scheme}://${named[1].value}${path}\``,
    });
    return undefined;
  }
  const headers = Object.entries(item.value.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const);
  return {
    method,
    scheme: scheme as TestRequest['scheme'],
    host: host.toLowerCase(),
    port: number,
    path: isTcp ? '' : (path.startsWith('?') ? `/${path}` : path).split('#')[0] || '/',
    headers: Object.fromEntries(headers),
  };
}

function lowerExpectation(expect: Cursor<ExpectIntent> | undefined, context: LowerContext): Expectation | undefined {
  if (!expect || !isConsistent(expect, context)) return undefined;
  const { allowed, denied, versions, redirect, status, timeout, path } = expect.value;
  const service = expect.get('service');
  const found = service && context.resolver.lookUp(service.value);
  if (service && (!found || found.kind === 'MeshGateway') && !context.resolver.isInDoubt(service.value)) {
    if (!found) context.resolver.noteMissing(service, serviceKinds, 'FL0302');
    context.report('FL0302', {
      message: `there is no service "${context.resolver.keyOf(service.value)}"`,
      span: service.origin,
      hint: context.resolver.suggestFor(service.value, serviceKinds),
    });
  }
  return {
    ...(allowed && { allowed }),
    ...(denied && { denied }),
    ...(found && found.kind !== 'MeshGateway' && { service: found.host }),
    ...(versions && {
      versions: Object.fromEntries(Object.entries(versions).map(([name, share]) => [name, parsePercent(share)])),
    }),
    ...(redirect && { redirect }),
    ...(status !== undefined && { status }),
    ...(timeout !== undefined && { timeoutMs: parseDuration(timeout) }),
    ...(path !== undefined && { path }),
  };
}

const answers = ['service', 'versions', 'redirect', 'timeout', 'path'] as const;

function isConsistent(expect: Cursor<ExpectIntent>, { report }: LowerContext): boolean {
  const { value } = expect;
  const fail = (message: string, hint: string) => {
    report('FL0441', { message, span: expect.origin, hint });
    return false;
  };
  if (Object.keys(value).length === 0)
    return fail('a case that expects nothing always passes', 'add `allowed: true` or `denied: access`');
  const shares = Object.values(value.versions ?? {}).reduce((sum, share) => sum + parsePercent(share), 0);
  if (value.versions && Math.abs(shares - 100) > 0.001) {
    return fail(
      `the shares of the versions add up to ${Number(shares.toFixed(4))}%, expected 100%`,
      'a version not listed gets nothing',
    );
  }
  if (value.denied === undefined) return true;
  if (value.allowed) return fail('a request is allowed or denied, not both', 'keep one of the two');
  const answer = answers.find((field) => value[field] !== undefined);
  return answer === undefined || fail(`a request that is denied has no "${answer}"`, `remove ${answer}`);
}
