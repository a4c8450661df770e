// Every default as one YAML document: what `fairlead check --show-defaults` prints and docs/defaults.md holds.
import { stringify } from 'yaml';
import { meshDefaults, serviceDefaults } from './defaults.ts';

export function renderDefaults(): string {
  return stringify({ mesh: meshDefaults, service: serviceDefaults }, { lineWidth: 0, aliasDuplicateObjects: false });
}
