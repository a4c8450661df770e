// fast-check with failures short enough to read: the cause and how to repeat it, not pages of counterexample.
import fc from 'fast-check';

export function check<Ts>(property: fc.IRawProperty<Ts>, parameters: fc.Parameters<Ts> = {}): void {
  const { failed, seed, counterexamplePath, errorInstance, counterexample } = fc.check(
    property,
    parameters,
  ) as fc.RunDetails<Ts>;
  if (!failed) return;
  const cause =
    errorInstance instanceof Error ? (errorInstance.stack ?? errorInstance.message) : JSON.stringify(counterexample);
  throw new Error(`${cause.slice(0, 3000)}\nrepeat with { seed: ${seed}, path: '${counterexamplePath}' }`);
}
