// The HTTP filters there are, apart from the router, which ends every chain. Reading this list tells what runs.
import { cors } from './cors.ts';
import { fault } from './fault.ts';
import type { HttpFilterType } from './filter.ts';
import { httpRbac } from './rbac.ts';
import { setFilterState } from './set-filter-state.ts';

export { router } from './router.ts';

export const httpFilterTypes: readonly HttpFilterType[] = [cors, fault, httpRbac, setFilterState];
