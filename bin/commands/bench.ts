import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readMetadata } from '#lib/emulator/graph/resources/graph-model.ts';
import { formatMetadata, measureMetadata } from '../../bench/metadata.ts';
import { runBench, type ScenarioResult } from '../../bench/run.ts';
import { SCENARIOS } from '../../bench/scenarios.ts';
import { formatScenario } from '../../bench/table.ts';
import { CliError } from '../launcher/cli-error.ts';

const QUICK_ROWS = 30_000;
/** Parsing $metadata, which is not compared with other programs. */
const METADATA = 'metadata';

/**
 * `npm run bench -- [--rows N] [--rounds N] [--only NAME]... [--contender NAME]... [--quick] [--json FILE]`: Entrada and other programs on one server
 * in one run.
 */
export async function bench(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rows: { type: 'string' },
      rounds: { type: 'string' },
      only: { type: 'string', multiple: true, default: [] },
      contender: { type: 'string', multiple: true, default: [] },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
    },
  });
  const names = [METADATA, ...SCENARIOS.map(({ name }) => name)];
  const unknown = values.only.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new CliError(`There is no scenario ${unknown}. There are ${names.join(', ')}.`);
  const contenders = new Set<string>(SCENARIOS.flatMap((scenario) => scenario.contenders));
  const stranger = values.contender.find((name) => !contenders.has(name));
  if (stranger !== undefined) throw new CliError(`There is no contender ${stranger}. There are ${[...contenders].join(', ')}.`);
  // Runs first: memory is measured in this process.
  const metadata = values.only.length === 0 || values.only.includes(METADATA) ? measureMetadata(readMetadata()) : null;
  if (metadata !== null) process.stdout.write(`${formatMetadata(metadata)}\n`);
  const only = values.only.filter((name) => name !== METADATA);
  const results =
    values.only.length > 0 && only.length === 0
      ? []
      : await runBench({
          rows: wholeNumber('--rows', values.rows) ?? (values.quick ? QUICK_ROWS : 1_000_000),
          rounds: wholeNumber('--rounds', values.rounds) ?? (values.quick ? 1 : 3),
          only,
          contenders: values.contender,
          quick: values.quick,
          onScenario: (result) => process.stdout.write(`${formatScenario(result)}\n`),
        });
  if (values.json !== undefined)
    writeFileSync(values.json, `${JSON.stringify({ ...toJson(results), metadata: metadata ?? {} }, null, 2)}\n`);
  return 0;
}

function wholeNumber(option: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new CliError(`${option} takes a whole number above 0.`);
  return value;
}

/** By `scenario/contender`; separate from the ratios, whose names are unique. */
function toJson(results: readonly ScenarioResult[]) {
  const by = (value: (found: ScenarioResult['contenders'][number]) => number): Record<string, number> =>
    Object.fromEntries(
      results.flatMap(({ scenario, contenders }) =>
        contenders.map((found) => [`${scenario.name}/${found.name}`, value(found)] as const),
      ),
    );
  return {
    ratios: Object.assign({}, ...results.map(({ ratios }) => ratios)) as Record<string, number>,
    rows: by(({ rows }) => rows),
    rowsPerSecond: by(({ rowsPerSecond }) => rowsPerSecond),
    milliseconds: by(({ ms }) => ms),
    cpuMilliseconds: by(({ cpuMs }) => cpuMs),
    requests: by(({ requests }) => requests),
    refused: by(({ refused }) => refused),
    rss: by(({ rssMb }) => rssMb),
  };
}
