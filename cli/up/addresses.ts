// Where to send requests, as a table for people. Pure.
import { dirname, join } from 'node:path';
import { styleText } from 'node:util';
import type { UpStatus } from './up-client.ts';

type Row = readonly [name: string, address: string, note: string];

export function renderAddresses(status: UpStatus, { color = false }: { readonly color?: boolean } = {}): string {
  const { gateways, instances, external, externalInPlain } = status.addresses;
  const noteOf = (name: string) => (externalInPlain.includes(name) ? 'in plain text: TLS is left out here' : '');
  const sections: readonly (readonly [string, readonly Row[]])[] = [
    ['Gateways', Object.entries(gateways).flatMap(([gateway, listeners]) => gatewayRows(gateway, listeners))],
    ['Sidecars (what HTTP_PROXY is to the application)', instances.flatMap(sidecarRows)],
    [
      'Outside the mesh, played here',
      Object.entries(external).map(([name, address]) => [name, address, noteOf(name)] as const),
    ],
    [
      'Webhook, and files',
      [
        ['webhook', status.webhook.url, `CA ${status.webhook.caFile}`],
        ['mesh CA', status.meshCaFile, ''],
        ['logs', join(dirname(status.meshCaFile), 'logs'), ''],
      ],
    ],
  ];
  const bold = (text: string) => (color ? styleText('bold', text, { validateStream: false }) : text);
  return sections
    .filter(([, rows]) => rows.length > 0)
    .map(([title, rows]) => `${bold(title)}\n${renderRows(rows)}`)
    .join('\n');
}

function renderRows(rows: readonly Row[]): string {
  const widthOf = (column: 0 | 1) =>
    Math.max(...rows.map((row) => (row[2] === '' && column === 1 ? 0 : row[column].length)));
  const [names, addresses] = [widthOf(0), widthOf(1)];
  return rows
    .map(([name, address, note]) => `  ${name.padEnd(names)}  ${address.padEnd(addresses)}  ${note}`.trimEnd())
    .map((line) => `${line}\n`)
    .join('');
}

/** Listeners of one port share its address. */
function gatewayRows(gateway: string, listeners: Readonly<Record<string, string>>): Row[] {
  const byAddress = Map.groupBy(Object.entries(listeners), ([, address]) => address);
  return [...byAddress].map(([address, names]) => [gateway, address, names.map(([name]) => name).join(', ')]);
}

function sidecarRows({ key, outboundHttp, outboundTcp }: UpStatus['addresses']['instances'][number]): Row[] {
  const http: Row[] = outboundHttp === undefined ? [] : [[key, `http://${outboundHttp}`, '']];
  return [...http, ...Object.entries(outboundTcp).map(([to, address]) => ['', address, `is tcp://${to}`] as const)];
}
