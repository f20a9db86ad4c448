import type { RequestExamples } from '../../app/contract/endpoints';
import type { Description, TensorInfo } from '../../app/contract/inference';

export interface ExampleOptions {
  readonly model: string;
  /** Undefined for whichever answers. */
  readonly version?: number | undefined;
  /** Null when no version is loaded. */
  readonly description: Pick<Description, 'inputs' | 'notClassifier'> | null;
  /** Such as `http://127.0.0.1:8501`. */
  readonly url: string;
  readonly needsToken: boolean;
}

/** How to ask this model: with a picture when it takes pictures, with keys when it is a table, else with a tensor of the right shape. */
export function requestExamples(options: ExampleOptions): RequestExamples {
  const { description } = options;
  if (description?.notClassifier?.reason === 'notTable') return ofKeys(options);
  const input = description?.notClassifier ? description.inputs[0] : undefined;
  return input ? ofTensors(options, description?.inputs ?? []) : ofPictures(options);
}

const tokenVariable = 'SLIPWAY_TOKEN';
const pathOf = ({ url, model, version }: ExampleOptions): string =>
  `${url}/v1/models/${encodeURIComponent(model)}${version === undefined ? '' : `/versions/${version}`}`;

function ofPictures(options: ExampleOptions): RequestExamples {
  const url = `${pathOf(options)}:classify?top=5`;
  const type = 'image/jpeg';
  return {
    curl: lines([
      `curl '${shellText(url)}' \\`,
      ...(options.needsToken ? [`  -H "Authorization: Bearer $${tokenVariable}" \\`] : []),
      `  -H 'Content-Type: ${type}' --data-binary @photo.jpg`,
    ]),
    python: lines([
      ...(options.needsToken ? ['import os', ''] : []),
      'import requests',
      '',
      'with open("photo.jpg", "rb") as picture:',
      '    answer = requests.post(',
      `        ${JSON.stringify(url)},`,
      '        data=picture,',
      `        headers={${pythonHeaders(type, options)}},`,
      '    )',
      'answer.raise_for_status()',
      'for it in answer.json()["results"][0]["classes"]:',
      '    print(it["label"], it["probability"])',
    ]),
    typescript: lines([
      "import { readFile } from 'node:fs/promises';",
      '',
      `const answer = await fetch(${JSON.stringify(url)}, {`,
      "  method: 'POST',",
      `  headers: { ${scriptHeaders(type, options)} },`,
      "  body: await readFile('photo.jpg'),",
      '});',
      'const { results } = await answer.json();',
      'for (const { label, probability } of results[0].classes) console.log(label, probability);',
    ]),
  };
}

function ofKeys(options: ExampleOptions): RequestExamples {
  const url = `${pathOf(options)}:lookup`;
  const type = 'application/json';
  return {
    curl: lines([
      `curl '${shellText(url)}' \\`,
      ...(options.needsToken ? [`  -H "Authorization: Bearer $${tokenVariable}" \\`] : []),
      `  -H 'Content-Type: ${type}' --data '{"keys": ["cat", "dog"]}'`,
    ]),
    python: lines([
      ...(options.needsToken ? ['import os', ''] : []),
      'import requests',
      '',
      'answer = requests.post(',
      `    ${JSON.stringify(url)},`,
      '    json={"keys": ["cat", "dog"]},',
      `    headers={${pythonHeaders(type, options)}},`,
      ')',
      'answer.raise_for_status()',
      'print(answer.json()["values"], answer.json()["missing"])',
    ]),
    typescript: lines([
      `const answer = await fetch(${JSON.stringify(url)}, {`,
      "  method: 'POST',",
      `  headers: { ${scriptHeaders(type, options)} },`,
      "  body: JSON.stringify({ keys: ['cat', 'dog'] }),",
      '});',
      'const { found, values, missing } = await answer.json();',
      'console.log(found, values, missing);',
    ]),
  };
}

