// The five resource types and their names on the wire. TODO(index): take them from compiler/xds.ts.
export { pushOrder, type ResourceType, typeUrls } from '../../../compiler/backends/envoy/proto/type-urls.ts';
import { type ResourceType, typeUrls } from '../../../compiler/backends/envoy/proto/type-urls.ts';

const byUrl = new Map<string, ResourceType>(
  (Object.keys(typeUrls) as ResourceType[]).map((type) => [typeUrls[type], type]),
);

export function resourceTypeOf(typeUrl: string): ResourceType | undefined {
  return byUrl.get(typeUrl);
}
