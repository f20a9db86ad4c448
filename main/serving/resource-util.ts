import { AppError } from '../../app/base/errors';
import type { Resource, ResourceAllocation, ResourceQuantity } from './resources';

/** How many instances each device has: `{ main: 1, gpu: 2 }`. */
export type DeviceCounts = Readonly<Record<string, number>>;

/** Devices of a desktop machine until its graphics cards are known. */
export const mainOnly: DeviceCounts = { main: 1 };

const resourceKey = ({ device, instance, kind }: Resource): string => `${device}/${instance ?? '*'}/${kind}`;

/** Sums as `[key, quantity]`: bound and unbound quantities of one device are different keys. */
type Sums = Map<string, { readonly resource: Resource; quantity: number }>;

function sumUp(...allocations: readonly ResourceAllocation[]): Sums {
  const sums: Sums = new Map();
  for (const { resource, quantity } of allocations.flat()) {
    const key = resourceKey(resource);
    const sum = sums.get(key);
    if (sum) sum.quantity += quantity;
    else sums.set(key, { resource, quantity });
  }
  return sums;
}

const toAllocation = (sums: Sums): ResourceAllocation =>
  [...sums.values()].map(({ resource, quantity }) => ({ resource, quantity }));

/** Arithmetic on resource allocations over known devices. Pure. Source: TensorFlow Serving, resources/resource_util.h. */
export class ResourceUtil {
  readonly #devices: DeviceCounts;

  constructor(devices: DeviceCounts) {
    this.#devices = devices;
  }

  /** Throws INVALID_ARGUMENT for an unknown device, an instance it lacks, a quantity below zero, or the same resource twice. */
  verifyValidity(allocation: ResourceAllocation): void {
    const seen = new Set<string>();
    for (const { resource, quantity } of allocation) {
      const count = this.#devices[resource.device];
      const key = resourceKey(resource);
      const { instance } = resource;
      let problem: string | undefined;
      if (count === undefined) problem = `unknown device ${resource.device}`;
      else if (instance !== undefined && !(Number.isInteger(instance) && instance >= 0 && instance < count))
        problem = `${resource.device} has no instance ${instance}`;
      else if (!(quantity >= 0)) problem = `${key} has quantity ${quantity}`;
      else if (seen.has(key)) problem = `${key} is listed twice`;
      if (problem) throw new AppError('INVALID_ARGUMENT', {}, { detail: `Invalid resources: ${problem}` });
      seen.add(key);
    }
  }

  /** Without zero quantities, and bound wherever a device has one instance only. */
  normalize(allocation: ResourceAllocation): ResourceAllocation {
    return allocation
      .filter(({ quantity }) => quantity !== 0)
      .map(({ resource, quantity }) => ({ resource: this.#bind(resource), quantity }));
  }

  isBound(allocation: ResourceAllocation): boolean {
    return this.normalize(allocation).every(({ resource }) => resource.instance !== undefined);
  }

  add(...allocations: readonly ResourceAllocation[]): ResourceAllocation {
    return toAllocation(sumUp(...allocations.map((it) => this.normalize(it))));
  }

  /** Undefined when anything would become negative. */
  subtract(minuend: ResourceAllocation, subtrahend: ResourceAllocation): ResourceAllocation | undefined {
    const left = sumUp(this.normalize(minuend));
    for (const { resource, quantity } of this.normalize(subtrahend)) {
      const sum = left.get(resourceKey(resource));
      if (!sum || sum.quantity < quantity) return undefined;
      sum.quantity -= quantity;
    }
    return this.normalize(toAllocation(left));
  }

  equal(a: ResourceAllocation, b: ResourceAllocation): boolean {
    const left = sumUp(this.normalize(a));
    const right = sumUp(this.normalize(b));
    return (
      left.size === right.size && [...left].every(([key, sum]) => right.get(key)?.quantity === sum.quantity)
    );
  }

  /**
   * Does `lhs` fit into the bound `rhs`? Bound entries are taken first; then every unbound one must fit, by itself, into at least
   * one instance of what is left (two unbound entries are not packed together).
   */
  lessThanOrEqual(lhs: ResourceAllocation, rhs: ResourceAllocation): boolean {
    const wanted = this.normalize(lhs);
    const bound = wanted.filter(({ resource }) => resource.instance !== undefined);
    const left = this.subtract(rhs, bound);
    if (!left) return false;
    return wanted
      .filter(({ resource }) => resource.instance === undefined)
      .every(({ resource, quantity }) =>
        left.some(
          (it) =>
            it.resource.device === resource.device &&
            it.resource.kind === resource.kind &&
            it.quantity >= quantity,
        ),
      );
  }

  /** Charges every unbound quantity to each instance of its device: more than will be used, never less. */
  overbind(allocation: ResourceAllocation): ResourceAllocation {
    const spread: ResourceQuantity[] = this.normalize(allocation).flatMap(({ resource, quantity }) => {
      if (resource.instance !== undefined) return [{ resource, quantity }];
      const instances = this.#devices[resource.device] ?? 0;
      return Array.from({ length: instances }, (_, instance) => ({
        resource: { ...resource, instance },
        quantity,
      }));
    });
    return toAllocation(sumUp(spread));
  }

  multiply(allocation: ResourceAllocation, factor: number): ResourceAllocation {
    return this.normalize(allocation).map(({ resource, quantity }) => ({
      resource,
      quantity: quantity * factor,
    }));
  }

  max(a: ResourceAllocation, b: ResourceAllocation): ResourceAllocation {
    return this.#merge(a, b, Math.max);
  }

  min(a: ResourceAllocation, b: ResourceAllocation): ResourceAllocation {
    return this.#merge(a, b, Math.min);
  }

  #bind(resource: Resource): Resource {
    if (resource.instance !== undefined || this.#devices[resource.device] !== 1) return resource;
    return { ...resource, instance: 0 };
  }

  #merge(
    a: ResourceAllocation,
    b: ResourceAllocation,
    pick: (x: number, y: number) => number,
  ): ResourceAllocation {
    const left = sumUp(this.normalize(a));
    const right = sumUp(this.normalize(b));
    const keys = new Map([...left, ...right]);
    const merged = [...keys].map(([key, { resource }]) => ({
      resource,
      quantity: pick(left.get(key)?.quantity ?? 0, right.get(key)?.quantity ?? 0),
    }));
    return this.normalize(merged);
  }
}
