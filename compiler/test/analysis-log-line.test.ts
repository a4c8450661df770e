// From a line of an access log to the intent that decided: route and rule with their places, and what to do with lines that say less.
import t from 'tap';
import { compile, explainLogLine, parseLogLine, renderLogExplanationJson, renderLogExplanationText } from '../index.ts';

const text = `apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: shoes, namespace: shop }
spec:
  ports: [{ port: 80 }]
  routes:
    - { name: sizes, match: { path: /sizes/* }, redirect: { path: /all } }
  access:
    allow: [{ from: [{ service: inventory }], methods: [POST] }]
    deny: [{ paths: [/internal/*] }]
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: inventory, namespace: shop }
spec: { ports: [{ port: 80 }], uses: [shoes] }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: closed, namespace: shop }
spec: { ports: [{ port: 80 }] }
`;
const { mesh } = compile({ label: 'test', files: [{ path: 'a.yaml', text }], diagnostics: [] });
const peer = 'spiffe://cluster.local/ns/shop/sa/inventory';
const inbound = {
  workload: 'shop/shoes',
  listener: 'inbound_80',
  method: 'GET',
  path: '/x',
  authority: 'shoes',
  downstream_peer: peer,
};
const outbound = {
  workload: 'shop/inventory',
  listener: 'outbound-http',
  method: 'GET',
  path: '/x',
  authority: 'shoes',
};
const denied = (rule: string) => ({
  response_code: 403,
  response_code_details: `rbac_access_denied_matched_policy[${rule}]`,
});

/** What the line is, and what the explanation must hold. */
const cases: Readonly<Record<string, readonly [line: object, ...says: RegExp[]]>> = {
  'no rule allowed it': [
    { ...inbound, ...denied('none'), route_name: 'application' },
    /GET http:\/\/shoes\/x was answered 403/,
    /received it from spiffe:\/\/cluster.local\/ns\/shop\/sa\/inventory/,
    /no rule allows it \(policy shop\/shoes-allow\)\n +at a\.yaml:9:12/,
    /rule shop\/shoes\/access\/allow\/0 does not match it: the method is GET, wanted POST\n +at a\.yaml:9:13/,
    /GET \/x from shop\/inventory to port 80 of shop\/shoes, without its headers: denied \(403\)/,
  ],
  'a rule denied it': [
    { ...inbound, ...denied('shop/shoes/access/deny/0') },
    /denied by rule shop\/shoes\/access\/deny\/0\n +at a\.yaml:10:12/,
  ],
  'a rule of another commit': [{ ...inbound, ...denied('shop/shoes/access/deny/7') }, /another commit/],
  'denied by default': [{ ...inbound, workload: 'shop/closed', ...denied('none') }, /denies by default/],
  'a TCP connection': [
    { workload: 'shop/shoes', listener: 'inbound_80', termination_details: 'rbac_access_denied_matched_policy[none]' },
    /a TCP connection\n/,
    /a caller without identity/,
    /no rule allows it/,
  ],
  'a route of its own': [
    { ...outbound, response_code: 301, response_code_details: 'direct_response', route_name: 'shop/shoes/sizes' },
    /route shop\/shoes\/sizes\n +at a\.yaml:7:7/,
    /the route itself answers/,
  ],
  'an undeclared use': [
    {
      ...outbound,
      authority: 'users',
      response_code: 502,
      response_code_details: 'direct_response',
      route_name: 'block_all',
    },
    /shop\/inventory does not declare that it uses users, and the intent has no such host\n +at a\.yaml:15:/,
  ],
  "the caller's side of a denial": [
    {
      ...outbound,
      response_code: 403,
      response_code_details: 'via_upstream',
      request_id: 'abc',
      route_name: 'shop/closed/default',
    },
    /the answer came from the next hop/,
    /request_id abc/,
  ],
  'a workload that is gone': [{ ...inbound, workload: 'shop/boots', ...denied('none') }, /no such workload/],
  'words nobody knows': [{ ...outbound, response_code: 500, response_code_details: 'brand_new' }, /brand_new/],
};

for (const [name, [line, ...says]] of Object.entries(cases)) {
  t.test(name, async (t) => {
    const parsed = parseLogLine(`shoes-0 | ${JSON.stringify(line)}`);
    if (!parsed.line || !mesh) return t.fail('is read');
    const explanation = explainLogLine(mesh, parsed.line);
    for (const pattern of says) t.match(renderLogExplanationText(explanation), pattern);
    t.match(JSON.parse(renderLogExplanationJson(explanation)), { steps: [{ text: String }] });
  });
}

t.test('what is no line of ours is refused in words', async (t) => {
  for (const [text, says] of [
    ['', /a JSON object/],
    ['[2026-11-23] "GET / HTTP/1.1" 200', /Istio's default text/],
    ['{"workload":', /a JSON object/],
    ['{"level":"info"}', /no "workload"/],
    ['{"workload":"shop/shoes"}', /no "listener"/],
  ] as const) {
    t.match(parseLogLine(text).problem, says);
  }
});

t.test('fields of other types make no line of a proxy', async (t) => {
  for (const [fields, says] of [
    [{ authority: {}, path: [], method: 1, upstream_cluster: 5 }, /has 1 as "method"/],
    [{ workload: 'shop/shoes', listener: 'inbound_8080', path: ['/x'] }, /has \["\/x"\] as "path"/],
    [{ response_code: true }, /has true as "response_code"/],
    [{ response_flags: 0, response_code: 200 }, /has 0 as "response_flags"/],
  ] as const) {
    t.match(parseLogLine(JSON.stringify(fields)).problem, says);
    t.match(parseLogLine(JSON.stringify(fields)).problem, /no access-log line of a proxy$/);
  }
  t.ok(parseLogLine('{"response_code":"200","port":80,"method":null}').line, 'digits are a number');
});
