// Shorthand for the examples of the catalogue: whole documents around the lines that matter.

/** One document of intent in namespace `shop`; `spec` is indented by two spaces here. */
export function document(kind: string, name: string, spec: string): string {
  const lines = spec.trim().split('\n');
  return `apiVersion: fairlead.dev/v1alpha1
kind: ${kind}
metadata: { name: ${name}, namespace: shop }
spec:
${lines.map((line) => `  ${line}`).join('\n')}
`;
}

/** The service `shoes`, with one HTTP port unless the lines say otherwise. */
export function shoes(spec: string): string {
  return document('MeshService', 'shoes', /^ports:/m.test(spec) ? spec : `ports: [{ port: 80 }]\n${spec.trim()}`);
}

/** Another service with one HTTP port and no rules. */
export function service(name: string): string {
  return document('MeshService', name, 'ports: [{ port: 80 }]');
}

/** The gateway `public`, which serves shop.example.com over HTTP. */
export const publicGateway = document(
  'MeshGateway',
  'public',
  'listeners: [{ name: web, port: 80, protocol: HTTP, hosts: [shop.example.com] }]',
);

/** One file that holds the documents. */
export function intent(...documents: readonly string[]): { readonly intent: Readonly<Record<string, string>> } {
  return { intent: { 'intent/shop.yaml': documents.join('---\n') } };
}
