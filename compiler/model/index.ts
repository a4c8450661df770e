// Public surface of the model: the compiler's middle, imported by both front ends, both back ends and the analysis.
export { addressInHost, canonicalAddress, formatSocket, isUnspecified } from './addresses.ts';
export * from './condition.ts';
export { bytesOf, isUtf8, textOf, utf8Pattern } from './bytes.ts';
export { allowsOrigin, opensToAll } from './cors-origins.ts';
export { rulesByPort } from './deny-by-port.ts';
export { defaultRoute } from './default-route.ts';
export * from './destination-policy.ts';
export { dumpMesh, loadMesh } from './dump.ts';
export { durationUnits, formatDuration } from './duration.ts';
export * from './each-list.ts';
export * from './egress.ts';
export type * from './expectation.ts';
export { featureOf, featuresOf } from './features.ts';
export {
  isDialledByAddress,
  type PortSharing,
  servedFirst,
  type SharedAddress,
  sharedAddresses,
  sharedPorts,
  takersByAddress,
} from './dialled-ports.ts';
export { deepFreeze } from './freeze.ts';
export * from './gateway.ts';
export { grpcContentType, grpcDeadlineExceeded, grpcStatusOf, isGrpcType } from './grpc-reply.ts';
export { grpcTimeoutMs } from './grpc-timeout.ts';
export * from './gateway-hosts.ts';
export { httpMethods, isHttpMethod, takesMethod } from './http-methods.ts';
export * from './lists.ts';
export {
  type Client,
  indexMesh,
  type MeshIndex,
  primaryServiceOf,
  schemeTowards,
  speaksHttp,
} from './lookup.ts';
export type * from './match.ts';
export { closedRegex, quoteRegex, regexOf, writtenRegex } from './match-regex.ts';
export { formatMatch, formatValue, matchesString } from './match-string.ts';
export * from './mesh.ts';
export * from './names.ts';
export { isReservedHost } from './reserved-hosts.ts';
export { formatOrigin, type ModelNode, type Origin, placeOfSetting, type SettingPlace } from './origin.ts';
export { compileRegex, type Instruction, maxProgramSize, regexProblem } from './regex.ts';
export { refererPattern } from './referer.ts';
export { type Alternative, alternativesOf, outermost } from './regex-alternatives.ts';
export {
  connectUdpProblem,
  contentLengthPattern,
  type FormProblem,
  formProblem,
  framingProblem,
  type HeaderLine,
} from './request-form.ts';
export {
  decodePath,
  escapeText,
  normalizePath,
  normalizeTarget,
  splitQuery,
  targetProblem,
  unreadableTarget,
} from './request-path.ts';
export {
  edgeHeaders,
  hopByHopHeaders,
  internalHeaders,
  joinedHeaders,
  upgradeHeaders,
} from './proxy-headers.ts';
export * from './connection-header.ts';
export { asciiLowerCase, trimBlanks } from './header-text.ts';
export * from './route.ts';
export * from './route-feature.ts';
export { distinctRetryWords, plainRetryWords, retryWords } from './retry-words.ts';
export { isSameData } from './same-data.ts';
export type * from './security.ts';
export * from './service.ts';
export {
  handle,
  handleBy,
  type KeyOf,
  nothingLeft,
  type Reading,
  type RowOf,
  type Table,
  type TableBy,
  total,
} from './table.ts';
export type { Use } from './uses.ts';
export { type ProxyPort, proxyPortOf, proxyPorts } from './proxy-ports.ts';
export * from './workload.ts';
export { type InboundPort, inboundPortsOf, portsServedBy } from './inbound-ports.ts';
export { addressesOf, isMachine, mayCarry, plainAddresses, workloadsBehind } from './workloads-behind.ts';
