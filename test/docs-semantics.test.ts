// Each numbered rule of docs/semantics.md is held by a test, named here: a rule without one, or one whose test has gone, fails.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

const root = join(import.meta.dirname, '..');

/** File and title of tests that ask about the rule, by heading and number. Those of real Envoy are among them where there are such. */
const holders: Readonly<Record<string, Readonly<Record<number, readonly (readonly [file: string, title: string])[]>>>> =
  {
    'What a proxy takes, and makes of it': {
      1: [
        ['compiler/test/analysis-received.test.ts', 'A7: methods that proxies refuse'],
        ['compiler/test/analysis-received.test.ts', 'A6: what Connection may not name, and what it drops'],
        ['test/received-headers.test.ts', 'A12: heads of requests, byte by byte'],
      ],
      2: [
        ['compiler/test/analysis-decide.test.ts', 'normal paths'],
        ['compiler/test/arriving-paths.test.ts', 'A4: what arrives can arrive, and so can every part of it'],
      ],
      3: [
        ['compiler/test/analysis-received.test.ts', 'A6: headers are what the proxy makes of them'],
        ['test/received-headers.test.ts', 'A6, A8, A12: headers as Envoy receives them'],
      ],
      4: [
        [
          'compiler/test/analysis-received.test.ts',
          'A6: of repeated headers each is matched, unless proxies join them',
        ],
      ],
      5: [
        ['compiler/test/analysis-received.test.ts', 'A8: WebSocket passes, other changes of protocol do not'],
        ['compiler/test/analysis-received.test.ts', 'A8: WebSocket requests keep what they say of the connection'],
      ],
    },
    "The caller's side": {
      1: [
        ['compiler/test/envoy-traffic.test.ts', 'hosts and ports'],
        ['compiler/test/analysis-scope.test.ts', 'a name that two services go by is that of the one in scope'],
        ['compiler/test/analysis-scope.test.ts', 'a used wildcard brings in what its namespace has under it'],
      ],
      2: [
        [
          'compiler/test/analysis-scope.test.ts',
          'with open egress a proxy reads what goes out on a port where it reads requests at all',
        ],
        ['test/redirect.test.ts', 'what the intent does not allow is refused'],
      ],
      3: [
        ['compiler/test/envoy-traffic.test.ts', 'paths and rewriting'],
        ['compiler/test/envoy-traffic.test.ts', 'headers'],
      ],
      4: [
        ['compiler/test/envoy-traffic.test.ts', 'cors, faults, redirects'],
        ['compiler/test/analysis-received.test.ts', 'F3: a fault strikes preflights as well'],
      ],
      5: [
        ['compiler/test/envoy-traffic.test.ts', 'destinations'],
        ['compiler/test/envoy-traffic.test.ts', 'mirrors'],
      ],
      6: [['compiler/test/envoy-traffic.test.ts', 'mutual TLS']],
    },
    "The callee's side": {
      1: [['compiler/test/envoy-traffic.test.ts', 'mutual TLS']],
      2: [
        ['compiler/test/envoy-traffic.test.ts', 'access'],
        ['compiler/test/analysis-decide.test.ts', 'verdicts'],
      ],
      3: [
        ['compiler/test/analysis-decide.test.ts', 'TCP drops HTTP conditions'],
        ['compiler/test/envoy-traffic.test.ts', 'tcp'],
      ],
      4: [['compiler/test/envoy-traffic.test.ts', 'mutual TLS']],
    },
  };

t.test('every numbered rule has a test, and every test named has its rule', (t) => {
  const sections = readFileSync(join(root, 'docs/semantics.md'), 'utf8').split(/^## /m).slice(1);
  const rules = sections.flatMap((section) => {
    const [title = ''] = section.split('\n');
    return [...section.matchAll(/^(\d+)\. /gm)].map(([, number]) => `${title}: ${number}`);
  });
  const held = Object.entries(holders).flatMap(([title, byNumber]) =>
    Object.keys(byNumber).map((number) => `${title}: ${number}`),
  );
  t.strictSame(held.toSorted(), rules.toSorted());
  t.end();
});

t.test('the tests that hold the rules are there', (t) => {
  for (const [file, title] of Object.values(holders).flatMap((rules) => Object.values(rules).flat())) {
    t.ok(readFileSync(join(root, file), 'utf8').includes(`test('${title}'`), `${file}: ${title}`);
  }
  t.end();
});
