// Supported parts of messages that several resources hold.
import { anyOf, anything, message } from './shape.ts';

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
