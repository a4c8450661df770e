// The built parts that the test needs, and why it cannot run where one is missing. `make tools-istio` builds them.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { findEnvoy } from '../../compiler/test/support/envoy.ts';
import { whyNoNamespaces } from '../redirect/namespaces.ts';

export interface Parts {
  readonly istiod: string;
  readonly istioctl: string;
  readonly apiServer: string;
  readonly etcd: string;
  /** Istio's custom resource definitions. */
  readonly definitions: string;
  readonly envoy: string;
}

/** As in .ci/tools.sh. */
const folder = 'istio-eed52ebb66ad';

const places: Readonly<Record<Exclude<keyof Parts, 'envoy'>, string>> = {
  istiod: 'pilot-discovery',
  istioctl: 'istioctl',
  apiServer: 'kube-apiserver',
  etcd: 'etcd',
  definitions: 'crd-all.gen.yaml',
};

/** A text is the reason why they cannot be had. */
export function findParts(): Parts | string {
  const reason = whyNoNamespaces();
  if (reason !== false) return reason;
  const cache = process.env.FAIRLEAD_TOOLS ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'fairlead');
  const folders = [join(cache, folder), ...(process.env.PATH ?? '').split(delimiter)];
  const find = (name: string) => folders.map((at) => join(at, name)).find((file) => existsSync(file));
  const found = Object.entries(places).map(([part, name]) => [part, find(name)] as const);
  const missing = found.filter(([, file]) => file === undefined).map(([part]) => places[part as keyof typeof places]);
  const envoy = findEnvoy();
  if (envoy === undefined) missing.push('envoy');
  if (missing.length > 0) return `there is no ${missing.join(', no ')} (run: make tools tools-istio)`;
  return { ...Object.fromEntries(found), envoy } as unknown as Parts;
}
