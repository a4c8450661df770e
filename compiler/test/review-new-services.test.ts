// B3: whom the rules of a service or of a port that was not there let in.
import { denying, gateway, onePort, service, told } from './support/review-cases.ts';

told({
  'B: a new service that lets everybody in': {
    intent: `${denying + service('y', onePort)}# more`,
    edits: [['# more', service('x', onePort, 'access: { allow: [{}] }')]],
    says: [
      /^medium access gained: a\/y, any further workload may newly call x\.a:80, once declared in uses \| not there -> x\.a$/,
      /^low inventory added: service added: a\/x/,
    ],
  },
  'B: or a new port': {
    intent: denying + service('x', onePort, 'access: { allow: [{}] }') + service('y', 'ports: [{ port: 81 }]'),
    edits: [[onePort, 'ports: [{ port: 80 }, { port: 9000, name: http-b }]']],
    says: [/^medium access gained: a\/y, any further workload may newly call x\.a:9000, once/, /port 9000: none -> /],
  },
  'B: a new service that lets somebody in': {
    intent: `${denying + service('y', onePort)}# more`,
    edits: [['# more', service('x', onePort, 'access: { allow: [{ from: [{ service: y }] }] }')]],
    says: [
      /^medium access gained: a\/y may newly call x\.a:80, once declared in uses \|/,
      /^low inventory added: service added: a\/x/,
    ],
  },
  'B: a new service that lets a namespace in': {
    intent: `${denying + service('y', onePort)}# more`,
    edits: [['# more', service('x', onePort, 'access: { allow: [{ from: [{ namespace: b }], methods: [GET] }] }')]],
    says: [
      /^medium access gained: any further workload of namespace b may newly call x\.a:80, once declared in uses \|/,
      /^low inventory added: service added: a\/x/,
    ],
  },
  'B: a new service that lets a gateway in': {
    intent: `${denying + gateway + service('y', onePort)}# more`,
    edits: [['# more', service('x', onePort, 'access: { allow: [{ from: [{ gateway: e/g }] }] }')]],
    says: [
      /^medium access gained: gateway e\/g may newly call x\.a:80, once exposed there \| not there -> x\.a$/,
      /^low inventory added: service added: a\/x/,
    ],
  },
  'B: a new service that lets in its caller': {
    intent: `${denying + service('y', onePort, 'uses: [z]') + service('z', onePort)}# more`,
    edits: [
      ['uses: [z]', 'uses: [z, x]'],
      ['# more', service('x', onePort, 'access: { allow: [{ from: [{ service: y }] }] }')],
    ],
    says: [/^high access gained: a\/y may newly call x\.a:80/, /^low inventory added: service added: a\/x/],
  },
  'B: a new port and a new rule': {
    intent: denying + service('x', onePort, 'access: { allow: [] }') + service('y', 'ports: [{ port: 81 }]'),
    edits: [
      [onePort, 'ports: [{ port: 80 }, { port: 9000, name: http-b }]'],
      ['allow: []', 'allow: [{ from: [{ service: y }] }]'],
    ],
    says: [
      /^medium access gained: a\/y may newly call x\.a:80, once .* denied/,
      /^medium access gained: a\/y may newly call x\.a:9000, once .* not there/,
      /port 9000: none -> /,
    ],
  },
  'B: a caller who goes is not there, whoever is called still is': {
    intent: denying + service('x', onePort, 'access: { allow: [{}] }') + service('y', onePort, 'uses: [x]'),
    edits: [[service('y', onePort, 'uses: [x]'), '']],
    says: [
      /^medium access lost: a\/y may no longer call x\.a:80 \| x\.a -> the caller is not there$/,
      /^low inventory removed: service removed: a\/y/,
    ],
  },
  'B: a caller who comes': {
    intent: `${denying + service('x', onePort, 'access: { allow: [{}] }')}# more`,
    edits: [['# more', service('y', onePort, 'uses: [x]')]],
    says: [
      /^high access gained: a\/y may newly call x\.a:80 \| the caller is not there -> x\.a$/,
      /^low inventory added: service added: a\/y/,
    ],
  },
  'B: a callee who goes': {
    intent: denying + service('x', onePort, 'access: { allow: [{}] }') + service('y', onePort, 'uses: [x]'),
    edits: [
      [service('x', onePort, 'access: { allow: [{}] }'), ''],
      ['uses: [x]', 'uses: []'],
    ],
    says: [/^medium access lost: a\/y .* \| x\.a -> not in uses$/, /^low inventory removed/],
  },
});
