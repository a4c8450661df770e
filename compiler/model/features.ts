// Looking into lists of features. What all members mean is the business of tables; this is for readers of one kind.

/** The first of a kind. */
export function featureOf<F extends { readonly kind: string }, K extends F['kind']>(
  { features }: { readonly features: readonly F[] },
  kind: K,
): Extract<F, { readonly kind: K }> | undefined {
  return features.find((feature): feature is Extract<F, { readonly kind: K }> => feature.kind === kind);
}

/** All of a kind, in order. */
export function featuresOf<F extends { readonly kind: string }, K extends F['kind']>(
  { features }: { readonly features: readonly F[] },
  kind: K,
): readonly Extract<F, { readonly kind: K }>[] {
  return features.filter((feature): feature is Extract<F, { readonly kind: K }> => feature.kind === kind);
}
