// Header operations of a route. The model sets, adds and then removes; Envoy under Istio removes first.
import type { Report } from '../../diagnostics/index.ts';
import { featureOf, type HeaderEdit, noHeaderEdits, nothingLeft } from '../../model/index.ts';
import type { FeatureRow, RouteDraft } from './feature-row.ts';
import { pruned } from './prune.ts';

type Fields = Readonly<Record<string, unknown>>;

export const headerOperations: FeatureRow<'HeaderOperations'> = {
  kind: 'HeaderOperations',
  fields(route, report) {
    const operations = featureOf(route, 'HeaderOperations');
    if (!operations) return {};
    const { kind: _kind, origin: _origin, request, response, ...rest } = operations;
    nothingLeft(rest);
    return {
      headers: pruned({ request: editOf(request, route, report), response: editOf(response, route, report) }),
    };
  },
};

/** Setting `host` is a rewrite of the authority to Istio, and it allows only one: `authority` is that of the rewrite. */
export function reportAuthority(route: RouteDraft, authority: string | undefined, report: Report): void {
  const { set, add } = (featureOf(route, 'HeaderOperations') ?? noHeaderEdits).request;
  const places = [authority, set.host, add.host].filter((host) => host !== undefined);
  if (places.length < 2) return;
  report('FL0513', {
    message: `route "${route.name}" sets the host ${places.length} times: ${places.join(', ')}`,
    span: route.origin,
    hint: 'keep the rewrite and drop the operations on the header "host"',
  });
}

/** What would be removed at the end is not set at the beginning: that gives the same in either order. */
function editOf({ set, add, remove, ...rest }: HeaderEdit, route: RouteDraft, report: Report): Fields | undefined {
  nothingLeft(rest);
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

function reportEmpty(name: string, { name: routeName, origin }: RouteDraft, report: Report): void {
  report('FL0515', {
    message: `route "${routeName}" sets the header "${name}" to an empty value, which Istio leaves out`,
    span: origin,
    hint: 'remove the header, or give it a value',
  });
}
