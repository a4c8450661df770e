// Runs MeshTests on the model: each case is decided and compared with what it expects. No cluster, no proxies.
import type { Expectation, Mesh, MeshIndex, TestCase } from '../../model/index.ts';
import {
  formatDuration,
  indexMesh,
  keyOf,
  nothingLeft,
  type MeshTest,
  type Reading,
  splitQuery,
} from '../../model/index.ts';
import { decide } from './decide.ts';
import { describeVerdict } from '../words/describe-verdict.ts';
import type { DecideOptions, Share, Verdict } from '../verdict.ts';

export interface TestFailure {
  /** The field of the expectation that does not hold, as it is written. */
  readonly field: Exclude<keyof Expectation, 'timeoutMs'> | 'timeout';
  readonly expected: string;
  readonly actual: string;
}

export interface TestResult {
  /** `namespace/name` of the MeshTest. */
  readonly test: string;
  readonly case: TestCase;
  readonly verdict: Verdict;
  /** Empty for a case that passes. */
  readonly failures: readonly TestFailure[];
}

export interface TestReport {
  readonly results: readonly TestResult[];
  readonly passed: number;
  readonly failed: number;
}

type Test = Reading<MeshTest, 'kind' | 'origin' | 'name' | 'namespace' | 'cases'>;

/** All cases, in the order of the mesh. One that fails is a result like the others. */
export function runTests(mesh: Mesh | MeshIndex, options: DecideOptions = {}): TestReport {
  const index = 'mesh' in mesh ? mesh : indexMesh(mesh);
  const results = index.mesh.tests.flatMap((test: Test) =>
    test.cases.map((testCase) => ({
      test: keyOf(test),
      case: testCase,
      ...judge(testCase, decide(index, testCase, options)),
    })),
  );
  const failed = results.filter((result) => result.failures.length > 0).length;
  return { results, passed: results.length - failed, failed };
}

/** What is expected must hold whichever proxy is met; of one that fails it the verdict is told. */
function judge({ expect }: TestCase, verdict: Verdict): Pick<TestResult, 'verdict' | 'failures'> {
  const here = { verdict, failures: compare(expect, verdict) };
  const there = (verdict.elsewhere ?? []).map(({ gateway, verdict: other }) => ({
    verdict: other,
    failures: compare(expect, other).map((failure) => ({ ...failure, actual: `${failure.actual}, at ${gateway}` })),
  }));
  return [here, ...there].find(({ failures }) => failures.length > 0) ?? here;
}

/** What is expected besides must be compared as well. */
type Known = Reading<
  Expectation,
  'allowed' | 'denied' | 'service' | 'versions' | 'redirect' | 'status' | 'timeoutMs' | 'path'
>;

type CheckField = (field: TestFailure['field'], isMet: boolean, expected: string, actual: string) => void;

function compare(expect: Known, verdict: Verdict): TestFailure[] {
  const failures: TestFailure[] = [];
  const check: CheckField = (field, isMet, expected, actual) => {
    if (!isMet) failures.push({ field, expected, actual });
  };
  const said = describeVerdict(verdict);
  if (expect.allowed) check('allowed', verdict.outcome === 'allowed', 'allowed', said);
  if (expect.denied !== undefined) {
    const reason = denials[expect.denied];
    const isMet = verdict.outcome === 'denied' && (reason === undefined || reason === verdict.reason);
    check('denied', isMet, reason === undefined ? 'denied' : `denied by ${reason}`, said);
  }
  checkReceived(expect, verdict, check, said);
  if (expect.redirect) checkRedirect(expect.redirect, verdict, check, said);
  if (expect.status !== undefined) {
    // Of gRPC a 200 says nothing: what a proxy refuses has it too.
    const isMet = verdict.status === expect.status && verdict.grpcStatus === undefined;
    check(
      'status',
      isMet,
      String(expect.status),
      verdict.grpcStatus === undefined ? String(verdict.status ?? said) : said,
    );
  }
  if (expect.timeoutMs !== undefined) {
    const actual = verdict.timeoutMs === undefined ? said : formatDuration(verdict.timeoutMs);
    check('timeout', verdict.timeoutMs === expect.timeoutMs, formatDuration(expect.timeoutMs), actual);
  }
  return failures;
}

/** Nobody answers a request that is refused, nor receives it: unless that is what is expected of it. */
function checkReceived(expect: Known, verdict: Verdict, check: CheckField, said: string): void {
  const isRefused = verdict.outcome !== 'allowed' && expect.status === undefined;
  const shares = isRefused ? [] : verdict.shares;
  if (expect.service !== undefined) {
    const hosts = [...new Set(shares.map((share) => share.host))];
    check('service', hosts.length === 1 && hosts[0] === expect.service, expect.service, hosts.join(', ') || said);
  }
  if (expect.versions) {
    const [expected, actual] = [formatVersions(expect.versions), formatVersions(versionsOf(shares))];
    check('versions', expected === actual, expected, actual || said);
  }
  if (expect.path !== undefined) {
    const received = isRefused ? undefined : verdict.forwarded?.path;
    check('path', received !== undefined && isReceived(expect.path, received), expect.path, received ?? said);
  }
}

/** The reason that a denial must have; undefined for whichever. */
const denials: Readonly<Record<NonNullable<Expectation['denied']>, Verdict['reason']>> = {
  access: 'access',
  egress: 'egress',
  mtls: 'mtls',
  route: 'route',
  request: 'request',
  any: undefined,
};

function checkRedirect(
  expected: NonNullable<Expectation['redirect']>,
  verdict: Verdict,
  check: (field: 'redirect', isMet: boolean, expected: string, actual: string) => void,
  said: string,
): void {
  const { location, status, ...rest } = expected;
  nothingLeft(rest);
  const isMet =
    verdict.outcome === 'redirect' &&
    (location === undefined || isLocation(location, verdict.location ?? '')) &&
    (status === undefined || status === verdict.status);
  check(
    'redirect',
    isMet,
    `redirect${status === undefined ? '' : ` (${status})`}${location ? ` to ${location}` : ''}`,
    said,
  );
}

/** An expected path without a query says nothing about the query. */
export function isReceived(expected: string, path: string): boolean {
  return path === expected || splitQuery(path).path === expected;
}

/** A location may be written without scheme and host. */
export function isLocation(expected: string, actual: string): boolean {
  return expected === actual || (expected.startsWith('/') && actual.replace(/^[a-z]+:\/\/[^/]*/, '') === expected);
}

function versionsOf(reached: readonly Share[]): Record<string, number> {
  const shares: Record<string, number> = {};
  for (const { subset, weight } of reached) {
    const name = subset === '' ? 'all versions' : subset;
    shares[name] = (shares[name] ?? 0) + weight;
  }
  return shares;
}

/** Sorted, without zero shares: equal texts mean equal splits. */
function formatVersions(versions: Readonly<Record<string, number>>): string {
  return Object.entries(versions)
    .filter(([, share]) => share !== 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, share]) => `${name} ${share}%`)
    .join(', ');
}
