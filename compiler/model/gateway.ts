// Where traffic enters the mesh.
import type { ModelNode, SettingPlace } from './origin.ts';
import type { Labels } from './service.ts';

export interface Gateway extends ModelNode<'Gateway'> {
  readonly name: string;
  readonly namespace: string;
  /** Selects the gateway's own proxies; the Workload of the same key runs them. */
  readonly selector: Labels;
  readonly serviceAccount: string;
  /** Of those that are written; the others are as by default. */
  readonly settingPlaces: readonly SettingPlace<'selector' | 'serviceAccount'>[];
  readonly listeners: readonly GatewayListener[];
  readonly labels: Labels;
}

export interface GatewayListener extends ModelNode<'GatewayListener'> {
  readonly name: string;
  readonly port: number;
  readonly protocol: 'HTTP' | 'HTTPS';
  /** Exact names, or `*.example.com`, or `*`. */
  readonly hosts: readonly string[];
  /** For HTTPS: the name of the secret with the server certificate. */
  readonly tlsSecret?: string;
  /** Everything is answered with a 301 to its https URL, whatever the routes say. */
  readonly redirectToHttps: boolean;
}

const schemes: Readonly<Record<GatewayListener['protocol'], 'http' | 'https'>> = { HTTP: 'http', HTTPS: 'https' };

/** What requests to a listener begin with; an `https` listener shows a certificate first. */
export function schemeOf({ protocol }: Pick<GatewayListener, 'protocol'>): 'http' | 'https' {
  return schemes[protocol];
}

/** Where a request goes whose URL names no port. */
export const usualPorts = { http: 80, https: 443 } as const;
