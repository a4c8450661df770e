// What browsers send as the origin of a page: a scheme, a host in lower case, and a port where it is not the usual one.
// https://fetch.spec.whatwg.org/#origin-header
import { regexLanguage } from '../automata/regex-language.ts';

const usualPorts = regexLanguage('http://.*:80|https://.*:443');

export const originValues = regexLanguage(
  "null|[a-z][a-z0-9+.-]*://([a-z0-9._~%!$&'()*+,;=-]+|\\[[0-9a-f:.]+\\])(:[0-9]{1,5})?",
).and(usualPorts.not());

/** Those of websites under names that people give. */
export const websites = regexLanguage('https?://[a-z0-9]+([.-][a-z0-9]+)*(:[1-9][0-9]{0,4})?').and(usualPorts.not());
