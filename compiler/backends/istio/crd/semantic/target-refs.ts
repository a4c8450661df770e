// What policies of any kind may be attached to by reference.
import type { View } from './view.ts';

const targets = new Set([
  '/Service',
  'core/Service',
  'networking.istio.io/ServiceEntry',
  'gateway.networking.k8s.io/Gateway',
  'gateway.networking.k8s.io/GatewayClass',
]);

export function checkTargetRefs(spec: View): void {
  const references = [...(spec.at('targetRef').isSet ? [spec.at('targetRef')] : []), ...spec.at('targetRefs').items()];
  for (const reference of references) {
    const [group, kind] = [reference.at('group').text, reference.at('kind').text];
    if (!targets.has(`${group}/${kind}`)) reference.fault(`a policy cannot be attached to ${kind} of group "${group}"`);
  }
}
