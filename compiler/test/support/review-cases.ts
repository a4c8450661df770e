// Small intents, edits of them, and what a review says: a test a case.
import t from 'tap';
import { type Edit, linesOf, reviewOf } from './review-intent.ts';

export const header = 'apiVersion: fairlead.dev/v1alpha1\n';
export const denying = `${header}kind: Mesh
metadata: { name: test }
spec: { access: { default: deny } }
---
`;

/** Of namespace `a`. */
export function service(name: string, ...spec: readonly string[]): string {
  const lines = spec.map((line) => `  ${line}\n`).join('');
  return `${header}kind: MeshService\nmetadata: { name: ${name}, namespace: a }\nspec:\n${lines}---\n`;
}

export const gateway = `${header}kind: MeshGateway
metadata: { name: g, namespace: e }
spec: { selector: { i: g }, listeners: [{ name: w, port: 80, protocol: HTTP, hosts: [h.com] }] }
---
`;
export const twoPorts = 'ports: [{ port: 80, name: http-a }, { port: 9000, name: http-admin }]';
export const onePort = 'ports: [{ port: 80 }]';

export interface Case {
  readonly intent: string;
  readonly edits: readonly Edit[];
  readonly says: readonly RegExp[];
}

export function told(cases: Readonly<Record<string, Case>>): void {
  for (const [name, { intent, edits, says }] of Object.entries(cases)) {
    t.test(name, async (t) => {
      const lines = linesOf(reviewOf(intent, ...edits));
      t.match(lines, says);
      t.equal(lines.length, says.length, lines.join('\n'));
    });
  }
}
