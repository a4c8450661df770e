// Public surface of the protobuf side: for whoever must turn xDS resources into bytes and back.
export { proxyRuntime } from './backends/envoy/proxy-runtime.ts';
export { ByteWriter } from './backends/envoy/proto/byte-writer.ts';
export { decodeResource, encodeResource, envoyMessage, envoyRegistry } from './backends/envoy/proto/registry.ts';
export { pushOrder, type ResourceType, type TypeUrl, typeUrls } from './backends/envoy/proto/type-urls.ts';
export { edgeHeaders, hopByHopHeaders, internalHeaders, joinedHeaders, upgradeHeaders } from './model/proxy-headers.ts';
export {
  type ConnectionRequest,
  joinHeader,
  nominatedTe,
  passedTe,
  readConnection,
} from './model/connection-header.ts';
export { takesAnyOrigin } from './model/cors-origins.ts';
export { isHttpMethod, takesMethod } from './model/http-methods.ts';
export {
  grpcContentType,
  grpcDeadlineExceeded,
  grpcMessageOf,
  grpcStatusOf,
  isGrpcType,
} from './model/grpc-reply.ts';
export { grpcTimeoutMs } from './model/grpc-timeout.ts';
export { authorityProblem, connectUdpProblem, framingProblem } from './model/request-form.ts';
export { normalizePath, splitQuery, targetProblem } from './model/request-path.ts';
export { bytesOf } from './model/bytes.ts';
export { compileRegex, regexProblem } from './model/regex.ts';
export { refererPattern } from './model/referer.ts';
export { retryWords } from './model/retry-words.ts';
