// What of RBAC rules the engine beside understands, for HTTP and for TCP.
import { cidr, headerMatcher, stringMatcher } from '../supported/common.ts';
import { anything, lazy, message, type Shape } from '../supported/shape.ts';

const permission: Shape = lazy(() => permissionShape);
const permissionShape = message({
  andRules: message({ rules: permission }),
  orRules: message({ rules: permission }),
  notRule: permission,
  any: anything,
  header: headerMatcher,
  urlPath: message({ path: stringMatcher }),
  destinationIp: cidr,
  destinationPort: anything,
  destinationPortRange: message({ start: anything, end: anything }),
  requestedServerName: stringMatcher,
});

const principal: Shape = lazy(() => principalShape);
const principalShape = message({
  andIds: message({ ids: principal }),
  orIds: message({ ids: principal }),
  notId: principal,
  any: anything,
  authenticated: message({ principalName: stringMatcher }),
  sourceIp: cidr,
  directRemoteIp: cidr,
  header: headerMatcher,
  urlPath: message({ path: stringMatcher }),
});

export const rbacRules = message({
  action: ['ALLOW', 'DENY'],
  policies: { mapOf: message({ permissions: permission, principals: principal }) },
});
