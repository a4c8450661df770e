// Which values of `referer` a proxy lets pass. Held to real Envoy by runtime/test/referer.test.ts.

const port = '0*(?:\\d{1,4}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d{2}|655[0-2]\\d|6553[0-5])';
const host = '(?:[A-Za-z0-9.\\-]+|\\[[0-9A-Fa-f:.]+\\])';
/** Without a user, and a fragment that is empty at most. */
const absolute = `[A-Za-z][A-Za-z0-9+.\\-]*://${host}(?::${port})?(?:[/?][!-"$-~]*#?)?`;
const inSegment = "!$%&'()*+,\\-.0-9;=?@A-Z_a-z~";
const relative = `[${inSegment}]*(?:/[${inSegment}:/]*)?`;

/** Envoy drops any other: one with a user or a fragment, `about:blank`, or a host with `_`. */
export const refererPattern = `${absolute}|${relative}`;
