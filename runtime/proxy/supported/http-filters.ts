// Supported HTTP filters, and what a route may say about them: as each filter declares it beside itself.
import { overrideWrapper } from '../filters/filter-override.ts';
import { httpFilterTypes, router } from '../filters/index.ts';
import { anyOf, anything, message, type Shape } from './shape.ts';

/** By the type of their configuration. */
export const httpFilters: Readonly<Record<string, Shape>> = Object.fromEntries(
  [...httpFilterTypes, router].map(({ configType, supports }) => [configType, supports]),
);

const perRoute: Readonly<Record<string, Shape>> = Object.fromEntries(
  httpFilterTypes.flatMap((type) => (type.perRoute ? [[type.perRoute.configType, type.perRoute.supports]] : [])),
);

/** Of typed_per_filter_config, bare or wrapped. */
export const overrides: Shape = {
  mapOf: anyOf({
    ...perRoute,
    [overrideWrapper]: message({ config: anyOf(perRoute), disabled: anything }),
  }),
};
