// Some of the checks that only Istio's own webhook makes: the mistakes people make most. Not a full port of it.
import type { IstioFinding } from './finding.ts';
import { checkAuthorizationPolicy } from './semantic/authorization-policy.ts';
import { checkDestinationRule } from './semantic/destination-rule.ts';
import { checkGateway } from './semantic/gateway.ts';
import { checkSidecar } from './semantic/sidecar.ts';
import { checkTargetRefs } from './semantic/target-refs.ts';
import { View } from './semantic/view.ts';
import { checkVirtualService } from './semantic/virtual-service.ts';

const rules = new Map<string, (spec: View, namespace: string) => void>([
  ['AuthorizationPolicy', checkAuthorizationPolicy],
  ['DestinationRule', checkDestinationRule],
  ['Gateway', checkGateway],
  ['Sidecar', checkSidecar],
  ['VirtualService', checkVirtualService],
]);

/**
 * Assumes what `validateIstioObject` found right; kinds without rules, and kinds of others by the same name, pass.
 * Objects that Istio only warns about pass too.
 */
export function findSemanticFaults(object: unknown): IstioFinding[] {
  const found: IstioFinding[] = [];
  const root = new View(object, [], found);
  const isIstio = /\.istio\.io\//.test(root.at('apiVersion').text);
  if (!isIstio) return found;
  const spec = root.at('spec');
  rules.get(root.at('kind').text)?.(spec, root.at('metadata').at('namespace').text);
  checkTargetRefs(spec);
  return found;
}
