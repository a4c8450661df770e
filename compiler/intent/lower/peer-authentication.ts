// What a service says about mTLS to what its workloads demand.
import type { PeerAuthentication, PortMode, Service } from '../../model/index.ts';
import type { Cursor } from '../../syntax/index.ts';
import type { MeshServiceIntent, PortIntent } from '../kinds.ts';
import type { ServiceSymbol } from '../symbols.ts';
import type { LowerContext } from './context.ts';
import { mtlsMode } from './mesh.ts';

/** Only for a service that says something about mTLS itself; the others get what the Mesh demands. */
export function lowerPeerAuthentication(
  spec: Cursor<MeshServiceIntent>,
  service: Service,
  symbol: ServiceSymbol,
  context: LowerContext,
): readonly PeerAuthentication[] {
  const own = spec.get('mtls');
  const ports = spec.list('ports');
  if (!own && ports.every((port) => port.value.mtls === undefined)) return [];
  const { name, namespace, selector, origin } = service;
  return [
    {
      kind: 'PeerAuthentication',
      origin: own?.origin ?? spec.get('ports')?.origin ?? origin,
      name,
      namespace,
      target: { namespace, labels: selector },
      mode: own ? mtlsMode(own.value) : context.global.settings.mtls,
      portModes: portModesOf(ports, symbol, context),
    },
  ];
}

function portModesOf(
  ports: readonly Cursor<PortIntent>[],
  symbol: ServiceSymbol,
  { report }: LowerContext,
): PeerAuthentication['portModes'] {
  const modes: Record<string, PortMode> = {};
  for (const [i, port] of ports.entries()) {
    const targetPort = String(symbol.ports[i]?.targetPort ?? port.value.port);
    const said = port.get('mtls');
    if (!said) continue;
    const mode = mtlsMode(said.value);
    if (modes[targetPort] && modes[targetPort].mode !== mode) {
      report('FL0313', {
        message: `two ports lead to target port ${targetPort} with different mtls`,
        span: said.origin,
      });
    }
    modes[targetPort] = { kind: 'PortMode', origin: said.origin, mode };
  }
  return modes;
}
