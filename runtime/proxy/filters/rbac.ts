// envoy.filters.http.rbac: the verdict of the engine as an answer.
import { anything, message } from '../supported/shape.ts';
import { type HttpRbacJson, type RBACPerRouteJson, unpack } from '../types.ts';
import type { FilterStep, FilterStream, HttpFilterType } from './filter.ts';
import { compileRbac, type RbacEngine } from './rbac-engine.ts';
import { rbacRules } from './rbac-shape.ts';

function check(engine: RbacEngine, stream: FilterStream): FilterStep {
  const verdict = engine({ connection: stream.info.connection, head: stream.head });
  if (verdict.isAllowed) return 'continue';
  stream.reply({ status: 403, body: 'RBAC: access denied', details: deniedDetails(verdict.policy) });
  return 'stop';
}

/** The name of the deciding policy; `none` where no ALLOW policy matched. Envoy replaces white space. */
export function deniedDetails(policy: string | undefined): string {
  return `rbac_access_denied_matched_policy[${(policy ?? 'none').replace(/\s/g, '_')}]`;
}

const allowAll: RbacEngine = () => ({ isAllowed: true, policy: undefined });

const supports = message({ rules: rbacRules, rulesStatPrefix: anything });

export const httpRbac: HttpFilterType = {
  configType: 'envoy.extensions.filters.http.rbac.v3.RBAC',
  supports,
  perRoute: {
    configType: 'envoy.extensions.filters.http.rbac.v3.RBACPerRoute',
    supports: message({ rbac: supports }),
    compile: (config) => compileRbac(unpack<RBACPerRouteJson>(config).rbac?.rules) ?? allowAll,
  },
  compile(name, config) {
    const own = compileRbac(unpack<HttpRbacJson>(config).rules) ?? allowAll;
    return {
      name,
      onRequest: (stream, override) => check((override?.config as RbacEngine | undefined) ?? own, stream),
    };
  },
};
