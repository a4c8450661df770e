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

function propertiesOf(schema: Schema | undefined): Readonly<Record<string, unknown>> {
  return (schema?.properties as Readonly<Record<string, unknown>> | undefined) ?? {};
}
