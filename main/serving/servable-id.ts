/** Names one version of one servable. Equal when both fields are equal. Source: TensorFlow Serving, core/servable_id.h. */
export interface ServableId {
  readonly name: string;
  readonly version: number;
}

export const servableKey = (id: ServableId): string => `${id.name}:${id.version}`;
export const sameServable = (a: ServableId, b: ServableId): boolean =>
  a.name === b.name && a.version === b.version;

/** Orders by name, then by version. */
export function compareServableIds(a: ServableId, b: ServableId): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return a.version - b.version;
}

/** The form that TensorFlow Serving prints. */
export const formatServableId = (id: ServableId): string => `{name: ${id.name} version: ${id.version}}`;
