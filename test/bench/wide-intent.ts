// The intent of a wide input, and of the same with one small thing changed.
import type { SourceTree } from '../../compiler/index.ts';
import { numbers, type WideInput } from './wide-inputs.ts';

/** The intent of an input, and the same with one small thing changed. */
export function wideTree(
  { name, spec, others = 0, versions, gateway }: WideInput,
  n: number,
  isChanged: boolean,
): SourceTree {
  const middle = isChanged ? { timeout: '7s', open: '/opened', isChanged } : { timeout: '5s', open: '/s', isChanged };
  const count = others === 'n' ? n : others;
  const own = shoesText(spec(n, middle), versions ? n : 0);
  const edge = gateway ? [`${head('MeshGateway', 'edge')}spec:\n${gateway(n)}`] : [];
  const texts = [meshText, ...edge, own, ...numbers(count).flatMap(otherTexts), callerText(count)];
  return { label: `${name}, ${n}`, files: [{ path: 'intent.yaml', text: texts.join('---\n') }], diagnostics: [] };
}

const head = (kind: string, name: string) =>
  `apiVersion: fairlead.dev/v1alpha1\nkind: ${kind}\nmetadata: { name: ${name}, namespace: shop, labels: { team: bench } }\n`;

const meshText =
  'apiVersion: fairlead.dev/v1alpha1\nkind: Mesh\nmetadata: { name: bench }\nspec: { access: { default: deny } }\n';

function shoesText(spec: string, versions: number): string {
  const names = ['v1', 'v2', ...numbers(versions).map((i) => `w${i}`)].map((name) => `${name}: { version: ${name} }`);
  return `${head('MeshService', 'shoes')}spec:\n  ports: [{ port: 80 }]\n  versions: { ${names.join(', ')} }\n${spec}`;
}

function otherTexts(i: number): readonly string[] {
  const allow = `[{ from: [{ namespace: shop }], paths: [/s${i}/*, { suffix: .s${i} }] }]`;
  return [
    `${head('MeshService', `s${i}`)}spec: { ports: [{ port: 80 }], access: { allow: ${allow} } }\n`,
    ...(i < 10 ? [`${head('MeshService', `c${i}`)}spec: { ports: [{ port: 80 }], uses: [shoes] }\n`] : []),
  ];
}

function callerText(count: number): string {
  return `${head('MeshService', 'inventory')}spec: { ports: [{ port: 80 }], uses: [shoes${numbers(Math.min(count, 3))
    .map((i) => `, s${i}`)
    .join('')}] }\n`;
}
