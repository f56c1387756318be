'use client';

import { useRouter } from 'next/navigation';
import { useRef, useState, useTransition } from 'react';
import { toast } from 'sonner';
import { useEventStream } from '#components/events/use-event-stream.ts';
import { FINAL_METADATA_JOB_STATES, type MetadataJobDto } from '#lib/domain/metadata/metadata.ts';
import type { MetadataActions } from '../metadata-props.ts';

export interface MetadataJobView {
  /** The running job, or one that has ended and was not dismissed. */
  readonly job: MetadataJobDto | null;
  /** Whether the connection to the server is interrupted: the shown state may be outdated. */
  readonly lost: boolean;
  /** Whether a job of this kind is running or being started. */
  readonly busy: (kind: MetadataJobDto['kind']) => boolean;
  readonly start: (input: Parameters<MetadataActions['startJob']>[0]) => void;
  readonly cancel: () => void;
  /** Hides the result of an ended job. */
  readonly dismiss: () => void;
}

export function isOver(job: MetadataJobDto): boolean {
  return FINAL_METADATA_JOB_STATES.has(job.state);
}

/** Follows the running job of this connection by its event stream; reloads the page's data when it ends. */
export function useMetadataJob(
  jobs: readonly MetadataJobDto[],
  { startJob, cancelJob }: Pick<MetadataActions, 'startJob' | 'cancelJob'>,
): MetadataJobView {
  const [watched, setWatched] = useState<MetadataJobDto | null>(() => jobs.find((job) => !isOver(job)) ?? null);
  const askedFor = useRef<string | null>(null);
  const [starting, begin] = useTransition();
  const router = useRouter();
  const path =
    watched === null || isOver(watched) ? null : `/api/v1/connections/${watched.connectionId}/metadata/jobs/${watched.id}/events`;
  const stream = useEventStream(path, {
    job: (data) => {
      const job = data as MetadataJobDto;
      // The badges already show the result of a job that was not started here.
      setWatched(job.state === 'done' && askedFor.current !== job.id ? null : job);
      if (!isOver(job)) return 'goes-on';
      router.refresh();
      return 'ended';
    },
  });

  return {
    job: watched,
    lost: stream === 'lost' && path !== null,
    busy: (kind) => starting || (watched !== null && watched.kind === kind && !isOver(watched)),
    start: (input) =>
      begin(async () => {
        const result = await startJob(input);
        if (result.ok) {
          askedFor.current = result.value.id;
          setWatched(result.value);
        } else toast.error(result.problem.title, { description: result.problem.remedy });
      }),
    cancel: () =>
      begin(async () => {
        if (watched === null) return;
        const result = await cancelJob({ metadataJobId: watched.id });
        if (!result.ok) toast.error(result.problem.title, { description: result.problem.remedy });
      }),
    dismiss: () => setWatched(null),
  };
}
