// Routes of the differential test with faults and CORS, and what acts on the same answers.
import { any, forward } from './resources.ts';

const always = { numerator: 100 };
const cors = (fields: object) => ({
  typedPerFilterConfig: { 'envoy.filters.http.cors': any('envoy.extensions.filters.http.cors.v3.CorsPolicy', fields) },
});
const fault = (fields: object) => ({
  typedPerFilterConfig: { 'envoy.filters.http.fault': any('envoy.extensions.filters.http.fault.v3.HTTPFault', fields) },
});

export const filterRoutes = [
  forward('a', {}, { prefix: '/fault/abort' }, fault({ abort: { httpStatus: 418, percentage: always } })),
  ...[204, 205, 304].map((httpStatus) =>
    forward('a', {}, { prefix: `/fault/${httpStatus}` }, fault({ abort: { httpStatus, percentage: always } })),
  ),
  forward('a', {}, { prefix: '/fault/delay' }, fault({ delay: { fixedDelay: '0.1s', percentage: always } })),
  forward(
    'a',
    {},
    { prefix: '/fault/both' },
    fault({ delay: { fixedDelay: '0.1s', percentage: always }, abort: { httpStatus: 503, percentage: always } }),
  ),
  forward('a', {}, { prefix: '/fault/none' }, fault({ abort: { httpStatus: 503, percentage: { numerator: 0 } } })),
  forward(
    'a',
    {},
    { prefix: '/fault/header' },
    fault({ headers: [{ name: 'x-fault', presentMatch: true }], abort: { httpStatus: 500, percentage: always } }),
  ),
  forward(
    'a',
    {},
    { prefix: '/cors/full' },
    cors({
      allowOriginStringMatch: [{ exact: 'https://good.example' }, { suffix: '.fine.example' }],
      allowMethods: 'GET,PUT',
      allowHeaders: 'x-one,x-two',
      exposeHeaders: 'x-seen',
      maxAge: '600',
      allowCredentials: true,
    }),
  ),
  forward(
    'a',
    {},
    { prefix: '/cors/closed' },
    cors({ allowOriginStringMatch: [{ exact: 'https://good.example' }], forwardNotMatchingPreflights: false }),
  ),
  forward(
    'a',
    {},
    { prefix: '/cors/edited' },
    {
      ...cors({ allowOriginStringMatch: [{ safeRegex: { regex: 'https://.*' } }] }),
      requestHeadersToRemove: ['origin'],
    },
  ),
  forward(
    'a',
    {},
    { prefix: '/cors/set' },
    {
      ...cors({
        allowOriginStringMatch: [{ safeRegex: { regex: 'https://.*' } }],
        allowCredentials: true,
        exposeHeaders: 'x-seen',
        maxAge: '5',
      }),
      responseHeadersToAdd: [
        'access-control-allow-origin',
        'access-control-allow-credentials',
        'access-control-max-age',
        'vary',
      ].map((key) => ({ header: { key, value: '*' }, appendAction: 'OVERWRITE_IF_EXISTS_OR_ADD' })),
      responseHeadersToRemove: ['access-control-expose-headers'],
    },
  ),
  forward(
    'a',
    {},
    { prefix: '/cors/add' },
    {
      ...cors({ allowOriginStringMatch: [{ safeRegex: { regex: 'https://.*' } }] }),
      responseHeadersToAdd: [{ header: { key: 'access-control-allow-origin', value: '*' } }],
    },
  ),
  // Each matches the text `*`, so that the filter lets in every origin.
  ...[{ safeRegex: { regex: '.{1,10}' } }, { exact: '*' }, { prefix: '*' }, { suffix: '*' }].map((match, i) =>
    forward('a', {}, { prefix: `/cors/star-${i}` }, cors({ allowOriginStringMatch: [match], allowCredentials: true })),
  ),
  forward('a', {}, { prefix: '/cors/min' }, cors({ allowOriginStringMatch: [{ safeRegex: { regex: 'https://.*' } }] })),
];
