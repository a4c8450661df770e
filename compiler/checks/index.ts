// The rules about the whole mesh, in the order in which they run. Reading this list tells what is checked.
import { abortsWithoutBody } from './aborts-without-body.ts';
import { accessOnTcp } from './access-on-tcp.ts';
import { callersWithoutUses } from './callers-without-uses.ts';
import type { Check } from './check.ts';
import { type Checker, createCheckerOf } from './checker.ts';
import { clusterWildcards } from './cluster-wildcards.ts';
import { deniedCallers } from './denied-callers.ts';
import { dialledAddresses } from './dialled-addresses.ts';
import { duplicateHosts } from './duplicate-hosts.ts';
import { generatedNames } from './generated-names.ts';
import { headersBesideCors } from './headers-beside-cors.ts';
import { httpsRedirects } from './https-redirects.ts';
import { identityWithoutMtls } from './identity-without-mtls.ts';
import { idleMatches } from './idle-matches.ts';
import { idleRules } from './idle-rules.ts';
import { listeners } from './listeners.ts';
import { missedPreflights } from './missed-preflights.ts';
import { namespaces } from './namespaces.ts';
import { openOrigins } from './open-origins.ts';
import { overlappingSelectors } from './overlapping-selectors.ts';
import { pathsThatNeverArrive } from './paths-that-never-arrive.ts';
import { portsOfProxies } from './ports-of-proxies.ts';
import { redirectLoops } from './redirect-loops.ts';
import { refusedMirrors } from './refused-mirrors.ts';
import { reservedHosts } from './reserved-hosts.ts';
import { rulesBesideRoutes } from './rules-beside-routes.ts';
import { sharedGateways } from './shared-gateways.ts';
import { sharedIdentity } from './shared-identity.ts';
import { splitRules } from './split-rules.ts';
import { unknownTestHosts } from './unknown-test-hosts.ts';
import { unknownTestVersions } from './unknown-test-versions.ts';
import { unsentValues } from './unsent-values.ts';
import { unreachableRoutes } from './unreachable-routes.ts';

export type { Check, PlaceOf } from './check.ts';
export type { Checker } from './checker.ts';

export const checks: readonly Check[] = [
  duplicateHosts,
  clusterWildcards,
  overlappingSelectors,
  generatedNames,
  listeners,
  reservedHosts,
  portsOfProxies,
  httpsRedirects,
  sharedGateways,
  unreachableRoutes,
  redirectLoops,
  pathsThatNeverArrive,
  idleMatches,
  unsentValues,
  openOrigins,
  missedPreflights,
  headersBesideCors,
  abortsWithoutBody,
  namespaces,
  accessOnTcp,
  deniedCallers,
  callersWithoutUses,
  refusedMirrors,
  dialledAddresses,
  idleRules,
  rulesBesideRoutes,
  splitRules,
  sharedIdentity,
  identityWithoutMtls,
  unknownTestHosts,
  unknownTestVersions,
];

export function createChecker(): Checker {
  return createCheckerOf(checks);
}
