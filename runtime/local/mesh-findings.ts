// What goes wrong when a mesh is brought up on one machine, in words.
import { type Diagnostic, makeDiagnostic, type Mesh, type SocketAddress } from '../../compiler/index.ts';
import type { AllocatedInstance } from './allocate.ts';
import type { ProxyKind } from './fleet.ts';

export function movedTrust(mesh: Mesh, running: string): Diagnostic {
  return makeDiagnostic('FL0857', {
    message: `the trust domain changes from "${running}" to "${mesh.settings.trustDomain}" in a running mesh`,
    span: mesh.origin,
    hint: 'every identity changes with it: stop the mesh and bring it up again',
  });
}

export function noProxy(proxy: ProxyKind): Diagnostic {
  return makeDiagnostic('FL0854', {
    message: proxy === 'envoy' ? 'there is no "envoy" program in PATH' : 'the embedded proxy cannot be started',
    hint: 'fetch Envoy with `make tools`, or use the embedded proxy',
  });
}

export function notListening({ key }: AllocatedInstance, { address, port }: SocketAddress): Diagnostic {
  return makeDiagnostic('FL0855', {
    message: `the application of ${key} does not listen on ${address}:${port}`,
    hint: 'listen where the variable LISTEN says, or leave it out of local.yaml to have the built-in echo server',
  });
}

export function notConnected({ key }: AllocatedInstance): Diagnostic {
  const message = `the proxy of ${key} has not connected to the control plane`;
  return makeDiagnostic('FL0856', { message, hint: 'its log in the state folder tells why' });
}
