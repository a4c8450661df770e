// Public surface of the protobuf side: for whoever must turn xDS resources into bytes and back.
export { decodeResource, encodeResource, envoyMessage, envoyRegistry } from './backends/envoy/proto/registry.ts';
export { pushOrder, type ResourceType, type TypeUrl, typeUrls } from './backends/envoy/proto/type-urls.ts';
