// The five resource types and their names on the wire.
export { pushOrder, type ResourceType, typeUrls } from '../../../compiler/xds.ts';
import { type ResourceType, typeUrls } from '../../../compiler/xds.ts';

const byUrl = new Map<string, ResourceType>(
  (Object.keys(typeUrls) as ResourceType[]).map((type) => [typeUrls[type], type]),
);

export function resourceTypeOf(typeUrl: string): ResourceType | undefined {
  return byUrl.get(typeUrl);
}
