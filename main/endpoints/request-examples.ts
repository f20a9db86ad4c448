import type { RequestExamples } from '../../app/contract/endpoints';
import type { Description, TensorInfo } from '../../app/contract/inference';

export interface ExampleOptions {
  readonly model: string;
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
const pathOf = ({ url, model }: ExampleOptions): string => `${url}/v1/models/${encodeURIComponent(model)}`;

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
  const shapes = inputs.map(({ name, shape }) =>
    `${name}: ${shape.join(' × ') || 'a single value'}`.replace(/[\r\n]/g, ' '),
  );
  const script = `{ ${inputs.map(({ name }, index) => `${JSON.stringify(name)}: input${index}`).join(', ')} }`;
  const python = script.replace('{ ', '{').replace(' }', '}');
  const declare = (keyword: string, end: string, comment: string): string[] =>
    shapes.map((shape, index) => `${keyword}input${index} = [[0]]${end} ${comment} ${shape}`);
  return {
    curl: lines([
      `curl '${shellText(url)}' \\`,
      ...(options.needsToken ? [`  -H "Authorization: Bearer $${tokenVariable}" \\`] : []),
      `  -H 'Content-Type: ${type}' --data-binary @request.json`,
    ]),
    python: lines([
      ...(options.needsToken ? ['import os', ''] : []),
      'import requests',
      '',
      ...declare('', '', '#'),
      'answer = requests.post(',
      `    ${JSON.stringify(url)},`,
      `    json={"inputs": ${python}},`,
      `    headers={${pythonHeaders(type, options)}},`,
      ')',
      'answer.raise_for_status()',
      'print(answer.json()["outputs"])',
    ]),
    typescript: lines([
      ...declare('const ', ';', '//'),
      `const answer = await fetch(${JSON.stringify(url)}, {`,
      "  method: 'POST',",
      `  headers: { ${scriptHeaders(type, options)} },`,
      `  body: JSON.stringify({ inputs: ${script} }),`,
      '});',
      'const { outputs } = await answer.json();',
      'console.log(outputs);',
    ]),
  };
}

const pythonHeaders = (type: string, { needsToken }: ExampleOptions): string =>
  `"Content-Type": "${type}"${needsToken ? `, "Authorization": f"Bearer {os.environ['${tokenVariable}']}"` : ''}`;

const scriptHeaders = (type: string, { needsToken }: ExampleOptions): string =>
  `'Content-Type': '${type}'${needsToken ? `, Authorization: \`Bearer \${process.env.${tokenVariable}}\`` : ''}`;

/** Within single quotes of a shell. */
const shellText = (text: string): string => text.replaceAll("'", "'\\''");

const lines = (all: readonly string[]): string => `${all.join('\n')}\n`;
