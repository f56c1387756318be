'use server';

import { revalidatePath } from 'next/cache';
import { DeleteScheduleInput, deleteSchedule } from '#lib/services/schedule/delete-schedule.ts';
import { PauseSchedulesInput, pauseSchedules } from '#lib/services/schedule/pause-schedules.ts';
import { PreviewScheduleInput, previewSchedule } from '#lib/services/schedule/preview-schedule.ts';
import { SaveScheduleInput, saveSchedule } from '#lib/services/schedule/save-schedule.ts';
import { defineAction } from '#lib/web/action.ts';

export const saveScheduleAction = defineAction('editor', SaveScheduleInput, async (ctx, input) => {
  await saveSchedule({ ctx, input });
  revalidatePath('/tasks', 'layout');
  return null;
});

export const deleteScheduleAction = defineAction('editor', DeleteScheduleInput, async (ctx, input) => {
  await deleteSchedule({ ctx, input });
  revalidatePath('/tasks', 'layout');
  return null;
});

export const previewScheduleAction = defineAction('viewer', PreviewScheduleInput, (ctx, input) =>
  previewSchedule({ ctx, input }),
);

export const pauseSchedulesAction = defineAction('admin', PauseSchedulesInput, async (ctx, input) => {
  await pauseSchedules({ ctx, input });
  revalidatePath('/', 'layout');
  return null;
});
