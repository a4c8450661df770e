// Access control on the callee's side: one filter for each action of policies, in the order in which they decide.
import { any } from '../any.ts';
import { accessRows, rbacRules } from '../rbac-rules.ts';
import type { HttpFilterBuilder } from './http-filter.ts';

export const accessFilters: readonly HttpFilterBuilder[] = accessRows.map((row) => ({
  name: 'envoy.filters.http.rbac',
  configure: ({ access }) => {
    const rules = access && rbacRules(row, access, 'http');
    return rules && any('envoy.extensions.filters.http.rbac.v3.RBAC', { rules });
  },
}));
