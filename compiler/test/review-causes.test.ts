// One row a change: what many callers and hosts notice of one cause is told once, and nothing of it is lost.
import t from 'tap';
import { type Edit, linesOf, reviewOf } from './support/review-intent.ts';

const header = 'apiVersion: fairlead.dev/v1alpha1\n';
const count = 6;
const numbers = Array.from({ length: count }, (_, i) => i);
const next = (i: number) => (i + 1) % count;

/** Each service is used by another, and lets in what `access` says. */
const ring = (access: (caller: number) => string) =>
  [
    `${header}kind: Mesh
metadata: { name: test }
spec: { mtls: strict, access: { default: deny }, egress: { default: declared }, defaults: { timeout: 15s } }
`,
    ...numbers.map(
      (i) => `${header}kind: MeshService
metadata: { name: s${next(i)}, namespace: n${next(i)} }
spec:
  ports: [{ name: http, port: 80 }]
  uses: [n${next(next(i))}/s${next(next(i))}]
${access(i)}`,
    ),
  ].join('---\n');

const guarded = ring((caller) => `  access: { allow: [{ from: [{ service: n${caller}/s${caller} }] }] }\n`);
const bare = ring(() => '');

const cases: Record<string, { intent: string; edit: Edit; says: readonly RegExp[] }> = {
  'the default of access': {
    intent: bare,
    edit: ['access: { default: deny }', 'access: { default: allow }'],
    says: [
      /^high settings/,
      /^high access gained: n0\/s0 may newly call s1\.n1:80; likewise 5 more hosts and 5 more callers \|/,
      /^medium access gained: .*, once declared in uses; likewise 5 more hosts/,
    ],
  },
  'the default of timeouts': {
    intent: guarded,
    edit: ['timeout: 15s', 'timeout: 7s'],
    says: [
      /^low settings/,
      /^low behavior changed: calls from n0\/s0 to s1\.n1:80 are handled differently: timeout; likewise 5 more hosts and 5 more callers \| timeout: 15s -> 7s$/,
    ],
  },
  'the default of mTLS': {
    intent: guarded,
    edit: ['mtls: strict', 'mtls: off'],
    says: [
      /^high settings/,
      /^high mtls changed: mTLS of s0\.n0:80, s1\.n1:80 and 4 more is DISABLE, was STRICT/,
      /^medium access lost: n0\/s0 may no longer call s1\.n1:80; likewise 5 more hosts and 5 more callers/,
    ],
  },
  'the default of egress, which opens what is outside': {
    intent: guarded,
    edit: ['egress: { default: declared }', 'egress: { default: any }'],
    says: [
      /^high settings/,
      /^high egress gained: every workload \(6\) may newly call any other host/,
      /^low behavior changed: .*; likewise 5 more hosts.* \| not in uses \(502\) -> sent on, but refused$/,
    ],
  },
  'the default of egress, which closes it again': {
    intent: guarded.replace('egress: { default: declared }', 'egress: { default: any }'),
    edit: ['egress: { default: any }', 'egress: { default: declared }'],
    says: [
      /^low settings/,
      /^medium egress lost: every workload \(6\) may no longer call any other host/,
      /^low behavior changed: .*; likewise 5 more hosts.* \| sent on, but refused -> not in uses \(502\)$/,
    ],
  },
  'one edit a service': {
    intent: guarded,
    edit: ['] }] }\n', ' ], methods: [GET] }, { from: [{ namespace: n0 }], methods: [POST] }] }\n'],
    says: [
      /^medium access gained: any further workload of namespace n0 may newly call s0\.n0:80, s1\.n1:80 and 4 more, once declared/,
      /^medium access gained: n0\/s0 may newly call s2\.n2:80, s3\.n3:80 and 2 more, once declared/,
      /^medium access lost: n0\/s0 may no longer call s1\.n1:80 \|/,
      /^medium access lost: n1\/s1 may no longer call s2\.n2:80; likewise 4 more hosts and 4 more callers \|/,
    ],
  },
};

for (const [name, { intent, edit, says }] of Object.entries(cases)) {
  t.test(name, async (t) => {
    const lines = linesOf(reviewOf(intent, edit));
    t.equal(lines.length, says.length, lines.join('\n'));
    for (const [i, pattern] of says.entries()) t.match(lines[i], pattern);
  });
}

t.test('each of the joined calls keeps its callers, hosts and witness', async (t) => {
  const { rows } = reviewOf(bare, ['access: { default: deny }', 'access: { default: allow }']);
  const row = rows.find(({ severity, kind }) => severity === 'high' && kind === 'access');
  t.equal(row?.callers.length, count);
  t.equal(row?.destinations.length, count);
  const others = row?.others ?? [];
  t.same(
    others.map(({ callers, destinations, witness }) => [callers?.length, destinations?.length, witness?.call.from]),
    others.map(({ callers }) => [1, 1, callers?.[0]]),
  );
  t.equal(new Set(others.flatMap(({ destinations }) => destinations ?? [])).size, count - 1);
});

/** Of the last document. */
const last = 'service: n5/s5 }] }] }\n';

t.test('a machine is added once', async (t) => {
  const machine = `---\n${header}kind: MeshWorkload
metadata: { name: vm, namespace: n0 }
spec: { labels: { app: s1 }, address: 10.0.0.7, ports: [{ name: http, port: 80 }] }
`;
  const lines = linesOf(reviewOf(guarded, [last, last + machine]));
  t.equal(lines.filter((line) => line.includes('inventory')).length, 1, lines.join('\n'));
});
