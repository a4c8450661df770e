// A small repository to begin with: two services, a way in from outside, and tests of what must hold. Data only.

export interface StarterFile {
  /** Relative to the folder of the repository. */
  readonly path: string;
  readonly text: string;
}

const mesh = `# Settings of the whole mesh, one a repository. \`fairlead check --show-defaults\` prints what is not written here.
apiVersion: fairlead.dev/v1alpha1
kind: Mesh
metadata: { name: starter }
spec:
  mtls: strict
  access: { default: deny }
`;

const gateway = `# Where traffic enters the mesh.
apiVersion: fairlead.dev/v1alpha1
kind: MeshGateway
metadata: { name: public, namespace: edge, labels: { team: platform } }
spec:
  listeners:
    - { name: web, port: 80, protocol: HTTP, hosts: [shop.example.com] }
`;

const web = `# The page that customers see. It is open to the gateway, and asks the catalog.
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: web, namespace: shop, labels: { team: storefront } }
spec:
  ports: [{ name: http, port: 80, targetPort: 8080 }]
  access:
    allow: [{ from: [{ gateway: edge/public }], methods: [GET] }]
  uses: [catalog]
  expose: [{ gateway: edge/public, host: shop.example.com }]
`;

const catalog = `# What is for sale. One request in ten goes to the new version; only web may ask, and it may only read.
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: catalog, namespace: shop, labels: { team: catalog } }
spec:
  ports: [{ name: http, port: 80, targetPort: 8080 }]
  versions: { v1: { version: v1 }, v2: { version: v2 } }
  routes:
    - to: [{ version: v1, weight: 90 }, { version: v2, weight: 10 }]
      timeout: 2s
  access:
    allow: [{ from: [{ service: web }], methods: [GET] }]
`;

const tests = `# What must hold whatever changes. \`fairlead test\` decides each case without a cluster.
apiVersion: fairlead.dev/v1alpha1
kind: MeshTest
metadata: { name: starter, namespace: shop }
spec:
  cases:
    - { from: outside, request: GET http://shop.example.com/, expect: { allowed: true, service: web } }
    - { from: outside, request: POST http://shop.example.com/, expect: { denied: access } }
    - { from: web, request: GET http://catalog/boots, expect: { versions: { v1: 90%, v2: 10% }, timeout: 2s } }
    - { from: web, request: DELETE http://catalog/boots, expect: { denied: access } }
    - { from: catalog, request: GET http://web/, expect: { denied: egress } }
`;

const readme = `# Mesh intent

Who may call whom, and how requests travel. The owner of a service edits its file below \`intent/\`; a push deploys it.

\`\`\`sh
fairlead check                                                  # is it right?
fairlead test                                                   # does what must hold still hold?
fairlead explain --from web --request 'GET http://catalog/boots'   # what happens to a request, and by which line?
fairlead review --base HEAD                                     # what does my change mean?
fairlead up                                                     # run it all on this machine, until Ctrl-C
\`\`\`

| file | what |
|---|---|
| \`intent/mesh.yaml\` | settings of the whole mesh |
| \`intent/gateway.yaml\` | where traffic enters |
| \`intent/web.yaml\` | a service that the gateway exposes |
| \`intent/catalog.yaml\` | a service in two versions that only \`web\` may read |
| \`intent/tests.yaml\` | what must hold |
`;

export const starterFiles: readonly StarterFile[] = [
  { path: 'intent/mesh.yaml', text: mesh },
  { path: 'intent/gateway.yaml', text: gateway },
  { path: 'intent/web.yaml', text: web },
  { path: 'intent/catalog.yaml', text: catalog },
  { path: 'intent/tests.yaml', text: tests },
  { path: 'README.md', text: readme },
];
