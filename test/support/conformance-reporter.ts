import type { Reporter, TestModule } from 'vitest/node';
import { coverage, idsOfTitle } from './conformance';

/** Prints, after a run that included the conformance tests, how many cases of the specification passed. */
// biome-ignore lint/style/noDefaultExport: vitest loads a reporter by its default export
export default class ConformanceReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const outcome = new Map<string, boolean>();
    for (const module of modules.filter(({ moduleId }) => moduleId.includes('/test/conformance/'))) {
      for (const test of module.children.allTests()) {
        const hasPassed = test.result().state === 'passed';
        for (const id of idsOfTitle(test.name)) outcome.set(id, hasPassed && (outcome.get(id) ?? true));
      }
    }
    if (outcome.size === 0) return;
    const cases = coverage();
    const count = (status: string): number => cases.filter((it) => it.status === status).length;
    const claimed = cases.filter(({ id, status }) => status === 'passes' && outcome.has(id));
    const passed = claimed.filter(({ id }) => outcome.get(id)).length;
    const parts = [
      `${passed} passed`,
      `${count('differs')} differ on purpose`,
      `${count('notApplicable')} not applicable`,
    ];
    const failed = claimed.length - passed;
    if (failed > 0) parts.push(`${failed} failed or skipped`);
    const open = count('notYet') + count('missing');
    if (open > 0) parts.push(`${open} not yet`);
    const isWhole = claimed.length === count('passes');
    console.log(`conformance${isWhole ? '' : ' (a part of it)'}: ${parts.join(' / ')}`);
  }
}
