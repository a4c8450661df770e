// Schema of MeshTest.
import { envelope } from './envelope.ts';
import { absolutePath, dnsLabel, duration, headerName, headerValue, percent, reference } from './forms.ts';
import { anyText, closed, enumeration, integer, list, mapOf, onlyTrue, textOrList } from './shapes.ts';

const expectation = closed(
  {
    allowed: onlyTrue({
      enumErrorMessage: 'write `denied: any` for the opposite',
      description: 'The request reaches a service.',
    }),
    denied: enumeration(['access', 'egress', 'mtls', 'route', 'request', 'any'], {
      description: 'What stops the request.',
    }),
    service: { ...reference, description: 'The service that answers.' },
    versions: {
      ...mapOf(percent, dnsLabel),
      minProperties: 1,
      description: 'Share of each version; one not listed gets nothing.',
    },
    redirect: closed(
      {
        location: anyText({ description: 'Whole, or without scheme and host.' }),
        status: integer({ description: 'Such as 301.' }),
      },
      [],
      { minProperties: 1, description: 'The answer is a redirect.' },
    ),
    status: integer({
      minimum: 100,
      maximum: 599,
      description: 'What the caller gets; 200 stands for whatever the service answers.',
    }),
    timeout: { ...duration, description: 'That of the route; 0s for none.' },
    path: { ...absolutePath, description: 'What the service receives, after rewriting.' },
  },
  [],
  { description: 'Only what is said is compared.' },
);

export const meshTestSchema = envelope(
  'MeshTest',
  'What must hold of requests; proved without running anything.',
  closed(
    {
      cases: list(
        closed(
          {
            from: { ...reference, description: 'A service, workload or gateway, or `outside`.' },
            request: anyText({
              maxLength: 2048,
              description: '`GET http://shoes/stock`, or `tcp://postgres:5432`.',
            }),
            headers: {
              ...mapOf(textOrList(headerValue), headerName),
              description: 'Several values are headers of one name, each in a line of its own.',
            },
            expect: expectation,
          },
          ['from', 'request', 'expect'],
        ),
        { minItems: 1, description: 'Requests, and what becomes of each.' },
      ),
    },
    ['cases'],
  ),
);
