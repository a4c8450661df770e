// Of which headers a request that sends them several times may fare as no request does that sends them once: of its values each is matched
// by itself, so that they may meet conditions together that no value meets alone.
import { joinedHeaders } from '../../model/index.ts';
import { absent } from '../fields/dimension.ts';
import { headerDimension } from '../fields/named.ts';
import type { Axis, Field } from './field.ts';
import type { RequestSpace } from './request-space.ts';

const prefix = 'header ';

/** Names; sorted. */
export function repeatableHeaders({ fields }: RequestSpace): readonly string[] {
  return fields.flatMap((field) => {
    const { key } = field.dimension;
    const name = key.startsWith(prefix) ? key.slice(prefix.length) : undefined;
    const isHeader = name !== undefined && field.dimension === headerDimension(name);
    return isHeader && !joinedHeaders.has(name) && meetsMoreTogether(field) ? [name] : [];
  });
}

/** So many are compared with one another. */
const atomLimit = 200;

function meetsMoreTogether({ axes }: Field): boolean {
  const [axis] = axes;
  if (!axis) return false;
  return axes.length > 1 || axis.atoms.count > atomLimit || !isClosed(axis);
}

/** Whether what two values meet together is what some value meets alone. A condition that the absent value meets is one of all values. */
function isClosed({ atoms }: Axis): boolean {
  const none = atoms.atomOf(absent);
  const sets = [...atoms.inside.values()];
  const numbers = Array.from({ length: atoms.count }, (_, atom) => atom).filter((atom) => atom !== none);
  const signatureOf = (met: (inside: Uint8Array) => boolean) =>
    sets.map((inside) => (met(inside) ? '1' : '0')).join('');
  const alone = new Set(numbers.map((atom) => signatureOf((inside) => inside[atom] === 1)));
  const together = (a: number, b: number) =>
    signatureOf((inside) => {
      const [x, y] = [inside[a] === 1, inside[b] === 1];
      return inside[none] === 1 ? x && y : x || y;
    });
  return numbers.every((a) => numbers.every((b) => alone.has(together(a, b))));
}
