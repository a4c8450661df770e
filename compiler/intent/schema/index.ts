// The JSON Schemas of all kinds, for the check, for `fairlead schema` and for editors.
import { externalServiceSchema, meshWorkloadSchema } from './external.ts';
import type { IntentKind } from './kinds.ts';
import { meshSchema } from './mesh.ts';
import { meshGatewaySchema } from './mesh-gateway.ts';
import { meshServiceSchema } from './mesh-service.ts';
import { meshTestSchema } from './mesh-test.ts';
import type { JsonSchema } from './schema-type.ts';

export type { JsonSchema };

/** Draft 07, by kind. Keywords of ours (`patternErrorMessage`, `exactlyOneOf`, `exclusiveFields` and the like) are ignored by other readers. */
export const intentSchemas: Readonly<Record<IntentKind, JsonSchema>> = {
  Mesh: meshSchema,
  MeshService: meshServiceSchema,
  MeshGateway: meshGatewaySchema,
  ExternalService: externalServiceSchema,
  MeshWorkload: meshWorkloadSchema,
  MeshTest: meshTestSchema,
};
