// Inline data of a resource. Files and environment variables are not read: everything comes over xDS.
import { Rejection } from '../rejection.ts';
import type { DataSourceJson } from '../types.ts';

export function dataSourceBytes(source: DataSourceJson | undefined): Buffer {
  if (source?.inlineString !== undefined) return Buffer.from(source.inlineString);
  if (source?.inlineBytes !== undefined) return Buffer.from(source.inlineBytes, 'base64');
  if (source === undefined) return Buffer.alloc(0);
  throw new Rejection('FL0820', 'the embedded proxy only takes inline data, not files or environment variables');
}

export function dataSourceText(source: DataSourceJson | undefined): string {
  return dataSourceBytes(source).toString();
}
