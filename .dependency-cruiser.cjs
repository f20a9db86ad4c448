/** The import arrows of the house: who may import whom. `npm run layers` fails on any other. */
const only = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: { pathNot: allowed, dependencyTypesNot: ['core'] },
});

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'not-to-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '\\.css$|\\?' },
    },
    only('base-imports-nothing', '^app/base/', ['^app/base/']),
    only('contract-imports-base', '^app/contract/', ['^app/(base|contract)/', 'node_modules/zod/']),
    {
      name: 'contract-has-no-node',
      severity: 'error',
      from: { path: '^app/(base|contract)/' },
      to: { dependencyTypes: ['core'] },
    },
    only('preload-imports-contract', '^app/preload/', [
      '^app/(base|contract|preload)/',
      '^electron|node_modules/electron/',
    ]),
    {
      name: 'shell-imports',
      severity: 'error',
      from: { path: '^app/shell/' },
      to: { path: '^(renderer|app/preload|test)/' },
    },
    {
      name: 'main-imports',
      severity: 'error',
      from: { path: '^main/' },
      to: { path: '^(renderer|app/shell|app/preload|test)/' },
    },
    {
      name: 'no-electron-outside-app',
      severity: 'error',
      from: { path: '^(main|renderer)/' },
      to: { path: '^electron|node_modules/electron(/|$)' },
    },
    only('serving-imports-base', '^main/serving/', ['^main/serving/', '^app/base/']),
    {
      name: 'native-code-in-runners-only',
      severity: 'error',
      from: { pathNot: '^main/(runner/|platforms/[^/]+/runner)' },
      to: {
        path: '^(onnxruntime-node|sharp|@tensorflow)|node_modules/(onnxruntime-node|sharp|@tensorflow)/',
      },
    },
    only('renderer-imports', '^renderer/', [
      '^renderer/',
      '^app/(base|contract)/',
      'node_modules/',
      '\\.css$',
    ]),
    {
      name: 'renderer-has-no-node',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { dependencyTypes: ['core'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
