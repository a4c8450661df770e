// B: what comes in from outside is asked of the proxies that serve it, by whatever MeshGateways, and told once of those that do alike.
import t, { type Test } from 'tap';
import { decide } from '../analysis/index.ts';
import { indexMesh, type Mesh } from '../model/index.ts';
import { callIn, renderReviewJson, renderReviewText, type ReviewRow, reviewMeshes } from '../review/index.ts';
import { compiledIntent, linesOf } from './support/review-intent.ts';

const header = 'apiVersion: fairlead.dev/v1alpha1\n';

interface GatewayText {
  readonly name: string;
  readonly selector?: string;
  readonly account?: string | undefined;
  readonly namespace?: string;
  readonly listeners: string;
}

const http = (hosts: string, port = 80) =>
  `{ name: p${port}-${hosts.replaceAll(/[^a-z]/g, '')}, port: ${port}, protocol: HTTP, hosts: [${hosts}] }`;

function gateway({ name, selector = 'app: in', account, namespace = 'edge', listeners }: GatewayText): string {
  const identity = account === undefined ? '' : `, serviceAccount: ${account}`;
  return `${header}kind: MeshGateway
metadata: { name: ${name}, namespace: ${namespace}, labels: { team: ${name} } }
spec: { selector: { ${selector} }${identity}, listeners: [${listeners}] }
`;
}

function service(name: string, exposed: string, allow = '{}'): string {
  return `${header}kind: MeshService
metadata: { name: ${name}, namespace: shop }
spec: { ports: [{ port: 80 }], access: { allow: [${allow}] }, expose: [${exposed}] }
`;
}

function meshOf(...parts: readonly string[]): Mesh {
  const mesh = `${header}kind: Mesh\nmetadata: { name: test }\nspec: { access: { default: deny } }\n`;
  return compiledIntent([mesh, ...parts].join('---\n'));
}

const account = 'in';
const [one, two] = ['one', 'two'].map((name) => ({ name, account, listeners: http(`${name}.com`) })) as [
  GatewayText,
  GatewayText,
];
const shoes = service('shoes', '{ gateway: edge/one, host: one.com }');
const boots = (at: string, more = '') => service('boots', `{ gateway: edge/${at}, host: two.com${more} }`);
const both = { ...one, listeners: http('one.com, two.com') };
const separate = meshOf(gateway(one), gateway(two), shoes, boots('two'));
const together = meshOf(gateway(both), shoes, boots('one'));

t.test('B1: a gateway that is split, joined or renamed leaves its proxies where they are', (t) => {
  t.same(linesOf(reviewMeshes(together, separate)), ['low inventory added: gateway added: edge/two']);
  t.same(linesOf(reviewMeshes(separate, together)), ['low inventory removed: gateway removed: edge/two']);
  const renamed = meshOf(gateway({ ...both, name: 'front' }), ...[shoes, boots('one')].map(toFront));
  const lines = ['low inventory added: gateway added: edge/front', 'low inventory removed: gateway removed: edge/one'];
  t.same(linesOf(reviewMeshes(together, renamed)), lines);
  const anew = meshOf(
    gateway({ ...both, name: 'front', account: 'other', namespace: 'front' }),
    ...[shoes, boots('one')].map((text) => text.replace('edge/one', 'front/front')),
  );
  t.same(
    linesOf(reviewMeshes(together, anew)).filter((line) => !line.startsWith('low inventory')),
    ['medium settings changed: gateway front/front: service account | service account: edge/in -> front/other'],
    'what the same selector chooses, whoever may call by which identity',
  );
  t.end();
});

function toFront(text: string): string {
  return text.replace('edge/one', 'edge/front');
}

t.test('B1: what changes besides is told, of the proxies as each mesh calls them', (t) => {
  const renamed = meshOf(gateway({ ...both, name: 'front' }), toFront(shoes), toFront(boots('one', ', path: /a')));
  const review = reviewMeshes(together, renamed);
  const [lost] = review.rows;
  t.match(linesOf(review), [
    /^medium exposure lost: http:\/\/two\.com:80 is no longer open to the outside through gateway edge\/one \| boots\.shop -> no route \(404\)$/,
    /^low inventory added/,
    /^low inventory removed/,
  ]);
  bearsOut(t, lost, together, renamed);
  t.same(lost?.owners, ['front', 'one']);
  const [written] = (JSON.parse(renderReviewJson(review)) as { rows: { witness: object }[] }).rows;
  t.match(written?.witness, { gateway: 'edge/front', earlierGateway: 'edge/one' });
  const [gained] = reviewMeshes(renamed, together).rows;
  t.match(gained?.title, /newly open to the outside through gateway edge\/one$/);
  bearsOut(t, gained, renamed, together);

  const refused = meshOf(
    gateway({ ...both, name: 'front', account: 'other' }),
    toFront(shoes),
    toFront(service('boots', '{ gateway: edge/one, host: two.com }', '{ from: [{ namespace: shop }] }')),
  );
  t.match(linesOf(reviewMeshes(together, refused)), [
    /^medium exposure lost: .*two\.com:80.*403/,
    /^medium settings .*service account/,
    /low access lost/,
    /low inv/,
    /low inv/,
  ]);
  t.end();
});

