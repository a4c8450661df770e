// Header operations of a route. The model sets, adds and then removes; Envoy under Istio removes first.
import type { Report } from '../../diagnostics/index.ts';
import type { HeaderEdit, HttpRoute } from '../../model/index.ts';
import { pruned } from './prune.ts';

type Fields = Readonly<Record<string, unknown>>;

export function headersOf(route: HttpRoute, report: Report): Fields | undefined {
  const { request, response } = route.headers;
  return pruned({ request: editOf(request, route, report), response: editOf(response, route, report) });
}

/** What would be removed at the end is not set at the beginning: that gives the same in either order. */
function editOf({ set, add, remove }: HeaderEdit, route: HttpRoute, report: Report): Fields | undefined {
  const values = (headers: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(headers)
        .filter(([name]) => !remove.includes(name))
        .map(([name, value]) => {
          if (value === '') reportEmpty(name, route, report);
          return [name, literal(value)];
        }),
    );
  return pruned({ set: values(set), add: values(add), remove });
}

/** Istio hands values to Envoy as they are, where a per cent sign starts a command operator; intent means itself. */
function literal(value: string): string {
  return value.replaceAll('%', '%%');
}

function reportEmpty(name: string, { name: routeName, origin }: HttpRoute, report: Report): void {
  report('FL0515', {
    message: `route "${routeName}" sets the header "${name}" to an empty value, which Istio leaves out`,
    span: origin,
    hint: 'remove the header, or give it a value',
  });
}
