// Step 10: what the API server would ask the webhook, over HTTPS with the webhook's own certificate authority.
import { readFileSync } from 'node:fs';
import { send } from '../requests.ts';
import { expect, say } from '../stage.ts';
import type { Step } from './index.ts';

interface AdmissionResponse {
  readonly allowed: boolean;
  readonly status?: { readonly message?: string };
  readonly patch?: string;
}

export const admission: Step = {
  title: 'Admission: an object that weakens the mesh is rejected, a Pod gets its sidecar',
  play: async (shop) => {
    const { webhook } = await shop.status();
    const ca = readFileSync(webhook.caFile, 'utf8');
    const weaker = {
      apiVersion: 'security.istio.io/v1',
      kind: 'PeerAuthentication',
      metadata: { name: 'just-for-now', namespace: 'shop' },
      spec: { mtls: { mode: 'DISABLE' } },
    };
    const denied = await ask(webhook.url, '/validate', ca, weaker, 'peerauthentications');
    say(`PeerAuthentication just-for-now (mtls DISABLE): allowed ${denied.allowed}\n  ${denied.status?.message}`);
    expect(
      !denied.allowed && /mtls-not-weakened/.test(denied.status?.message ?? ''),
      'the rule mtls-not-weakened to reject it',
    );

    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'shoes-7d9', namespace: 'shop', labels: { app: 'shoes', 'sidecar.istio.io/inject': 'true' } },
      spec: {
        serviceAccountName: 'shoes',
        containers: [{ name: 'app', image: 'registry.example.com/shoes:1', ports: [{ containerPort: 8080 }] }],
      },
    };
    const injected = await ask(webhook.url, '/mutate', ca, pod, 'pods');
    const patch = JSON.parse(Buffer.from(injected.patch ?? '', 'base64').toString() || '[]') as {
      op: string;
      path: string;
    }[];
    say(
      `Pod shoes-7d9: allowed ${injected.allowed}, ${patch.length} patch operations\n${patch.map((p) => `  ${p.op} ${p.path}`).join('\n')}`,
    );
    expect(
      injected.allowed && patch.some((p) => p.path.startsWith('/spec/initContainers')),
      'a sidecar to be injected',
    );
  },
};

async function ask(
  url: string,
  path: string,
  ca: string,
  object: { apiVersion: string; kind: string; metadata: { name: string; namespace: string } },
  resource: string,
): Promise<AdmissionResponse> {
  const [version = '', group = ''] = object.apiVersion.split('/').toReversed();
  const review = {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: `demo-${object.metadata.name}`,
      kind: { group, version, kind: object.kind },
      resource: { group, version, resource },
      requestKind: { group, version, kind: object.kind },
      requestResource: { group, version, resource },
      name: object.metadata.name,
      namespace: object.metadata.namespace,
      operation: 'CREATE',
      userInfo: { username: 'developer', groups: ['system:authenticated'] },
      object,
      oldObject: null,
      dryRun: false,
      options: { apiVersion: 'meta.k8s.io/v1', kind: 'CreateOptions' },
    },
  };
  const target = new URL(path, url);
  const answer = await send(target.host, 'POST', target.href, { ca, body: JSON.stringify(review) });
  expect(answer.status === 200, `the webhook to answer 200, not ${answer.status}: ${answer.body}`);
  return (JSON.parse(answer.body) as { response: AdmissionResponse }).response;
}
