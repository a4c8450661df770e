// Tables of several services at one gateway host. Istio orders their VirtualServices by age, which Git does not know:
// where their routes overlap, the order matters and is reported. What takes everything comes last in any order.
import type { Report } from '../../diagnostics/index.ts';
import type { HttpMatch, HttpRoute, Mesh, PathMatch, RouteTable } from '../../model/index.ts';

export function checkGatewayOrder(mesh: Mesh, report: Report): void {
  const tables = mesh.routeTables.filter((table) => table.attach.gateways.length > 0);
  for (const [i, later] of tables.entries()) {
    for (const earlier of tables.slice(0, i)) {
      const overlap = shareHost(earlier, later) ? overlapOf(earlier, later) : undefined;
      if (!overlap) continue;
      report('FL0512', {
        message: `"${earlier.name}" and "${later.name}" answer the same requests at ${later.hosts.join(', ')}, and under Istio the older one wins`,
        span: overlap[1].origin,
        related: [{ message: 'holds for the same requests', span: overlap[0].origin }],
        hint: 'give the services paths that do not overlap',
      });
    }
  }
}

function shareHost(a: RouteTable, b: RouteTable): boolean {
  const isShared = (left: readonly string[], right: readonly string[]) => left.some((one) => right.includes(one));
  return isShared(a.attach.gateways, b.attach.gateways) && isShared(a.hosts, b.hosts);
}

function overlapOf(a: RouteTable, b: RouteTable): readonly [HttpRoute, HttpRoute] | undefined {
  for (const one of a.http) {
    const other = b.http.find((route) => overlap(one, route));
    if (other) return [one, other];
  }
  return undefined;
}

function overlap(a: HttpRoute, b: HttpRoute): boolean {
  const [all, everything] = [isCatchAll(a), isCatchAll(b)];
  if (all || everything) return all && everything;
  return a.matches.some((one) => b.matches.some((other) => matchesOverlap(one, other)));
}

function isCatchAll({ matches }: HttpRoute): boolean {
  const isEmpty = ({ path, methods, headers, ports }: HttpMatch) =>
    isEveryPath(path) && methods.length + headers.length + ports.length === 0;
  return matches.length === 0 || matches.some(isEmpty);
}

/** May say true where only headers tell the requests apart: that is worth a look as well. */
function matchesOverlap(a: HttpMatch, b: HttpMatch): boolean {
  const isMethodShared =
    a.methods.length === 0 || b.methods.length === 0 || a.methods.some((method) => b.methods.includes(method));
  return isMethodShared && pathsOverlap(a.path, b.path);
}

function pathsOverlap(a: PathMatch | undefined, b: PathMatch | undefined): boolean {
  if (!a || !b || isEveryPath(a) || isEveryPath(b)) return true;
  if (a.type === 'suffix' || a.type === 'regex' || b.type === 'suffix' || b.type === 'regex') return true;
  return covers(a, b.value) || covers(b, a.value);
}

function covers(path: PathMatch, value: string): boolean {
  if (path.type === 'segments') return `${value}/`.startsWith(`${path.value}/`);
  return path.type === 'prefix' ? value.startsWith(path.value) : value === path.value;
}

function isEveryPath(path: PathMatch | undefined): boolean {
  return !path || (path.type === 'prefix' && (path.value === '/' || path.value === ''));
}
