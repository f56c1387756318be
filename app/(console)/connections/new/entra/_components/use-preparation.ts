'use client';

import { useEffect, useState } from 'react';
import { reachServer } from '#components/connection/reach-server.ts';
import type { PreparationDto } from '#lib/domain/connection.ts';
import { prepareConnectionAction } from '../../actions.ts';

const TYPING_PAUSE_MS = 500;

interface Typed {
  readonly clientId: string;
  readonly tenant: string;
  readonly graphBaseUrl: string;
}

/** The preparation with what has been typed so far; asks again once the typing pauses. */
export function usePreparation(initial: PreparationDto, { clientId, tenant, graphBaseUrl }: Typed): PreparationDto {
  const [preparation, setPreparation] = useState(initial);
  useEffect(() => {
    if (clientId === '') return;
    let current = true;
    const timer = setTimeout(() => {
      void reachServer(prepareConnectionAction({ clientId, tenant, graphBaseUrl })).then((result) => {
        if (current && result.ok) setPreparation(result.value);
      });
    }, TYPING_PAUSE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [clientId, tenant, graphBaseUrl]);
  return preparation;
}
