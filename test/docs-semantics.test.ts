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
        ['compiler/test/analysis-received.test.ts', 'A12: requests of a form that proxies refuse'],
        ['compiler/test/analysis-received.test.ts', 'A6: what Connection may not name, and what it drops'],
        ['test/received-headers.test.ts', 'A12: heads of requests, byte by byte'],
        ['test/received-hosts.test.ts', 'T2: hosts over all bytes, by the Host header and by an absolute URL'],
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
        ['compiler/test/websocket-http2.test.ts', 'T3: WebSocket passes no proxy before an application of HTTP/2'],
        ['test/websocket-http2.test.ts', 'T3: WebSocket breaks nothing that shares a connection'],
      ],
      6: [
        ['compiler/test/grpc-answers.test.ts', 'what a proxy answers itself is 200 with a grpc-status'],
        [
          'compiler/test/grpc-answers.test.ts',
          'what is no request to whoever parses it is answered in HTTP, and so is a preflight',
        ],
        ['test/grpc-replies.test.ts', 'heads of requests, byte by byte'],
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
        ['test/redirect-open.test.ts', 'A3: HTTP/2 arrives as HTTP/2, whoever it is for'],
        ['test/redirect-open.test.ts', 'A4: bytes and TLS on a port that is read as HTTP'],
        ['test/redirect-open.test.ts', 'A16: loopback is not redirected, and not guarded'],
      ],
      3: [
        ['compiler/test/envoy-traffic.test.ts', 'paths and rewriting'],
        ['compiler/test/envoy-traffic.test.ts', 'headers'],
      ],
      4: [
        ['compiler/test/envoy-traffic.test.ts', 'cors, faults, redirects'],
        ['compiler/test/analysis-received.test.ts', 'F3: a fault strikes preflights as well'],
        ['compiler/test/cors-origins.test.ts', 'a match that takes the star lets in every origin but the empty one'],
      ],
      5: [
        ['compiler/test/envoy-traffic.test.ts', 'destinations'],
        ['compiler/test/envoy-traffic.test.ts', 'mirrors'],
      ],
      6: [
        ['compiler/test/envoy-traffic.test.ts', 'mutual TLS'],
        ['test/machines-in-services.test.ts', 'a machine answers beside the pods'],
      ],
      7: [['compiler/test/machines.test.ts', 'Kubernetes sends a machine nothing that is addressed to a Service']],
      8: [
        ['compiler/test/analysis-dialled-ports.test.ts', 'plain text to a port of TLS'],
        ['compiler/test/analysis-dialled-ports.test.ts', 'a port of TCP without addresses takes whatever is dialled'],
        ['test/redirect.test.ts', 'F7: what names nobody, on a port of TLS and on one of TCP'],
      ],
    },
    "The callee's side": {
      1: [
        ['compiler/test/envoy-traffic.test.ts', 'mutual TLS'],
        ['test/own-tls.test.ts', 'A9: TLS to ports of bytes'],
      ],
      2: [
        ['compiler/test/envoy-traffic.test.ts', 'access'],
        ['compiler/test/analysis-decide.test.ts', 'verdicts'],
        ['compiler/test/rules-beside-routes.test.ts', 'a rule is told of exactly where no request gets to it'],
      ],
      3: [
        ['compiler/test/analysis-decide.test.ts', 'TCP drops HTTP conditions'],
        ['compiler/test/envoy-traffic.test.ts', 'tcp'],
      ],
      4: [['compiler/test/envoy-traffic.test.ts', 'mutual TLS']],
    },
    Gateways: {
      1: [['compiler/test/envoy-traffic.test.ts', 'gateway']],
      2: [
        ['compiler/test/analysis-scope.test.ts', 'gateways on the same proxies are served by each of them'],
        [
          'compiler/test/analysis-scope.test.ts',
          'of gateways on the same proxies a path of a host comes before all of it',
        ],
      ],
      3: [
        [
          'compiler/test/analysis-scope.test.ts',
          'a listener without routes for its host leaves it to a wider one that redirects',
        ],
        ['compiler/test/istio-gateways.test.ts', 'F2: the redirect of a wildcard listener is not that of a narrow one'],
      ],
      4: [['compiler/test/envoy-traffic.test.ts', 'slow clients']],
      5: [['compiler/test/envoy-traffic.test.ts', 'gateway']],
      6: [
        [
          'compiler/test/analysis-scope.test.ts',
          'a caller from outside is denied only where every proxy that serves the host denies',
        ],
      ],
      7: [['compiler/test/exposure.test.ts', 'narrowed routes decide as the routes they come from']],
    },
    'Who reaches a service': {
      1: [
        ['compiler/test/reach.test.ts', 'who gets where, by decide and by reach'],
        ['compiler/test/reach.test.ts', 'rows are of the service that is reached, from outside as well'],
      ],
    },
    'What a review compares': {
      1: [
        ['compiler/test/review-exact.test.ts', 'no changed request is missed'],
        ['compiler/test/review-exact.test.ts', 'equal meshes, written otherwise, have no rows'],
        ['compiler/test/review-extensions.test.ts', 'sets of requests say of extensions what the verdict says'],
        ['compiler/test/review-repeated.test.ts', 'the reservation is true, and told by all renderers'],
      ],
      2: [
        ['compiler/test/review-newcomers.test.ts', 'B2: how a new service refuses is no news'],
        [
          'compiler/test/analysis-dialled-ports.test.ts',
          'a review tells TLS from plain text, and what happens to all other hosts',
        ],
        ['compiler/test/review-newcomers.test.ts', 'B2: and the other way round, by the name alone'],
        ['compiler/test/review-causes.test.ts', 'each of the joined calls keeps its callers, hosts and witness'],
      ],
      3: [['compiler/test/review-settings.test.ts', 'B3: objects that are passed through']],
      4: [
        [
          'compiler/test/review-settings.test.ts',
          'B3: access that opens to who does not declare that it uses the service',
        ],
        [
          'compiler/test/review-access.test.ts',
          'B3: whoever fares differently has a row, whether anybody is so or not',
        ],
      ],
      5: [['compiler/test/review-exposed.test.ts', 'B1: traffic that leaves the mesh or mutual TLS']],
      6: [
        [
          'compiler/test/review-entries.test.ts',
          'B1: a gateway that is split, joined or renamed leaves its proxies where they are',
        ],
        ['compiler/test/review-entries.test.ts', 'B2: gateways on the same proxies are told of in one row, by name'],
      ],
    },
    'What is not analysed': {
      1: [['compiler/test/analysis-wide.test.ts', 'B8: a wide diagram says of every request what decide says']],
      2: [
        ['compiler/test/not-analysed.test.ts', 'a review says which host is open, and tells of the others'],
        ['compiler/test/not-analysed.test.ts', 'who reaches it is unknown, not nobody'],
        ['compiler/test/not-analysed.test.ts', 'single requests are decided all the same'],
        ['webhook/test/mesh.test.ts', 'what cannot be analysed is refused, unless it was so before'],
      ],
    },
    'As Istio objects': {
      1: [
        [
          'compiler/test/istio-gateways.test.ts',
          'F1: a wildcard and a narrow host with routes of their own do not share an object',
        ],
        [
          'compiler/test/istio-gateways.test.ts',
          'FL0519: hosts that Istio serves apart and that clients may ask for on one connection',
        ],
      ],
      2: [['compiler/test/istio-mesh.test.ts', 'F4: callers are told of mutual TLS where it is off for all but some']],
      3: [
        ['compiler/test/istio-mesh.test.ts', 'F9: a route to a service with several ports says which, port by port'],
        ['compiler/test/istio-mesh.test.ts', 'F10: routes that are all limited to some ports leave the others 404'],
      ],
      4: [['compiler/test/istio-security.test.ts', 'what Istio has in some places only']],
      5: [['compiler/test/istio-mesh.test.ts', 'F10: the defaults of the mesh are told to Istio, which has others']],
      6: [
        [
          'compiler/test/istio-mesh.test.ts',
          'F5: an external service with several hosts and a TCP port is an entry a host',
        ],
      ],
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
