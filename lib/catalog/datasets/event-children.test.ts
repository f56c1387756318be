import { expect, test } from 'vitest';
import { graphModel } from '#lib/catalog/testing/graph-csdl.ts';
import { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { eventFacts, isEvents } from '#lib/domain/dataset/event-dataset.ts';
import { LandingSettings } from '#lib/domain/task/task.ts';
import { planReload } from '#lib/reload/engine/plan.ts';
import { buildDatasets } from './build-datasets.ts';

const datasets = buildDatasets(graphModel);
const children = datasets.filter(({ kind, child }) => kind === 'child' && child !== null);
const ofEvents = children.filter(isEvents);
const TARGET = {
  method: 'full-load',
  targetId: 'targ_22222222222222222222',
  settings: LandingSettings.parse({ schema: 's' }),
} as const;

test('items of events are events, with the time of the event that they belong to', () => {
  const logs = new Set(datasets.filter((dataset) => dataset.kind !== 'child' && isEvents(dataset)).map(({ name }) => name));
  expect([...logs]).toEqual(expect.arrayContaining(['sign_ins', 'directory_audits', 'risk_detections', 'risky_user_history']));
  expect(ofEvents.map(({ child }) => child?.dataset)).toEqual(
    children.map(({ child }) => child?.dataset).filter((name) => logs.has(name ?? '')),
  );
  expect(ofEvents.length).toBeGreaterThan(3);
  for (const dataset of ofEvents) {
    const [plan] = planReload([dataset], TARGET).datasets;
    const column = dataset.columns.find(({ sourcePath }) => sourcePath === eventFacts(dataset)?.time);
    expect(column, dataset.name).toMatchObject({ type: 'dateTimeOffset', selected: true, key: false });
    expect(plan?.events, dataset.name).toMatchObject({ timeColumn: column?.name });
    expect(plan?.events?.owner.length, dataset.name).toBe(dataset.parent === null ? 1 : 2);
  }
});

test('a definition of before gets the time, beside the key of its event; other children get none', () => {
  const audits = ofEvents.find(({ child }) => child?.dataset === 'directory_audits');
  const time = 'directory_audit_activity_date_time';
  const stored = { ...audits, columns: audits?.columns.filter(({ name }) => name !== time) } as DatasetDefinition;
  expect(stored.columns.length).toBe((audits?.columns.length ?? 0) - 1);
  expect(DatasetDefinition.parse(stored)).toEqual(audits);
  expect(audits?.columns.slice(0, 2).map(({ name }) => name)).toEqual(['directory_audit_id', time]);
  const licenses = children.find(({ name }) => name === 'users_assigned_licenses') as DatasetDefinition;
  expect(DatasetDefinition.parse(licenses)).toEqual(licenses);
});
