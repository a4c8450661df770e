// Every policy against its own cases.yaml, through the committed bundle.
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { loadPolicies, type PolicyInput } from '../index.ts';

interface Case {
  readonly case: string;
  readonly namespaceLabels?: Record<string, string>;
  readonly accept: Record<string, unknown>;
  readonly refuse: Record<string, unknown>;
  readonly violations: readonly { path: (string | number)[]; message: string }[];
}

const folder = join(import.meta.dirname, '..');
const engine = await loadPolicies();

function inputOf(object: Record<string, unknown>, namespaceLabels: Record<string, string> = {}): PolicyInput {
  const metadata = object.metadata as { name: string; namespace?: string };
  return {
    object,
    operation: 'CREATE',
    kind: String(object.kind),
    apiVersion: String(object.apiVersion),
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    namespaceLabels,
    now: '2026-11-23T12:00:00Z',
  };
}

const policies = globSync('*/policy.rego', { cwd: folder })
  .map((file) => dirname(file))
  .sort();

t.test('every policy is in the bundle, with its metadata, a README and cases', async (t) => {
  t.strictSame(engine.policies.map((p) => p.name).sort(), policies);
  for (const policy of engine.policies) {
    t.match(policy, {
      title: /\S/,
      description: /\S/,
      severity: /^(low|medium|high|critical)$/,
      enforcement: /^(enforce|warn|audit)$/,
    });
    const readme = readFileSync(join(folder, policy.name, 'README.md'), 'utf8');
    for (const kind of policy.kinds)
      t.ok(readme.includes(kind.split('.')[0] ?? ''), `${policy.name} documents ${kind}`);
  }
});

for (const policy of policies) {
  t.test(policy, async (t) => {
    const cases = parse(readFileSync(join(folder, policy, 'cases.yaml'), 'utf8')) as Case[];
    const coveredKinds = new Set(cases.map((c) => c.refuse.kind));
    const kinds = engine.policies.find((p) => p.name === policy)?.kinds ?? [];
    for (const kind of kinds) t.ok(coveredKinds.has(basename(kind.split('.')[0] ?? '')), `a case refuses a ${kind}`);
    for (const { case: name, accept, refuse, violations, namespaceLabels } of cases) {
      const found = (object: Record<string, unknown>) =>
        engine
          .evaluate(inputOf(object, namespaceLabels))
          .filter((r) => r.policy === policy || r.policy === 'policy-engine')
          .map(({ path, message }) => ({ path, message }));
      t.strictSame(found(accept), [], `${name}: accepted`);
      t.strictSame(found(refuse), violations, `${name}: refused`);
    }
  });
}