function ofTensors(options: ExampleOptions, inputs: readonly TensorInfo[]): RequestExamples {
  const url = `${pathOf(options)}:predict`;
  const type = 'application/json';
  const names = inputs.map(({ name }, index) => `${JSON.stringify(name)}: input${index}`).join(', ');
  const isLarge = inputs.some((input) => !isSmall(input));
  const comment = (input: TensorInfo): string =>
    `${input.name}: ${[input.shape.join(' × ') || 'a single value', input.dtype].join(', ')}`.replace(
      /[\r\n]/g,
      ' ',
    );
  const python = inputs.map(
    (input, index) => `input${index} = ${sampleOf(input, pythonValues, 'filled(')}  # ${comment(input)}`,
  );
  const request = (): string =>
    `{${inputs.map((input) => `${JSON.stringify(input.name)}: ${sampleOf(input, jsonValues, null)}`).join(', ')}}`;
  const pythonFilled = [
    'def filled(value, *shape):',
    '    return [filled(value, *shape[1:]) for _ in range(shape[0])] if shape else value',
  ];
  return {
    curl: lines([
      ...(isLarge
        ? [
            ...inputs.map((input) => `# ${comment(input)}`),
            `python3 > request.json << 'END'`,
            'import json',
            ...pythonFilled,
            `print(json.dumps({"inputs": {${inputs.map((input) => `${JSON.stringify(input.name)}: ${sampleOf(input, pythonValues, 'filled(')}`).join(', ')}}}))`,
            'END',
          ]
        : []),
      `curl '${shellText(url)}' \\`,
      ...(options.needsToken ? [`  -H "Authorization: Bearer $${tokenVariable}" \\`] : []),
      isLarge
        ? `  -H 'Content-Type: ${type}' --data-binary @request.json`
        : `  -H 'Content-Type: ${type}' --data '${shellText(`{"inputs": ${request()}}`)}'`,
    ]),
    python: lines([
      ...(options.needsToken ? ['import os', ''] : []),
      'import requests',
      '',
      ...(isLarge ? [...pythonFilled, ''] : []),
      ...python,
      'answer = requests.post(',
      `    ${JSON.stringify(url)},`,
      `    json={"inputs": {${names}}},`,
      `    headers={${pythonHeaders(type, options)}},`,
      ')',
      'answer.raise_for_status()',
      'print(answer.json()["outputs"])',
    ]),
    typescript: lines([
      ...(isLarge
        ? [
            'const filled = (value: unknown, ...[size, ...rest]: number[]): unknown =>',
            '  size === undefined ? value : Array.from({ length: size }, () => filled(value, ...rest));',
          ]
        : []),
      ...inputs.map(
        (input, index) =>
          `const input${index} = ${sampleOf(input, jsonValues, 'filled(')}; // ${comment(input)}`,
      ),
      `const answer = await fetch(${JSON.stringify(url)}, {`,
      "  method: 'POST',",
      `  headers: { ${scriptHeaders(type, options)} },`,
      `  body: JSON.stringify({ inputs: { ${names} } }),`,
      '});',
      'const { outputs } = await answer.json();',
      'console.log(outputs);',
    ]),
  };
}

/** What is written out rather than made. */
const mostWritten = 24;
/** One where any size goes. */
const sizesOf = ({ shape }: TensorInfo): readonly number[] =>
  shape.map((size) => (typeof size === 'number' && size > 0 ? size : 1));
const isSmall = (input: TensorInfo): boolean =>
  sizesOf(input).reduce((product, size) => product * size, 1) <= mostWritten;

interface Values {
  readonly no: string;
  readonly text: string;
}
const pythonValues: Values = { no: 'False', text: '"text"' };
const jsonValues: Values = { no: 'false', text: '"text"' };

/** A tensor of the input's shape and type as nested lists, or, where that is long and may be, as the call of a function. */
function sampleOf(input: TensorInfo, values: Values, call: string | null): string {
  const value = input.dtype === 'bool' ? values.no : input.dtype === 'string' ? values.text : '0';
  const sizes = sizesOf(input);
  if (call !== null && !isSmall(input)) return `${call}${[value, ...sizes].join(', ')})`;
  return sizes.reduceRight((inner, size) => `[${Array(size).fill(inner).join(', ')}]`, value);
}

const pythonHeaders = (type: string, { needsToken }: ExampleOptions): string =>
  `"Content-Type": "${type}"${needsToken ? `, "Authorization": f"Bearer {os.environ['${tokenVariable}']}"` : ''}`;

const scriptHeaders = (type: string, { needsToken }: ExampleOptions): string =>
  `'Content-Type': '${type}'${needsToken ? `, Authorization: \`Bearer \${process.env.${tokenVariable}}\`` : ''}`;

/** Within single quotes of a shell. */
const shellText = (text: string): string => text.replaceAll("'", "'\\''");

const lines = (all: readonly string[]): string => `${all.join('\n')}\n`;
