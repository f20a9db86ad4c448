import { z } from 'zod';
import type { ProviderReport } from '../../../../app/contract/running';

/** One line of onnxruntime's profile, as far as it says who ran an operator. Microseconds. */
const kernelSchema = z.object({
  cat: z.literal('Node'),
  name: z.string().endsWith('_kernel_time'),
  dur: z.number(),
  args: z.object({ provider: z.string() }),
});

/**
 * What ran which operators of a graph and for how long, the longest first, out of the profile of one run. Empty when the text is no profile
 * or nothing was run: a report is no reason for a load to fail.
 */
export function partsOf(profile: string): ProviderReport['parts'] {
  const parts = new Map<string, { operators: number; ms: number }>();
  for (const line of linesOf(profile)) {
    const kernel = kernelSchema.safeParse(line);
    if (!kernel.success) continue;
    const { args, dur } = kernel.data;
    const part = parts.get(args.provider) ?? { operators: 0, ms: 0 };
    part.operators++;
    part.ms += dur / 1_000;
    parts.set(args.provider, part);
  }
  return [...parts].map(([provider, part]) => ({ provider, ...part })).sort((a, b) => b.ms - a.ms);
}

function linesOf(profile: string): readonly unknown[] {
  try {
    const lines: unknown = JSON.parse(profile);
    return Array.isArray(lines) ? lines : [];
  } catch {
    return [];
  }
}
