// `fairlead inject` as tables: which objects get a sidecar, which are left alone by name, and what is refused.
import t from 'tap';
import { injectManifest } from '../index.ts';

const containers = 'spec: { containers: [{ name: app, image: shoes }] }';
const template = `template: { ${containers} }`;

const isInjected = (text: string) => /name: fairlead-proxy/.test(text);

t.test('every kind with a pod template is injected', async (t) => {
  const rows: [apiVersion: string, kind: string, spec: string][] = [
    ['v1', 'Pod', containers],
    ['v1', 'PodTemplate', template],
    ['v1', 'ReplicationController', `spec: { ${template} }`],
    ['apps/v1', 'Deployment', `spec: { ${template} }`],
    ['apps/v1', 'StatefulSet', `spec: { ${template} }`],
    ['apps/v1', 'DaemonSet', `spec: { ${template} }`],
    ['apps/v1', 'ReplicaSet', `spec: { ${template} }`],
    ['extensions/v1beta1', 'Deployment', `spec: { ${template} }`],
    ['batch/v1', 'Job', `spec: { ${template} }`],
    ['batch/v1', 'CronJob', `spec: { jobTemplate: { spec: { ${template} } } }`],
    ['argoproj.io/v1alpha1', 'Rollout', `spec: { ${template} }`],
    ['apps.openshift.io/v1', 'DeploymentConfig', `spec: { ${template} }`],
    ['apps.kruise.io/v1alpha1', 'CloneSet', `spec: { ${template} }`],
  ];
  for (const [apiVersion, kind, spec] of rows) {
    const object = `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: shoes }\n${spec}\n`;
    const { ok, notes, text } = injectManifest(object);
    t.match({ ok, notes }, { ok: true, notes: [] }, kind);
    t.ok(isInjected(text), kind);
    const item = object.trimEnd().replaceAll('\n', '\n    ');
    const list = `kind: List\napiVersion: v1\nitems:\n- apiVersion: v1\n  kind: List\n  items:\n  - ${item}\n`;
    t.ok(isInjected(injectManifest(list).text), `${kind} in a list in a list`);
    const typed = `kind: ${kind}List\napiVersion: ${apiVersion}\nitems: [{ metadata: { name: shoes }, ${spec} }]\n`;
    t.ok(isInjected(injectManifest(typed).text), `${kind}List, whose items have no kind`);
  }
});

t.test('what is left alone is named, and stays as it is', async (t) => {
  const rows: [object: string, note: RegExp][] = [
    [
      'apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: { name: r, namespace: shop }\nspec: { workloadRef: { kind: Deployment, name: d } }',
      /^Rollout shop\/r: left alone, for it holds no pod of its own$/,
    ],
    [
      'apiVersion: batch.volcano.sh/v1alpha1\nkind: Job\nmetadata: { name: j }\nspec: { tasks: [{ template: { spec: { containers: [{ image: a }] } } }] }',
      /^Job j: left alone, for its kind is not known here; what looks like a pod stands at spec.tasks\[0\].template.spec$/,
    ],
    [
      'apiVersion: v1\nkind: Pod\nmetadata: { generateName: a- }\nspec: { hostNetwork: true, containers: [{ name: a }] }',
      /^Pod a-: left alone, for the pod uses its node's network$/,
    ],
    [
      'apiVersion: v1\nkind: Pod\nmetadata: { name: a, annotations: { sidecar.istio.io/status: "{}" } }\nspec: { containers: [{ name: istio-proxy }] }',
      /^Pod a: left alone, for the pod has Istio's sidecar already$/,
    ],
    [
      'apiVersion: v1\nkind: Pod\nmetadata: { name: a, labels: { sidecar.istio.io/inject: "false" } }\nspec: { containers: [{ name: istio-proxy, image: auto }] }',
      /^Pod a: left alone, for the pod's label sidecar.istio.io\/inject is false$/,
    ],
  ];
  for (const [object, note] of rows) {
    for (const text of [object, `apiVersion: v1\nkind: List\nitems:\n  - ${object.replaceAll('\n', '\n    ')}`]) {
      t.match(injectManifest(text), { ok: true, text, notes: [note] }, text);
    }
  }
  const silent = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { mode: 0400, b: "yes" }\n';
  t.match(injectManifest(silent), { ok: true, text: silent, notes: [] });
});

