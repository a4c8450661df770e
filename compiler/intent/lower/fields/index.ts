// The fields on which there are conditions, in the order in which a clause lists what is asked of them.
import { type ConditionKind, total } from '../../../model/index.ts';
import { header } from './header.ts';
import { method } from './method.ts';
import { namespace } from './namespace.ts';
import { path } from './path.ts';
import { port } from './port.ts';
import { query } from './query.ts';
import { principal } from './principal.ts';

/** In an alternative of a route. */
export const matchFields = total<ConditionKind>()([path, method, header, query, port, principal, namespace]);

/** In an access rule. */
export const ruleFields = total<ConditionKind>()([method, path, header, query, port, principal, namespace]);