function bearsOut(t: Test, row: ReviewRow | undefined, base: Mesh, head: Mesh): void {
  const witness = row?.witness;
  if (!witness) return void t.fail('no witness');
  t.same(decide(indexMesh(base), callIn('base', witness)), witness.base);
  t.same(decide(indexMesh(head), callIn('head', witness)), witness.head);
}

t.test('B2: gateways on the same proxies are told of in one row, by name', (t) => {
  const less = boots('one', ', path: /a');
  for (const accounts of [{}, { account: undefined }]) {
    const names = ['one', 'two', 'three', 'four', 'five'];
    const gateways = names.map((name) =>
      gateway({ ...(name === 'one' ? both : one), listeners: listenersOf(name), ...accounts, name }),
    );
    const [base, head] = [boots('one'), less].map((text) => meshOf(...gateways, shoes, text)) as [Mesh, Mesh];
    const lines = linesOf(reviewMeshes(base, head));
    t.same(lines, [
      'medium exposure lost: http://two.com:80 is no longer open to the outside through gateways edge/five, edge/four, edge/one, edge/three, edge/two | boots.shop -> no route (404)',
    ]);
  }
  t.end();
});

function listenersOf(name: string): string {
  return http(name === 'one' ? 'one.com, two.com' : `${name}.org`);
}

t.test('B2: a port that opens at one is open at all proxies that serve it', (t) => {
  const more = { ...both, account: undefined, listeners: `${both.listeners}, ${http('one.com', 8080)}` };
  const other = gateway({ ...two, account: undefined, namespace: 'other', listeners: http('three.com') });
  const base = meshOf(gateway({ ...both, account: undefined }), other, shoes);
  const head = meshOf(gateway(more), other, shoes);
  t.match(linesOf(reviewMeshes(base, head)), [
    /^high exposure gained: http:\/\/one\.com:8080 is newly open to the outside through gateways edge\/one, other\/two \|/,
  ]);
  // Proxies of its own answer otherwise.
  const apart = gateway({
    ...two,
    account: undefined,
    namespace: 'other',
    selector: 'app: else',
    listeners: http('three.com'),
  });
  const lines = linesOf(
    reviewMeshes(meshOf(gateway(both), apart, shoes), meshOf(gateway({ ...more, account }), apart, shoes)),
  );
  t.match(lines, [/^high .* through gateway edge\/one \|/]);
  t.end();
});

t.test('B2: proxies that share a gateway and fare otherwise are told apart', (t) => {
  const alone = { from: '{ from: [{ gateway: edge/one }] }' };
  const gateways = [both, two].map((text) => gateway({ ...text, account: undefined }));
  const closed = service('boots', '{ gateway: edge/one, host: two.com }', '{ from: [{ namespace: shop }] }');
  const opened = service('boots', '{ gateway: edge/one, host: two.com }', alone.from);
  const lines = linesOf(reviewMeshes(meshOf(...gateways, closed), meshOf(...gateways, opened)));
  t.match(lines, [
    /^high exposure gained: http:\/\/two\.com:80 is newly open to the outside through gateway edge\/one \|/,
  ]);
  t.end();
});

t.test('B1: a gateway that goes to other proxies is asked by its name', (t) => {
  const moved = meshOf(gateway(one), gateway({ ...two, selector: 'app: else' }), shoes, boots('two'));
  t.match(linesOf(reviewMeshes(separate, moved)), [
    /^high settings changed: gateway edge\/two: proxies that serve it/,
    /^medium exposure lost: http:\/\/one\.com:80 is no longer open to the outside through gateway edge\/two \|/,
    /^medium exposure lost: http:\/\/two\.com:80 is no longer open to the outside through gateway edge\/one \|/,
  ]);
  t.match(linesOf(reviewMeshes(moved, separate)), [
    /^high exposure gained: http:\/\/one\.com:80 is newly open to the outside through gateway edge\/two \|/,
    /^high exposure gained: http:\/\/two\.com:80 is newly open to the outside through gateway edge\/one \|/,
    /^high settings changed: gateway edge\/two: proxies that serve it/,
  ]);
  t.end();
});

