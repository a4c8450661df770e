// What Istio's webhook demands of an AuthorizationPolicy beyond its schema.
import { BlockList, isIP } from 'node:net';
import type { View } from './view.ts';

const sourceFields = [
  'principals',
  'requestPrincipals',
  'namespaces',
  'ipBlocks',
  'remoteIpBlocks',
  'serviceAccounts',
  'trustDomains',
];
const operationFields = ['hosts', 'ports', 'methods', 'paths'];
const ipFields = /^(not)?(remote)?ipBlocks$/i;
/** Conditions of https://istio.io/latest/docs/reference/config/security/conditions/ */
const conditionKey =
  /^(request\.headers\[.+\]|request\.auth\.(principal|audiences|presenter|claims\[.+\])|source\.(ip|namespace|principal|serviceAccount|trustDomain)|remote\.ip|destination\.(ip|port)|connection\.sni|experimental\.envoy\.filters\..+)$/;

export function checkAuthorizationPolicy(spec: View): void {
  const { text: action } = spec.at('action');
  if (action === 'CUSTOM' && spec.at('provider').at('name').text === '') spec.fault('action CUSTOM needs a provider');
  if (action !== 'CUSTOM' && spec.at('provider').isSet) spec.at('provider').fault('only action CUSTOM has a provider');
  if ((action === 'DENY' || action === 'CUSTOM') && !spec.at('rules').isSet) {
    spec.fault(`${action} without rules never applies: use one empty rule for all requests`);
  }
  for (const rule of spec.at('rules').items()) checkRule(rule, action === 'CUSTOM');
}

function checkRule(rule: View, isCustom: boolean): void {
  for (const from of rule.at('from').items()) {
    const source = from.at('source');
    checkMembers(source, sourceFields, 'source');
    if (isCustom) {
      for (const field of source.set(
        ...withNot(['principals', 'requestPrincipals', 'namespaces', 'serviceAccounts', 'trustDomains']),
      )) {
        source.at(field).fault(`action CUSTOM cannot match ${field}`);
      }
    }
  }
  for (const to of rule.at('to').items()) checkMembers(to.at('operation'), operationFields, 'operation');
  for (const condition of rule.at('when').items()) checkCondition(condition);
}

function withNot(fields: readonly string[]): readonly string[] {
  return fields.flatMap((field) => [field, `not${field.charAt(0).toUpperCase()}${field.slice(1)}`]);
}

function checkMembers(object: View, fields: readonly string[], name: string): void {
  const present = object.set(...withNot(fields));
  if (present.length === 0) object.fault(`${name} must say something`);
  for (const field of present) {
    for (const value of object.at(field).items()) {
      if (value.text === '') value.fault(`${field} cannot hold an empty value`);
      else if (ipFields.test(field)) checkIpBlock(value);
      else if (/ports$/i.test(field) && !isPort(value.text)) value.fault(`${JSON.stringify(value.text)} is no port`);
      else if (/paths$/i.test(field)) checkPath(value);
    }
  }
}

function checkCondition(condition: View): void {
  const { text: key } = condition.at('key');
  if (!conditionKey.test(key)) condition.at('key').fault(`${JSON.stringify(key)} is no condition`);
  if (condition.set('values', 'notValues').length === 0) condition.fault('values or notValues must be set');
  for (const field of ['values', 'notValues']) {
    for (const value of condition.at(field).items()) {
      if (/(^|\.)ip$/.test(key)) checkIpBlock(value);
      else if (key === 'destination.port' && !isPort(value.text))
        value.fault(`${JSON.stringify(value.text)} is no port`);
    }
  }
}

function checkIpBlock(value: View): void {
  const [address = '', bits] = value.text.split('/');
  const family = isIP(address);
  const isBlock = bits === undefined || (/^\d+$/.test(bits) && isPrefix(address, Number(bits), family));
  if (family === 0 || !isBlock) value.fault(`${JSON.stringify(value.text)} is no IP address or block`);
}

function isPrefix(address: string, bits: number, family: number): boolean {
  try {
    new BlockList().addSubnet(address, bits, family === 6 ? 'ipv6' : 'ipv4');
    return true;
  } catch {
    return false;
  }
}

function isPort(text: string): boolean {
  return /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;
}

/** `{*}` is one segment and `{**}` any number, which only the last may be; templates and stars do not mix. */
function checkPath(path: View): void {
  const segments = path.text.split('/');
  const templates = segments.filter((segment) => segment === '{*}' || segment === '{**}');
  if (templates.length === 0 && !/\{\*\*?\}/.test(path.text)) return;
  const isLastOnly = !templates.slice(0, -1).includes('{**}');
  const rest = segments.filter((segment) => segment !== '{*}' && segment !== '{**}');
  if (!isLastOnly || rest.some((segment) => /[{}*]/.test(segment))) {
    path.fault(`${JSON.stringify(path.text)} is no path template`);
  }
}
