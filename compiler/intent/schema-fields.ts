// Looking up fields in a schema object: for hints, and to tell what a slip was meant to be.

type Schema = Readonly<Record<string, unknown>>;

export function fieldsOf(schema: Schema): readonly string[] {
  return Object.keys(propertiesOf(schema));
}

/** The field of `schema` under which `field` would be right, if it is just one level off. */
export function ownerOf(field: string, schema: Schema): string | undefined {
  const owners = Object.entries(propertiesOf(schema)).filter(([, inner]) => {
    const items = (inner as Schema).items;
    return Object.hasOwn(propertiesOf(inner as Schema), field) || Object.hasOwn(propertiesOf(items as Schema), field);
  });
  return owners.length === 1 ? owners[0]?.[0] : undefined;
}

/** Words of Istio and Kubernetes for what has another word here. */
const words: Readonly<Record<string, string>> = {
  uri: 'path',
  subset: 'version',
  subsets: 'versions',
  http: 'routes',
  route: 'to',
  destination: 'to',
  retry: 'retries',
  retryOn: 'on',
  percentage: 'on',
  percent: 'on',
  fixedDelay: 'for',
  trafficPolicy: 'resilience',
  loadBalancer: 'balance',
  servers: 'listeners',
  endpoints: 'addresses',
  resolution: 'resolve',
  egress: 'uses',
  principals: 'from',
};

export function fieldOfIstio(field: string, known: readonly string[]): string | undefined {
  const word = Object.hasOwn(words, field) ? words[field] : undefined;
  return word !== undefined && known.includes(word) ? word : undefined;
}

function propertiesOf(schema: Schema | undefined): Readonly<Record<string, unknown>> {
  return (schema?.properties as Readonly<Record<string, unknown>> | undefined) ?? {};
}
