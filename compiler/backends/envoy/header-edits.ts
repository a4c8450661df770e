// Header operations of a route. The model's order is set, add, remove; Envoy removes first, so what would be removed is not added.
import { featureOf, type HeaderEdit, type HeaderOperations, nothingLeft } from '../../model/index.ts';
import type { HeaderValueOptionJson } from './proto/types/envoy/config/core/v3/base_pb.js';
import type { RouteJson } from './proto/types/envoy/config/route/v3/route_components_pb.js';
import type { RouteFeatureRow } from './route-feature-row.ts';

export const headerOperations: RouteFeatureRow<'HeaderOperations'> = {
  kind: 'HeaderOperations',
  parts: (route) => {
    const operations = featureOf(route, 'HeaderOperations');
    return operations ? { route: headerEdits(operations) } : {};
  },
};

/** Lists that would be empty are left out. The Host header is the business of host rewriting. */
function headerEdits({ kind: _kind, origin: _origin, request, response, ...rest }: HeaderOperations): RouteJson {
  nothingLeft(rest);
  const [toRequest, toResponse] = [added(request), added(response)];
  return {
    ...(toRequest.length > 0 && { requestHeadersToAdd: toRequest }),
    ...(request.remove.length > 0 && { requestHeadersToRemove: [...request.remove] }),
    ...(toResponse.length > 0 && { responseHeadersToAdd: toResponse }),
    ...(response.remove.length > 0 && { responseHeadersToRemove: [...response.remove] }),
  };
}

function added({ set, add, remove, ...rest }: HeaderEdit): HeaderValueOptionJson[] {
  nothingLeft(rest);
  const options = (
    headers: Readonly<Record<string, string>>,
    appendAction: HeaderValueOptionJson['appendAction'] & {},
  ) =>
    Object.entries(headers)
      .filter(([name]) => !remove.includes(name) && name !== 'host' && !name.startsWith(':'))
      .map(([key, value]) => ({ header: { key, value: literal(value) }, appendAction, keepEmptyValue: true }));
  return [...options(set, 'OVERWRITE_IF_EXISTS_OR_ADD'), ...options(add, 'APPEND_IF_EXISTS_OR_ADD')];
}

/** A per cent sign starts a command operator in Envoy; intent means itself. */
function literal(value: string): string {
  return value.replaceAll('%', '%%');
}
