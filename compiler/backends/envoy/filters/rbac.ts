// Access control on the callee's side: one filter that denies, then one that allows.
import { any } from '../any.ts';
import { allowRules, denyRules } from '../rbac-rules.ts';
import type { HttpFilterBuilder } from './http-filter.ts';

const name = 'envoy.filters.http.rbac';

export const denyFilter: HttpFilterBuilder = {
  name,
  configure: ({ access }) => {
    const rules = access && denyRules(access, 'http');
    return rules && any('envoy.extensions.filters.http.rbac.v3.RBAC', { rules });
  },
};

export const allowFilter: HttpFilterBuilder = {
  name,
  configure: ({ access }) => {
    const rules = access && allowRules(access, 'http');
    return rules && any('envoy.extensions.filters.http.rbac.v3.RBAC', { rules });
  },
};
