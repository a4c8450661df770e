// Fairlead's own kinds: their schema, and what they would do to the mesh they become part of.
import type { Check } from '../admission/decide.ts';

export const meshConsequences: Check = {
  name: 'mesh',
  check({ group, kind, namespace, name, object, operation }, { mesh }) {
    if (group !== 'fairlead.dev' || !mesh) return { findings: [] };
    const candidate = { kind, namespace, name };
    return { findings: mesh.consequences(operation === 'DELETE' || !object ? candidate : { ...candidate, object }) };
  },
};
