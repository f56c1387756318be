'use client';

import { useEffect, useState } from 'react';
import { PermissionTable } from '#components/connection/permission-table.tsx';
import { reachServer } from '#components/connection/reach-server.ts';
import type { PermissionReview } from '#lib/domain/connection/connection.ts';
import { reviewPermissionsAction } from '../../../actions.ts';

interface VerifiedPermissionsProps {
  readonly verificationId: string;
  readonly wanted: readonly string[] | null;
}

/** Permissions of the token compared with those that the datasets need. */
export function VerifiedPermissions({ verificationId, wanted }: VerifiedPermissionsProps) {
  const [review, setReview] = useState<readonly PermissionReview[] | null>(null);
  useEffect(() => {
    let current = true;
    const datasetNames = wanted === null ? null : [...wanted];
    void reachServer(reviewPermissionsAction({ verificationId, datasetNames })).then((result) => {
      if (current && result.ok) setReview(result.value);
    });
    return () => {
      current = false;
    };
  }, [verificationId, wanted]);
  return review === null ? null : <PermissionTable review={review} />;
}
