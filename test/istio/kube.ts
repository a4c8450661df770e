// A Kubernetes API without anything behind it: etcd and kube-apiserver. Objects are created under strict validation.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { type Child, startChild, until } from './children.ts';
import { addresses } from './network.ts';
import type { Parts } from './parts.ts';

export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

export interface Answer {
  readonly status: number;
  // Whatever the API says; read by those who asked.
  // biome-ignore lint/suspicious/noExplicitAny: the API's own shapes
  readonly body: any;
}

const token = 'the-test';

export class Kube {
  /** For istiod and istioctl. */
  readonly configFile: string;
  readonly #children: Child[] = [];
  readonly #plurals = new Map<string, string>();
  readonly #agent = new https.Agent({ keepAlive: true, rejectUnauthorized: false });

  private constructor(folder: string) {
    this.configFile = join(folder, 'kubeconfig');
  }

  static async start(parts: Parts, folder: string): Promise<Kube> {
    const kube = new Kube(folder);
    await kube.#start(parts, folder);
    return kube;
  }

  async stop(): Promise<void> {
    this.#agent.destroy();
    for (const child of this.#children.toReversed()) await child.stop();
  }

  /** Anything unknown or repeated in it is refused. */
  async create(object: KubeObject): Promise<Answer> {
    return this.call('POST', `${this.#pathOf(object)}?fieldValidation=Strict`, object);
  }

  /** Throws where the API refuses; what is there already stays. */
  async ensure(object: KubeObject): Promise<void> {
    const { status, body } = await this.create(object);
    if (status !== 409 && status >= 300) throw new Error(`${object.kind} ${object.metadata.name}: ${body.message}`);
  }

  async setStatus(object: KubeObject, status: object): Promise<void> {
    await this.call('PATCH', `${this.#pathOf(object)}/${object.metadata.name}/status`, { status });
  }

  async namespace(name: string): Promise<void> {
    const labels = { 'istio-injection': 'enabled' };
    await this.ensure({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
    await this.call('PATCH', `/api/v1/namespaces/${name}`, { metadata: { labels } });
  }

  /** By which a proxy proves to istiod who it is. */
  async serviceAccountToken(namespace: string, name: string): Promise<string> {
    await this.ensure({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } });
    const request = { spec: { audiences: ['istio-ca'], expirationSeconds: 86_400 } };
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
    const { body } = await this.call('POST', path, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      ...request,
    });
    return body.status.token as string;
  }

  /** What the chart of a gateway gives its service account. */
  async letReadSecrets(namespace: string, account: string): Promise<void> {
    const api = 'rbac.authorization.k8s.io';
    const rules = [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list', 'watch'] }];
    const role = { apiVersion: `${api}/v1`, kind: 'Role', metadata: { name: 'secrets', namespace }, rules };
    await this.ensure(role);
    const subjects = [{ kind: 'ServiceAccount', name: account, namespace }];
    const roleRef = { apiGroup: api, kind: 'Role', name: 'secrets' };
    const metadata = { name: `secrets-${account}`, namespace };
    await this.ensure({ apiVersion: `${api}/v1`, kind: 'RoleBinding', metadata, roleRef, subjects });
  }

  /** All that a mesh made. Namespaces stay: no controller would finish their deletion. */
  async wipe(): Promise<void> {
    for (const path of [
      '/apis/discovery.k8s.io/v1/endpointslices',
      '/api/v1/services',
      '/api/v1/pods',
      ...this.#istioPaths(),
    ]) {
      const { body } = await this.call('GET', path);
      for (const { metadata } of (body.items ?? []) as readonly KubeObject[]) {
        const { name, namespace = '' } = metadata;
        if (namespace === 'default' && name === 'kubernetes') continue;
        const [group, plural] = [path.slice(0, path.lastIndexOf('/')), path.slice(path.lastIndexOf('/') + 1)];
        await this.call('DELETE', `${group}/namespaces/${namespace}/${plural}/${name}?gracePeriodSeconds=0`);
      }
    }
  }

  call(method: string, path: string, body?: object): Promise<Answer> {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const headers = { authorization: `Bearer ${token}`, 'content-type': type };
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port: 6443, method, path, headers, agent: this.#agent };
      const request = https.request(options, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: text === '' ? {} : JSON.parse(text) }),
        );
      });
      request.on('error', reject);
      request.end(body && JSON.stringify(body));
    });
  }

  #istioPaths(): readonly string[] {
    return [...this.#plurals].map(([kind, plural]) => `/apis/${kind.slice(0, kind.lastIndexOf('/'))}/${plural}`);
  }

  #pathOf({ apiVersion, kind, metadata }: KubeObject): string {
    const plural =
      this.#plurals.get(`${apiVersion}/${kind}`) ??
      (kind === 'AuthorizationPolicy' ? 'authorizationpolicies' : `${kind.toLowerCase()}s`);
    const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    return metadata.namespace === undefined
      ? `${base}/${plural}`
      : `${base}/namespaces/${metadata.namespace}/${plural}`;
  }

  async #start(parts: Parts, folder: string): Promise<void> {
    const keys = join(folder, 'keys');
    mkdirSync(keys, { recursive: true });
    const openssl = (...args: readonly string[]) => execFileSync('openssl', args, { stdio: 'ignore' });
    openssl('genrsa', '-out', join(keys, 'sa.key'), '2048');
    openssl('rsa', '-in', join(keys, 'sa.key'), '-pubout', '-out', join(keys, 'sa.pub'));
    writeFileSync(join(keys, 'tokens.csv'), `${token},admin,1,"system:masters"\n`, { mode: 0o600 });
    writeFileSync(this.configFile, JSON.stringify(kubeconfig), { mode: 0o600 });
    const etcd = [
      '--data-dir',
      join(folder, 'etcd'),
      '--unsafe-no-fsync',
      '--listen-peer-urls',
      'http://127.0.0.1:2380',
    ];
    this.#children.push(startChild([parts.etcd, ...etcd], join(folder, 'etcd.log')));
    const server = startChild([parts.apiServer, ...serverFlags(keys)], join(folder, 'apiserver.log'));
    this.#children.push(server);
    const isReady = async () =>
      (await this.call('GET', '/api/v1/namespaces/default')).status === 200 ? true : undefined;
    await until(isReady, 'kube-apiserver', { child: server, limitMs: 180_000 });
    await this.#define(parts.definitions);
    await this.namespace('istio-system');
  }

  async #define(file: string): Promise<void> {
    const definitions = parseAllDocuments(readFileSync(file, 'utf8')).map((one) => one.toJS() as KubeObject);
    for (const definition of definitions.filter(Boolean)) {
      const { group, names, versions } = definition.spec as {
        group: string;
        names: { kind: string; plural: string };
        versions: { name: string }[];
      };
      for (const { name } of versions) this.#plurals.set(`${group}/${name}/${names.kind}`, names.plural);
      await this.ensure(definition);
    }
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    await until(async () => {
      const { body } = await this.call('GET', path);
      const isEstablished = (one: KubeObject) =>
        ((one.status as { conditions?: { type: string; status: string }[] })?.conditions ?? []).some(
          ({ type, status }) => type === 'Established' && status === 'True',
        );
      return body.items.every(isEstablished) ? true : undefined;
    }, 'custom resource definitions');
  }
}

const kubeconfig = {
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'test',
  clusters: [{ name: 'test', cluster: { server: 'https://127.0.0.1:6443', 'insecure-skip-tls-verify': true } }],
  users: [{ name: 'test', user: { token } }],
  contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
};

function serverFlags(keys: string): readonly string[] {
  return [
    '--etcd-servers=http://127.0.0.1:2379',
    '--secure-port=6443',
    '--bind-address=127.0.0.1',
    `--advertise-address=${addresses.hub}`,
    `--cert-dir=${join(keys, 'apiserver')}`,
    `--service-account-key-file=${join(keys, 'sa.pub')}`,
    `--service-account-signing-key-file=${join(keys, 'sa.key')}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    '--api-audiences=istio-ca,https://kubernetes.default.svc',
    `--token-auth-file=${join(keys, 'tokens.csv')}`,
    '--authorization-mode=RBAC',
    '--service-cluster-ip-range=10.101.0.0/16',
    '--disable-admission-plugins=ServiceAccount',
  ];
}
