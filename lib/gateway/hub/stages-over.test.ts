import { expect, it } from 'vitest';

import { queuedRun, report } from '#lib/jobs/testing/queued-run.ts';
import { insertCommand, listStagesOver } from '#lib/store/gateway/commands.ts';

it('a gateway keeps the stages of dataset runs that wait or are its own; those that ended, are gone or are at another gateway are over', async () => {
  const { world, runId, now } = await queuedRun(async () => report('done'), ['users', 'groups', 'd1', 'd2']);
  const { db, clock } = world;
  const [ended = '', own = '', elsewhere = '', waiting = ''] = (await now()).datasets.map(({ id }) => id);
  await db.datasetRun.update({ where: { id: ended }, data: { state: 'failed' } });
  const commandOf = async (datasetRunId: string, gatewayId: string | null, state: string) => {
    const command = { name: 'dataset.run', queue: 'gateway.gw_1', jobId: datasetRunId, payload: '', title: 'Test' };
    const about = { id: `gcmd_${datasetRunId}`, runId, datasetRunId, tokenCacheId: null, tokenCacheOwner: null };
    await db.$transaction((tx) => insertCommand(tx, { ...command, ...about, deadlineAt: null, createdAt: clock.now() }));
    await db.gatewayCommand.update({ where: { id: about.id }, data: { gatewayId, state } });
  };
  await commandOf(own, 'gw_1', 'acknowledged');
  await commandOf(elsewhere, 'gw_2', 'sent');
  await commandOf(waiting, null, 'waiting');
  const staged = [ended, own, elsewhere, waiting, 'dsrun_gone'];
  expect(await listStagesOver(db, 'gw_1', staged)).toEqual([ended, elsewhere, 'dsrun_gone']);
  expect(await listStagesOver(db, 'gw_2', staged)).toEqual([ended, own, 'dsrun_gone']);
});
