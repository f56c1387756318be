'use client';

import { useEffect, useRef, useState } from 'react';
import { reachServer } from '#components/connection/reach-server.ts';
import type { PreparationDto, SignInMethod } from '#lib/domain/connection/connection.ts';
import { prepareConnectionAction } from '../../../actions.ts';

const TYPING_PAUSE_MS = 500;

interface Typed {
  readonly clientId: string;
  readonly tenant: string;
  readonly graphBaseUrl: string;
  readonly signIn: SignInMethod;
  /** Names of datasets; null = all. */
  readonly wanted: readonly string[] | null;
}

/** The preparation for the present input; requests it again after a pause in typing. */
export function usePreparation(
  initial: PreparationDto,
  { clientId, tenant, graphBaseUrl, signIn, wanted }: Typed,
): PreparationDto {
  const [preparation, setPreparation] = useState(initial);
  const first = useRef(true);
  useEffect(() => {
    // The page already has the answer for the empty form.
    if (first.current) {
      first.current = false;
      if (clientId === '' && signIn === 'delegated') return;
    }
    const datasetNames = wanted === null ? undefined : [...wanted];
    const input = { clientId, tenant, graphBaseUrl, signIn, ...(datasetNames === undefined ? {} : { datasetNames }) };
    let current = true;
    const timer = setTimeout(() => {
      void reachServer(prepareConnectionAction(input)).then((result) => {
        if (current && result.ok) setPreparation(result.value);
      });
    }, TYPING_PAUSE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [clientId, tenant, graphBaseUrl, signIn, wanted]);
  return preparation;
}
