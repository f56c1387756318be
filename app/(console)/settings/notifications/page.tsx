import type { Metadata } from 'next';
import { EmptyState } from '#components/ui/feedback/empty-state.tsx';
import { PageHeader } from '#components/ui/layout/page-header.tsx';
import { includesRole } from '#lib/domain/account/role.ts';
import { listConnections } from '#lib/services/connection/list-connections.ts';
import { listDeliveries } from '#lib/services/notification/deliveries.ts';
import { listChannels } from '#lib/services/notification/list-channels.ts';
import { getMailSettings } from '#lib/services/notification/mail-settings.ts';
import { listNotificationRules } from '#lib/services/notification/rules.ts';
import { listTasks } from '#lib/services/task/list-tasks.ts';
import { getContext } from '#lib/web/context.ts';
import { ChannelSection } from './_components/channel-section.tsx';
import { DeliveryLog } from './_components/delivery-log.tsx';
import { MailServerForm } from './_components/mail-server-form.tsx';
import { RuleSection } from './_components/rule-section.tsx';

export const metadata: Metadata = { title: 'Notifications' };

export default async function NotificationsPage() {
  const ctx = await getContext();
  if (!includesRole(ctx.actor.role, 'editor')) {
    return <EmptyState title="For editors" description="Notifications are set up by editors and administrators." />;
  }
  const call = { ctx, input: {} };
  const [channels, rules, mail, deliveries] = await Promise.all([
    listChannels(call),
    listNotificationRules(call),
    getMailSettings(call),
    listDeliveries(call),
  ]);
  const [connections, tasks] = await Promise.all([listConnections(call), listTasks(call)]);
  const isAdmin = includesRole(ctx.actor.role, 'admin');
  const named = ({ id, name }: { readonly id: string; readonly name: string }) => ({ id, name });
  return (
    <>
      <PageHeader title="Notifications" description="Rules send notifications of events to the inbox and to channels." />
      <div className="grid max-w-4xl gap-8">
        <RuleSection rules={rules} channels={channels.map(named)} connections={connections.map(named)} tasks={tasks.map(named)} />
        <ChannelSection channels={channels} canManage={isAdmin} hasMail={mail !== null} />
        {isAdmin ? <MailServerForm mail={mail} /> : null}
        <DeliveryLog deliveries={deliveries} />
      </div>
    </>
  );
}