t.test('what cannot have the sidecar it asks for is refused', async (t) => {
  const pod = (metadata: string, spec = 'containers: [{ name: app, image: shoes }]') =>
    `apiVersion: v1\nkind: Pod\nmetadata: { name: p, ${metadata} }\nspec: { ${spec} }\n`;
  const rows: [text: string, note: RegExp][] = [
    ...['on', 'off', 'yes', 'no', 'True', ' true', '1', 'y'].map((value): [string, RegExp] => [
      pod(`labels: { sidecar.istio.io/inject: "${value}" }`),
      /FL0708 metadata.labels\["sidecar.istio.io\/inject"\]: label .* is neither true nor false/,
    ]),
    ...['on', 'off', 'true', '0x1'].map((value): [string, RegExp] => [
      pod(`annotations: { fairlead.dev/inject: ${value} }`),
      /FL0708 .* is not a text: put it in quotes/,
    ]),
    [pod('annotations: { sidecar.istio.io/rewriteAppHTTPProbers: "off" }'), /FL0708 .*"off" is neither true nor false/],
    [pod('annotations: { sidecar.istio.io/proxyCPU: 0200 }'), /FL0708 .*: 128 is not a text: put it in quotes/],
    [
      pod('', 'containers: [{ name: app, image: a }, { name: istio-proxy, image: auto }]'),
      /FL0710 spec.containers\[1\].name: container istio-proxy with the image auto customises Istio's sidecar/,
    ],
    [
      pod('', 'containers: [{ name: app, image: a }], initContainers: [{ name: istio-proxy, image: "p:1" }]'),
      /FL0710 spec.initContainers\[0\].name: container istio-proxy customises/,
    ],
    [pod('', 'containers: [{ name: istio-init, image: auto }]'), /FL0710/],
    [
      pod('', 'containers: [{ name: fairlead-proxy, image: auto }]'),
      /FL0710 .*container name fairlead-proxy is the sidecar's/,
    ],
    [
      pod('annotations: { fairlead.dev/status: "{}" }'),
      /FL0710 .* says that the pod has a sidecar, and there is no container fairlead-proxy/,
    ],
    [pod('', 'containers: { name: app }'), /FL0710 spec.containers: spec.containers is not a list/],
    [pod('', 'containers: [null]'), /FL0710 spec.containers\[0\]: .* is not a mapping/],
    [pod('', 'containers: [{ name: on, image: a }]'), /FL0710 spec.containers\[0\].name: .* is not a text/],
    [pod('labels: [a]'), /FL0710 metadata.labels: .* is not a mapping/],
    [
      pod('', 'containers: [{ name: app, image: "{{ .Values.image }}" }]'),
      /FL0120 spec.containers\[0\].image: a template stands here.*helm template/,
    ],
    [pod('', 'containers: [{ name: app, image: "${IMAGE}:1" }]'), /FL0120/],
    [pod('').replace('name: p,', 'name: "{{ .Release.Name }}-p",'), /FL0120 metadata.name/],
  ];
  for (const [text, note] of rows) t.match(injectManifest(text), { ok: false, text: '', notes: [note] }, text);
});

t.test('what is not YAML yet is refused as check does, with its place', async (t) => {
  const chart =
    'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ .Release.Name }}\nspec:\n  template:\n    spec:\n      containers:\n        - name: app\n          image: a\n';
  const rows: [text: string, code: string, line: number][] = [
    [chart, 'FL0120', 4],
    [`{{- if .Values.on }}\n${chart}{{- end }}\n`, 'FL0120', 1],
    [`<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> x\n`, 'FL0119', 1],
    ['a:\n\tb: 1\n', 'FL0118', 2],
    ['apiVersion: v1\nkind: Pod\nkind: Job\n', 'FL0102', 3],
  ];
  for (const [text, code, line] of rows) {
    t.match(
      injectManifest(text, undefined, 'chart.yaml'),
      { ok: false, text: '', notes: [], diagnostics: [{ code, span: { file: 'chart.yaml', start: { line } } }] },
      text,
    );
  }
});

t.test('what is put in stands where a reader looks for it', async (t) => {
  const before = `# shoes
apiVersion: apps/v1
kind: Deployment
metadata: {name: shoes} # the name
spec:
  template:
    metadata:
      labels: {app: shoes, v: "1_000"}
      # of the pod
    spec:
      containers:
      # first
      - name: app
        image: 'shoes:1'
        env: [{name: A, value: "yes"}, {name: B, value: "12:30:45"}]
        readinessProbe:
          httpGet: {path: /x, port: 8080, scheme: HTTPS} # over TLS
          initialDelaySeconds: 010 # slow
        livenessProbe:
          tcpSocket:
            port: 8080 # open
          periodSeconds: 5
      initContainers:
        # the schema
        - name: migrate
          image: migrate
      volumes:
      - name: v
        secret: &secret {secretName: a, defaultMode: 0400}
      - {name: w, secret: *secret}
      # who runs it
      securityContext: {runAsUser: 01000}
  # last
  strategy: {}
`;
  const { text } = injectManifest(before);
  t.equal(
    text
      .replace(/ {8}- name: fairlead-init\n[\s\S]*? {10}restartPolicy: Always\n/, '')
      .replace(/fairlead.dev\/status: .*/, 'fairlead.dev/status'),
    before
      .replace('      # of the pod\n', '      # of the pod\n      annotations:\n        fairlead.dev/status\n')
      .replace('{path: /x, port: 8080, scheme: HTTPS}', '{path: "/app-health/app/readyz", port: 15020}')
      .replace(/tcpSocket:\n *port: 8080/, 'httpGet: { path: "/app-health/app/livez", port: 15020 }')
      .replace(
        '      # who',
        `      - name: fairlead-token
        projected:
          sources:
            - serviceAccountToken:
                audience: fairlead
                expirationSeconds: 43200
                path: token
      - name: fairlead-ca
        configMap:
          name: fairlead-ca-root-cert
      # who`,
      ),
  );
  t.match(
    text,
    /initContainers:\n {8}- name: fairlead-init\n[\s\S]*restartPolicy: Always\n {8}# the schema\n {8}- name: migrate/,
  );
  t.match(text, /value: \|\n *\*nat\n *:FAIRLEAD_INBOUND - \[0:0\]\n/, 'the rules can be read');
});
