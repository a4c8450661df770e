// Public surface of the runtime: control plane, certificate authority, discovery.
export {
  type AuthorityOptions,
  type CertificateAuthority,
  createCertificateAuthority,
  type IssuedCertificate,
  type SignedCertificate,
} from './ca/authority.ts';
export { createMeshAuthorities, type MeshAuthorities } from './ca/authorities.ts';
export { CsrError } from './ca/csr.ts';
export { Redacted } from '../compiler/index.ts';
export { type AuthorityStore, folderStore } from './ca/store.ts';
export { type Cancel, type Clock, systemClock } from './clock.ts';
export { type BootstrapOptions, envoyBootstrap } from './control-plane/bootstrap.ts';
export { ControlPlane, type ControlPlaneEvents, type ControlPlaneOptions } from './control-plane/control-plane.ts';
export { type AdminApi, type AdminApiOptions, serveAdminApi } from './control-plane/http-api.ts';
export { JoinTokens, type TokenClaims, type TokenVerdict } from './control-plane/join-tokens.ts';
export type { AckState, CommitReport, ProxyAck, WaitOptions } from './control-plane/ledger.ts';
export type { NodeInfo } from './control-plane/requests.ts';
export { certificateFiles } from './control-plane/certificate-files.ts';
export type { GatewayCertificates, KeyedCertificate } from './control-plane/sds.ts';
export { type CertificateRequest, controlPlaneServerName } from './ca/purpose.ts';
export type { ProxyStatus } from './control-plane/status.ts';
export type { Publication } from './control-plane/targets.ts';
export type { DiscoverySink, DiscoverySource } from './discovery/discovery-source.ts';
export { InstanceFiles, type InstanceFilesOptions } from './discovery/files.ts';
export { type ParsedInstances, parseInstances } from './discovery/parse-instances.ts';
export * from './deploy/index.ts';
export * from './local/index.ts';
export * from './proxy/index.ts';
