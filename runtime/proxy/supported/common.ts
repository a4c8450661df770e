// Supported parts of messages that several resources hold.
import { anyOf, anything, lazy, message, type Shape } from './shape.ts';

export const regex = message({ regex: anything, googleRe2: message({}) });
export const regexSubstitute = message({ pattern: regex, substitution: anything });
export const stringMatcher = message({
  exact: anything,
  prefix: anything,
  suffix: anything,
  contains: anything,
  safeRegex: regex,
  ignoreCase: anything,
});

export const headerMatcher = message({
  name: anything,
  exactMatch: anything,
  prefixMatch: anything,
  suffixMatch: anything,
  containsMatch: anything,
  safeRegexMatch: regex,
  rangeMatch: message({ start: anything, end: anything }),
  presentMatch: anything,
  stringMatch: stringMatcher,
  invertMatch: anything,
  treatMissingHeaderAsEmpty: anything,
});

export const headerOptions = message({
  header: message({ key: anything, value: anything }),
  append: anything,
  appendAction: anything,
  keepEmptyValue: anything,
});

export const percent = message({ numerator: anything, denominator: anything });
/** Runtime keys only matter with a runtime layer, which the proxy does not have: the default decides. */
export const runtimePercent = message({ defaultValue: percent, runtimeKey: anything });
export const inlineData = message({ inlineString: anything, inlineBytes: anything });
export const adsSource = message({ ads: message({}), resourceApiVersion: ['V3'], initialFetchTimeout: anything });
export const socketAddress = message({
  socketAddress: message({ address: anything, portValue: anything, protocol: ['TCP'] }),
});
export const cidr = message({ addressPrefix: anything, prefixLen: anything });

const logFormat = message({
  jsonFormat: anything,
  textFormat: anything,
  textFormatSource: inlineData,
  omitEmptyValues: anything,
});
export const accessLog = message({
  name: anything,
  typedConfig: anyOf({
    'envoy.extensions.access_loggers.stream.v3.StdoutAccessLog': message({ logFormat }),
    'envoy.extensions.access_loggers.file.v3.FileAccessLog': message({ path: ['/dev/stdout'], logFormat }),
  }),
});

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

const fault = message({
  delay: message({ fixedDelay: anything, percentage: percent }),
  abort: message({ httpStatus: anything, percentage: percent, responseBody: anything }),
  headers: headerMatcher,
});

const cors = message({
  allowOriginStringMatch: stringMatcher,
  allowMethods: anything,
  allowHeaders: anything,
  exposeHeaders: anything,
  maxAge: anything,
  allowCredentials: anything,
  allowPrivateNetworkAccess: anything,
  forwardNotMatchingPreflights: anything,
  filterEnabled: runtimePercent,
});

const httpRbac = message({ rules: rbacRules, rulesStatPrefix: anything });

/** HTTP filters by the type of their configuration. */
export const httpFilters = {
  'envoy.extensions.filters.http.cors.v3.Cors': message({}),
  'envoy.extensions.filters.http.fault.v3.HTTPFault': fault,
  'envoy.extensions.filters.http.rbac.v3.RBAC': httpRbac,
  'envoy.extensions.filters.http.router.v3.Router': message({ suppressEnvoyHeaders: anything, dynamicStats: anything }),
} satisfies Record<string, Shape>;

const perRoute = {
  'envoy.extensions.filters.http.cors.v3.CorsPolicy': cors,
  'envoy.extensions.filters.http.fault.v3.HTTPFault': fault,
  'envoy.extensions.filters.http.rbac.v3.RBACPerRoute': message({ rbac: httpRbac }),
} satisfies Record<string, Shape>;

export const overrides: Shape = {
  mapOf: anyOf({
    ...perRoute,
    'envoy.config.route.v3.FilterConfig': message({ config: anyOf(perRoute), disabled: anything }),
  }),
};
