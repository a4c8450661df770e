// The small forms that recur in all kinds: names, hosts, durations, labels. Each says in words what it expects.
import { anyText, integer, mapOf, text } from './shapes.ts';

const dnsLabelPattern = '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$';

export const dnsLabel = text(dnsLabelPattern, 'lower-case letters, digits and dashes, at most 63, such as `shoes`');

export const reference = text(
  '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(/[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)?$',
  'a `name` in the same namespace, or `namespace/name`',
);

const label = '[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?';
/** Nothing but digits is an address, or a slip for one: neither DNS nor Istio has such a top level. */
const topLabel = `(?![0-9]+$)${label}`;
export const exactHost = text(
  `^(${label}\\.)*${label}$`,
  'a lower-case host name without a port, such as `shop.example.com`',
  {
    maxLength: 253,
  },
);
export const host = text(
  `^(\\*|(\\*\\.)?(${label}\\.)*${topLabel})$`,
  'a lower-case host name without a port, such as `shop.example.com`, `*.example.com` or `*`',
  { maxLength: 253 },
);

/** Envoy takes no more than some centuries, and timers elsewhere no more than 24 days. */
export const duration = text(
  '^[0-9]{1,7}(ms|s|m|h)$',
  'a whole number with its unit, such as `250ms`, `3s`, `5m` or `24h`',
  { maxDuration: '500h' },
);

export const percent = text('^[0-9]{1,3}(\\.[0-9]{1,4})?%$', 'a percentage such as `10%` or `0.5%`');

export const absolutePath = text(
  '^/[^\\s]*$',
  'a path that starts with a slash and has no spaces, such as `/api` or `/api/*`',
  { maxLength: 1024 },
);

export const regex = anyText({ minLength: 1, maxLength: 1024, description: 'RE2; matches the whole value.' });

export const httpMethod = text('^[A-Z]+(-[A-Z]+)*$', 'a method in upper case, such as `GET`');

const headerNamePattern = "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$";
/** Envoy takes 16,384 bytes of a name or value; a letter may be three of them. */
export const headerName = text(headerNamePattern, 'a header name such as `x-user`', { maxLength: 256 });

export const headerValue = text('^[^\\u0000-\\u0008\\u000a-\\u001f\\u007f]*$', 'a text of one line', {
  maxLength: 5000,
});

export const portNumber = integer({ minimum: 1, maximum: 65535 });

export const labels = mapOf(
  text(
    '^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$',
    'a Kubernetes label value: letters, digits, dashes, dots, at most 63',
  ),
  text(
    '^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$',
    'a Kubernetes label key such as `app` or `example.com/team`',
  ),
);
