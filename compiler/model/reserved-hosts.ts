// Names that mean something else than a host that a mesh serves to the outside.

/** What Fairlead itself answers to; proxies check such names before they say who they are. */
const ofFairlead = 'fairlead.internal';
/** Of the cluster's own DNS; a certificate for them would be believed of any service. */
const ofCluster = 'cluster.local';
/** Of every machine itself, and of the control plane to who runs on its machine. */
const ofMachine = 'localhost';

/** True for these names, and those below them and wildcards over them but for those of a machine. */
export function isReservedHost(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  return name === ofMachine || [ofFairlead, ofCluster].some((end) => name === end || name.endsWith(`.${end}`));
}
