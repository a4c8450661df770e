// Codes FL0401 to FL0429: routes and what they match. Ordered by code. Never renumber; retire instead.
import type { CatalogueEntry } from '../catalogue-entry.ts';
import { document, intent, publicGateway, shoes } from './examples.ts';

const twoVersions = 'versions: { v1: { version: v1 }, v2: { version: v2 } }\n';
const twoPorts = document('MeshService', 'hats', 'ports: [{ name: http, port: 80 }, { name: http-admin, port: 9000 }]');
const postgresPorts = 'ports: [{ name: tcp, port: 5432 }]\n';

export const routeMeaningCodes = [
  {
    code: 'FL0401',
    name: 'invalid-regex',
    severity: 'error',
    title: 'a regular expression is not RE2',
    explanation:
      'Envoy matches with RE2, which has no look-around and no back-references, and so cannot be made slow by a request. A proxy would refuse the whole configuration.',
    bad: intent(shoes('routes: [{ match: { path: { regex: "/(?!admin).*" } } }]')),
    good: intent(shoes('routes: [{ match: { path: { regex: "/[0-9]+" } } }]')),
  },
  {
    code: 'FL0402',
    name: 'invalid-path',
    severity: 'error',
    title: 'a path is written in a way that cannot match as meant',
    explanation:
      'A path is exact, or ends in `/*` for itself and everything under it. A star anywhere else would be taken literally, and so would braces. A path is matched without its query and fragment, and proxies resolve dots and decode escapes first. The path of a rewrite or redirect is sent as it stands.',
    bad: intent(shoes('routes: [{ match: { path: /api* } }]')),
    good: intent(shoes('routes: [{ match: { path: /api/* } }]')),
  },
  {
    code: 'FL0403',
    name: 'reserved-header',
    severity: 'error',
    title: 'a header cannot be matched or changed by that name',
    explanation:
      'Envoy keeps the host in `:authority`, so a rule on `host` never matches and an operation on it is refused. The host is matched by the service itself and changed by `rewrite.host`. Headers such as `content-length` and `connection` belong to one connection, so a route cannot change them either. To `grpc-timeout` and headers such as `x-envoy-retry-on` in a request proxies listen themselves: a route says the same by `timeout` and `retries`. And proxies write `date` into each response that has none, so it cannot be removed; `location` is what a redirect beside it says, and `grpc-status` what became of a call.',
    bad: intent(shoes('routes: [{ headers: { request: { set: { host: example.com } } } }]')),
    good: intent(shoes('routes: [{ rewrite: { host: example.com } }]')),
  },
  {
    code: 'FL0404',
    name: 'unreachable-route',
    severity: 'error',
    title: 'a route can never win',
    explanation:
      'Routes are tried in the order written and the first that matches wins. An earlier route matches everything that this one does, so it is dead. Move the narrower route up, or remove it.',
    bad: intent(shoes('routes: [{ match: { path: /api/* } }, { match: { path: /api/v1 }, timeout: 3s }]')),
    good: intent(shoes('routes: [{ match: { path: /api/v1 }, timeout: 3s }, { match: { path: /api/* } }]')),
  },
  {
    code: 'FL0405',
    name: 'redirect-and-forward',
    severity: 'error',
    title: 'a route cannot redirect and forward',
    explanation:
      'A redirect is answered by the proxy itself: nothing is forwarded that could be split, retried, mirrored, delayed or rewritten. Keep the redirect, or the rest.',
    bad: intent(shoes('routes: [{ match: { path: /old }, redirect: { path: /new }, timeout: 3s }]')),
    good: intent(shoes('routes: [{ match: { path: /old }, redirect: { path: /new } }]')),
  },
  {
    code: 'FL0406',
    name: 'ambiguous-port',
    severity: 'error',
    title: 'the port of a destination is not clear',
    explanation: 'The service that is named has several ports that fit, or none. Name the port to send to.',
    bad: intent(shoes('routes: [{ to: [{ service: hats }] }]'), twoPorts),
    good: intent(shoes('routes: [{ to: [{ service: hats, port: 9000 }] }]'), twoPorts),
  },
  {
    code: 'FL0407',
    name: 'no-http-port',
    severity: 'error',
    title: 'HTTP features are asked of a service without an HTTP port',
    explanation:
      'Paths, headers, retries and the like exist in HTTP only. On a TCP port a route can do one thing: split connections with `to`. If the port does speak HTTP, name it `http` or set its protocol.',
    bad: intent(shoes(`${postgresPorts}routes: [{ timeout: 3s }]`)),
    good: intent(shoes('ports: [{ name: http, port: 5432 }]\nroutes: [{ timeout: 3s }]')),
  },
  {
    code: 'FL0408',
    name: 'exposed-twice',
    severity: 'error',
    title: 'two services are exposed at the same host and path',
    explanation:
      'Only one of them would get the requests. A longer path wins over a shorter one, so one service may have `/*` and another `/shoes/*`, but the same path has one owner.',
    bad: intent(
      publicGateway,
      shoes('expose: [{ gateway: public, host: shop.example.com }]'),
      document('MeshService', 'hats', 'ports: [{ port: 80 }]\nexpose: [{ gateway: public, host: shop.example.com }]'),
    ),
    good: intent(
      publicGateway,
      shoes('expose: [{ gateway: public, host: shop.example.com }]'),
      document(
        'MeshService',
        'hats',
        'ports: [{ port: 80 }]\nexpose: [{ gateway: public, host: shop.example.com, path: /hats/* }]',
      ),
    ),
  },
  {
    code: 'FL0409',
    name: 'exposed-pattern',
    severity: 'error',
    title: 'a route cannot be narrowed to the exposed path',
    explanation:
      'At the gateway every route of the service holds only under the exposed path. For a regular expression or a suffix that cannot be written down exactly. Expose all of the host, or write the route as a path.',
    bad: intent(
      publicGateway,
      shoes(
        'routes: [{ match: { path: { regex: "/.*/42" } }, timeout: 3s }]\nexpose: [{ gateway: public, host: shop.example.com, path: /shoes/* }]',
      ),
    ),
    good: intent(
      publicGateway,
      shoes(
        'routes: [{ match: { path: { regex: "/.*/42" } }, timeout: 3s }]\nexpose: [{ gateway: public, host: shop.example.com }]',
      ),
    ),
  },
  {
    code: 'FL0410',
    name: 'zero-duration',
    severity: 'error',
    title: 'a duration is zero where that means nothing',
    explanation:
      'Only a timeout may be `0s`, which turns it off. A delay or a connect timeout needs at least a millisecond.',
    bad: intent(shoes('routes: [{ fault: { delay: { for: 0s, on: 10% } } }]')),
    good: intent(shoes('routes: [{ fault: { delay: { for: 2s, on: 10% } } }]')),
  },
  {
    code: 'FL0411',
    name: 'percentage',
    severity: 'error',
    title: 'a percentage is over 100%',
    explanation: 'A share of the traffic is at most all of it.',
    bad: intent(shoes('routes: [{ fault: { abort: { status: 503, on: 150% } } }]')),
    good: intent(shoes('routes: [{ fault: { abort: { status: 503, on: 50% } } }]')),
  },
  {
    code: 'FL0412',
    name: 'route-weights',
    severity: 'error',
    title: 'the weights of a route do not add up to 100',
    explanation:
      'Weights are percentages. Give every destination one so that they add up to 100, or give none for an even split. Anything else leaves it to each proxy what the rest means.',
    bad: intent(shoes(`${twoVersions}routes: [{ to: [{ version: v1, weight: 60 }, { version: v2, weight: 30 }] }]`)),
    good: intent(shoes(`${twoVersions}routes: [{ to: [{ version: v1, weight: 60 }, { version: v2, weight: 40 }] }]`)),
  },
  {
    code: 'FL0413',
    name: 'per-try-timeout',
    severity: 'warning',
    title: 'a single try may take longer than the whole request',
    explanation:
      'The timeout of the route ends the request before the timeout of its first try can, so the latter never acts and no retry of a slow try happens. Lower one or raise the other.',
    bad: intent(shoes('routes: [{ timeout: 1s, retries: { attempts: 2, perTryTimeout: 2s } }]')),
    good: intent(shoes('routes: [{ timeout: 5s, retries: { attempts: 2, perTryTimeout: 2s } }]')),
  },
  {
    code: 'FL0414',
    name: 'duplicate-destination',
    severity: 'error',
    title: 'a destination is listed twice in one route',
    explanation: 'The weights of both would add up without anybody seeing it. Write it once, with the sum.',
    bad: intent(shoes(`${twoVersions}routes: [{ to: [{ version: v1, weight: 60 }, { version: v1, weight: 40 }] }]`)),
    good: intent(shoes(`${twoVersions}routes: [{ to: [{ version: v1, weight: 60 }, { version: v2, weight: 40 }] }]`)),
  },
  {
    code: 'FL0415',
    name: 'duplicate-header',
    severity: 'error',
    title: 'a header is named twice',
    explanation:
      'Header names ignore case, so `X-User` and `x-user` are one header and only one of the two entries would act. A header that is set and removed would only be removed.',
    bad: intent(shoes('routes: [{ headers: { request: { set: { x-user: a, X-User: b } } } }]')),
    good: intent(shoes('routes: [{ headers: { request: { set: { x-user: a } } } }]')),
  },
  {
    code: 'FL0416',
    name: 'redirect-loop',
    severity: 'warning',
    title: 'a redirect leads back to where it began',
    explanation:
      'The caller follows the redirect, meets the same route, by way of other redirects or at once, and is redirected again, until it gives up; at least one that sends no headers and parameters but those that the redirect asks for. Redirect to another path, host, port or scheme, or let an earlier route serve the new path.',
    bad: intent(shoes('routes: [{ match: { path: /old/* }, redirect: { path: /old/new } }]')),
    good: intent(shoes('routes: [{ match: { path: /old/* }, redirect: { path: /new } }]')),
  },
  {
    code: 'FL0417',
    name: 'path-regex-never-arrives',
    severity: 'error',
    title: 'a regular expression matches no path',
    explanation:
      'A regular expression matches the whole path as proxies see it: it begins with a slash, has no query, its dots are resolved, its letters and digits are not escaped, and characters such as blanks, `|`, `"`, `{` and all beyond ASCII are. One that no such path meets makes a dead route, or a rule that denies nothing. Write what arrives: a slash first, `%20` for a blank, `%7C` for `|`.',
    bad: intent(shoes('routes: [{ match: { path: { regex: "api/.*" } } }]')),
    good: intent(shoes('routes: [{ match: { path: { regex: "/api/.*" } } }]')),
  },
  {
    code: 'FL0418',
    name: 'cors-any-credentials',
    severity: 'warning',
    title: 'CORS lets every website act with the credentials of its visitors',
    explanation:
      'With `credentials` a browser sends cookies along and lets the page read the answer. With the origin `*` that holds for every page that a user ever visits. Browsers refuse the plain star there, but proxies answer with the name of the origin that asked, which they accept. A pattern that matches the text `*`, as `[^/]+` does, is the same to proxies. Name the origins.',
    bad: intent(shoes('routes: [{ cors: { origins: ["*"], credentials: true } }]')),
    good: intent(shoes('routes: [{ cors: { origins: ["https://shop.example.com"], credentials: true } }]')),
  },
  {
    code: 'FL0419',
    name: 'unknown-method',
    severity: 'error',
    title: 'a method is none that proxies take',
    explanation:
      'Over HTTP/1.1 Envoy answers 400 to every method that it does not know, so a route or a rule for one never takes anything: most often it is misspelt, and a deny rule then denies nothing. A method that your clients really send, over HTTP/2, where Envoy takes any but CONNECT, is written as `{ extension: NAME }`; an ordinary method is not.',
    bad: intent(shoes('access: { deny: [{ methods: [DELTE] }] }')),
    good: intent(shoes('access: { deny: [{ methods: [DELETE, { extension: QUERY }] }] }')),
  },
  {
    code: 'FL0420',
    name: 'bare-percent',
    severity: 'warning',
    title: 'a path has a per cent sign that starts no escape',
    explanation:
      'In a URL a per cent sign is written `%25`, and a client that escapes properly sends that. Proxies let a bare one through as it is, so the match takes what is sent badly escaped, and nothing else.',
    bad: intent(shoes('routes: [{ match: { path: /sale/50% } }]')),
    good: intent(shoes('routes: [{ match: { path: /sale/50%25 } }]')),
  },
  {
    code: 'FL0421',
    name: 'match-never-holds',
    severity: 'warning',
    title: 'a match can never hold',
    explanation:
      'Proxies drop some headers before they match (those of a single connection, and those that only proxies set), write others themselves, strip blanks around values, and refuse requests with controls in them. A query is matched as it is sent, with its escapes. What asks for anything else makes a dead route. A place where it could hold, at a gateway or at a caller, is enough for silence.',
    bad: intent(shoes('routes: [{ match: { headers: { upgrade: h2c } }, timeout: 3s }]')),
    good: intent(shoes('routes: [{ match: { headers: { upgrade: websocket } }, timeout: 3s }]')),
  },
  {
    code: 'FL0422',
    name: 'match-always-holds',
    severity: 'warning',
    title: 'a match always holds',
    explanation:
      'Every proxy sets `x-request-id` and `x-forwarded-proto` where they are missing, and drops the headers of a single connection. A match on the first being there, or on the second not being there, holds for each request, and so asks nothing. Leave it out, or match a header that the caller sends.',
    bad: intent(shoes('routes: [{ match: { headers: { x-request-id: { present: true } } }, timeout: 3s }]')),
    good: intent(shoes('routes: [{ match: { headers: { x-trace: { present: true } } }, timeout: 3s }]')),
  },
  {
    code: 'FL0423',
    name: 'extension-misspelt',
    severity: 'warning',
    title: 'an extension method looks like an ordinary one, misspelt',
    explanation:
      '`{ extension: NAME }` takes any name, for methods that clients send over HTTP/2. A name that is one slip away from an ordinary method is most often that method, and a rule for it never matches.',
    bad: intent(shoes('access: { deny: [{ methods: [{ extension: DELTE }] }] }')),
    good: intent(shoes('access: { deny: [{ methods: [DELETE] }] }')),
  },
  {
    code: 'FL0424',
    name: 'path-alternative-never-arrives',
    severity: 'warning',
    title: 'an alternative of a regular expression matches no path',
    explanation:
      'The expression matches by its other alternatives, and so its route is alive; but no path as proxies see it meets this one (see FL0417). What was to be taken by it is not.',
    bad: intent(shoes('routes: [{ match: { path: { regex: "/(orders|lost property)" } }, timeout: 3s }]')),
    good: intent(shoes('routes: [{ match: { path: { regex: "/(orders|lost%20property)" } }, timeout: 3s }]')),
  },
  {
    code: 'FL0425',
    name: 'alternative-never-sent',
    severity: 'warning',
    title: 'an alternative of a regular expression matches nothing that is sent',
    explanation:
      'The expression matches by its other alternatives, but no header, query parameter or origin is ever sent that meets this one: blanks around a value are no part of it, queries are sent escaped, and an origin is a scheme, a host in lower case and perhaps a port.',
    bad: intent(shoes('routes: [{ match: { headers: { x-kind: { regex: "(new| old)" } } }, timeout: 3s }]')),
    good: intent(shoes('routes: [{ match: { headers: { x-kind: { regex: "(new|old)" } } }, timeout: 3s }]')),
  },
  {
    code: 'FL0426',
    name: 'origin-never-sent',
    severity: 'warning',
    title: 'an origin of a CORS policy is never sent',
    explanation:
      'Browsers send as origin a scheme, a host in lower case and, where it is not the usual one of the scheme (80 for http, 443 for https), a port; nothing else, and no path. Whatever else a policy allows lets nobody in.',
    bad: intent(shoes('routes: [{ cors: { origins: ["https://Shop.example.com"] } }]')),
    good: intent(shoes('routes: [{ cors: { origins: ["https://shop.example.com"] } }]')),
  },
] as const satisfies readonly CatalogueEntry[];