const https = (hosts: string, secret: string) =>
  `{ name: s-${hosts.replaceAll(/[^a-z]/g, '')}, port: 443, protocol: HTTPS, hosts: [${hosts}], tls: { secret: ${secret} } }`;

t.test('B1: certificates are those of the proxies, whichever gateway names them', (t) => {
  const whole = { ...one, listeners: `${https('one.com', 'a')}, ${https('two.com', 'b')}` };
  const split = (secret: string) => [
    gateway({ ...one, listeners: https('one.com', 'a') }),
    gateway({ ...two, listeners: https('two.com', secret) }),
  ];
  const base = meshOf(gateway(whole), shoes, boots('one'));
  const [same, other] = ['b', 'c'].map((secret) => meshOf(...split(secret), shoes, boots('two'))) as [Mesh, Mesh];
  t.match(linesOf(reviewMeshes(base, same)), [/^low inventory added/], 'moved as it is');
  const review = reviewMeshes(base, other);
  t.match(linesOf(review), [
    /^medium settings changed: gateway edge\/two: certificate of two\.com:443 \| certificate of two\.com:443: secret b -> secret c$/,
    /^low inventory added/,
  ]);
  t.match(review.rows[0], { owners: ['one', 'two'], base: [{}], head: [{}] });
  // Once, where several proxies serve it.
  const accounts = (secret: string) =>
    meshOf(gateway({ ...one, listeners: https('one.com', secret) }), gateway({ ...two, account: 'other' }), shoes);
  t.match(linesOf(reviewMeshes(accounts('a'), accounts('b'))), [
    /^medium settings changed: gateway edge\/one: certificate of one\.com:443 \|/,
  ]);
  // A wider one may cover a host that is no longer named.
  const wide = (more: string) => meshOf(gateway({ ...one, listeners: `${https('"*.com"', 'w')}${more}` }), shoes);
  t.match(linesOf(reviewMeshes(wide(`, ${https('one.com', 'a')}`), wide(''))), [
    /^medium settings changed: gateway edge\/one: certificate of one\.com:443 \| .*secret a -> secret w$/,
  ]);
  t.end();
});

t.test('B1: the same proxies under another identity', (t) => {
  const front = (more: Partial<GatewayText>) =>
    meshOf(gateway({ ...both, name: 'front', ...more }), toFront(shoes), toFront(boots('one')));
  const told = (head: Mesh) => linesOf(reviewMeshes(together, head)).filter((line) => !line.includes('inventory'));
  t.same(told(front({})), []);
  t.match(told(front({ account: 'other' })), [
    /^medium settings changed: gateway edge\/front: service account \| service account: in -> other$/,
  ]);
  t.end();
});

t.test('B2: what comes of one edit at gateways of their own names them, too', (t) => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const gateways = names.map((name) => gateway({ name, selector: `app: ${name}`, listeners: http('one.com') }));
  const exposed = names.map((name) => `{ gateway: edge/${name}, host: one.com }`).join(', ');
  const [closed, opened, slow] = [
    service('boots', exposed, '{ from: [{ namespace: shop }] }'),
    service('boots', exposed),
    service('boots', exposed).replace('access:', 'routes: [{ timeout: 3s }], access:'),
  ].map((text) => meshOf(...gateways, text)) as [Mesh, Mesh, Mesh];
  const review = reviewMeshes(closed, opened);
  const [gained] = review.rows;
  t.equal(
    gained?.title,
    'http://one.com:80 is newly open to the outside through gateway edge/a; likewise 5 more gateways',
  );
  t.same(
    gained?.gateways,
    names.map((name) => `edge/${name}`),
  );
  for (const name of names.slice(1))
    t.match(renderReviewText(review), `http://one.com:80 from outside through gateway edge/${name}\n`);
  const { rows } = reviewMeshes(opened, slow);
  t.same(
    rows.map(({ title }) => title),
    [
      'calls from everyone outside through gateway edge/a to http://one.com:80 are handled differently: timeout; likewise 5 more gateways',
    ],
  );
  t.end();
});
