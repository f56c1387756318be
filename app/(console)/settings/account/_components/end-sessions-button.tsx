'use client';

import { LogOut } from 'lucide-react';
import { ConfirmButton } from '#components/run/confirm-button.tsx';
import { endOwnSessionsAction } from '../actions.ts';

export function EndSessionsButton() {
  return (
    <div>
      <ConfirmButton
        label="End all sessions"
        icon={<LogOut aria-hidden />}
        title="End all sessions?"
        description="You are signed out in every browser, including this one. API tokens stay valid."
        onConfirm={async () => {
          const result = await endOwnSessionsAction({});
          return result.ok ? null : result.problem;
        }}
      />
    </div>
  );
}
