/** A device and a kind of quantity on it. `instance` is set when bound to one of several. Source: TensorFlow Serving, resources.proto. */
export interface Resource {
  readonly device: string;
  readonly instance?: number;
  readonly kind: string;
}

export interface ResourceQuantity {
  readonly resource: Resource;
  readonly quantity: number;
}

export type ResourceAllocation = readonly ResourceQuantity[];

export const mainMemory = (bytes: number): ResourceAllocation => [
  { resource: { device: 'main', kind: 'ram_in_bytes' }, quantity: bytes },
];
