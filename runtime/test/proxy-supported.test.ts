// What each HTTP filter declares beside itself decides what is refused by name, in the listener and on routes.
import t from 'tap';
import { httpFilterTypes, router } from '../proxy/filters/index.ts';
import { requireSupported } from '../proxy/supported/index.ts';
import { any, connectionManager, listener } from './support/resources.ts';

const prefix = 'envoy.extensions.filters.http';
const wrapper = 'envoy.config.route.v3.FilterConfig';

const inListener = (type: string, config: object) =>
  listener('x', 0, [connectionManager('main', { httpFilters: [{ name: 'f', typedConfig: any(type, config) }] })]);
const onHost = (config: object) => ({ name: 'x', virtualHosts: [{ name: 'h', typedPerFilterConfig: { f: config } }] });

t.test('a field of a filter that it does not declare is refused', async (t) => {
  const cases: readonly [type: string, fine: object, wrong: object, named: string][] = [
    [`${prefix}.cors.v3.Cors`, {}, { x: 1 }, 'x'],
    [`${prefix}.fault.v3.HTTPFault`, { abort: { httpStatus: 500 } }, { maxActiveFaults: 1 }, 'maxActiveFaults'],
    [`${prefix}.rbac.v3.RBAC`, { rules: { action: 'DENY' } }, { rules: { action: 'LOG' } }, 'rules.action "LOG"'],
    [
      `${prefix}.set_filter_state.v3.Config`,
      { onRequestHeaders: [{ objectKey: 'a', factoryKey: 'envoy.string' }] },
      { onRequestHeaders: [{ objectKey: 'a', factoryKey: 'envoy.hashable_string' }] },
      'onRequestHeaders\\[0\\].factoryKey "envoy.hashable_string"',
    ],
    [`${prefix}.router.v3.Router`, { suppressEnvoyHeaders: true }, { startChildSpan: true }, 'startChildSpan'],
  ];
  t.strictSame(
    cases.map(([type]) => type),
    [...httpFilterTypes, router].map((type) => type.configType),
    'every filter is asked',
  );
  for (const [type, fine, wrong, named] of cases) {
    requireSupported('listener', 'x', inListener(type, fine));
    t.throws(() => requireSupported('listener', 'x', inListener(type, wrong)), {
      message: new RegExp(`does not support .*httpFilters\\[0\\]\\.typedConfig\\.${named} of listener "x"`),
    });
  }
});

t.test('the same for what a route says, bare or wrapped', async (t) => {
  const cases: readonly [type: string, fine: object, wrong: object, named: string][] = [
    [`${prefix}.cors.v3.CorsPolicy`, { allowMethods: 'GET' }, { shadowEnabled: {} }, 'shadowEnabled'],
    [
      `${prefix}.fault.v3.HTTPFault`,
      { delay: { fixedDelay: '1s' } },
      { delay: { headerDelay: {} } },
      'delay.headerDelay',
    ],
    [`${prefix}.rbac.v3.RBACPerRoute`, { rbac: {} }, { rbac: { shadowRules: {} } }, 'rbac.shadowRules'],
  ];
  t.strictSame(
    cases.map(([type]) => type),
    httpFilterTypes.flatMap(({ perRoute }) => perRoute?.configType ?? []),
    'every filter is asked',
  );
  for (const [type, fine, wrong, named] of cases) {
    requireSupported('route', 'x', onHost(any(type, fine)));
    requireSupported('route', 'x', onHost(any(wrapper, { config: any(type, fine), disabled: true })));
    const refused = (config: object, place: string) =>
      t.throws(() => requireSupported('route', 'x', onHost(config)), {
        message: new RegExp(`typedPerFilterConfig\\["f"\\]${place}\\.${named} of route configuration "x"`),
      });
    refused(any(type, wrong), '');
    refused(any(wrapper, { config: any(type, wrong) }), '\\.config');
  }
  t.throws(() => requireSupported('route', 'x', onHost(any(`${prefix}.cors.v3.Cors`))), {
    message: /does not support envoy\.extensions\.filters\.http\.cors\.v3\.Cors in/,
  });
});
