// Redirects in Istio's words, and which features a redirecting route keeps.
import type { Report } from '../../diagnostics/index.ts';
import { featureOf, nothingLeft, type RedirectAction, type RouteFeatureKind, total } from '../../model/index.ts';
import type { FeatureRow, RouteDraft } from './feature-row.ts';
import { headerOperations } from './header-operations.ts';
import { pruned } from './prune.ts';
import { cors } from './route-features.ts';

/** In the order of Istio's fields. */
export const redirectFeatures = total<RouteFeatureKind>()([
  // Nothing is tried again or copied where nothing is forwarded.
  notWritten('RetryPolicy'),
  notWritten('Mirror'),
  { kind: 'Fault', fields: refuseFault },
  // Has no effect, as with Envoy, and is written as it was.
  cors,
  headerOperations,
]);

export function toRedirect(
  action: RedirectAction,
  route: RouteDraft,
  report: Report,
): Readonly<Record<string, unknown>> | undefined {
  const { kind: _kind, origin, path, host, scheme, port, status, ...rest } = action;
  nothingLeft(rest);
  if ([path, host, scheme, port].every((part) => part === undefined)) {
    report('FL0504', {
      message: `the redirect of route "${route.name}" changes neither path, host, scheme nor port, which Istio refuses`,
      span: origin,
      hint: 'name what the redirect changes',
    });
  }
  return pruned({
    uri: path,
    authority: host,
    scheme: scheme satisfies 'http' | 'https' | undefined,
    port,
    redirectCode: status satisfies 301 | 302 | 303 | 307 | 308,
  });
}

function refuseFault(route: RouteDraft, report: Report): Record<string, never> {
  const fault = featureOf(route, 'Fault');
  if (fault) {
    report('FL0504', {
      message: `route "${route.name}" has a fault and a redirect, which Istio cannot combine`,
      span: fault.origin,
      hint: 'drop the fault: a redirect never reaches a service',
    });
  }
  return {};
}

function notWritten<K extends RouteFeatureKind>(kind: K): FeatureRow<K> {
  return { kind, fields: () => ({}) };
}
