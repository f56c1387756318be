'use server';

import { revalidatePath } from 'next/cache';
import { CreateGatewayInput, createGateway } from '#lib/services/gateway/create-gateway.ts';
import { CreateGatewayKeyInput, createGatewayKey } from '#lib/services/gateway/create-gateway-key.ts';
import { DeleteGatewayInput, deleteGateway } from '#lib/services/gateway/delete-gateway.ts';
import { SetGatewayActiveInput, setGatewayActive } from '#lib/services/gateway/set-gateway-active.ts';
import { UpdateGatewayInput, updateGateway } from '#lib/services/gateway/update-gateway.ts';
import { DeleteGatewayGroupInput, deleteGatewayGroup } from '#lib/services/gateway-group/delete-gateway-group.ts';
import {
  CreateGatewayGroupInput,
  createGatewayGroup,
  UpdateGatewayGroupInput,
  updateGatewayGroup,
} from '#lib/services/gateway-group/save-gateway-group.ts';
import { defineAction } from '#lib/web/action.ts';

const revalidate = () => revalidatePath('/gateways', 'layout');

export const createGatewayAction = defineAction('admin', CreateGatewayInput, async (ctx, input) => {
  const { gateway, registration } = await createGateway({ ctx, input });
  revalidate();
  return { gatewayId: gateway.id, registration };
});

export const createGatewayKeyAction = defineAction('admin', CreateGatewayKeyInput, async (ctx, input) => {
  const registration = await createGatewayKey({ ctx, input });
  revalidate();
  return registration;
});

export const updateGatewayAction = defineAction('admin', UpdateGatewayInput, async (ctx, input) => {
  await updateGateway({ ctx, input });
  revalidate();
  return null;
});

export const setGatewayActiveAction = defineAction('admin', SetGatewayActiveInput, async (ctx, input) => {
  await setGatewayActive({ ctx, input });
  revalidate();
  return null;
});

export const deleteGatewayAction = defineAction('admin', DeleteGatewayInput, async (ctx, input) => {
  await deleteGateway({ ctx, input });
  revalidate();
  return null;
});

export const createGatewayGroupAction = defineAction('admin', CreateGatewayGroupInput, async (ctx, input) => {
  await createGatewayGroup({ ctx, input });
  revalidate();
  return null;
});

export const updateGatewayGroupAction = defineAction('admin', UpdateGatewayGroupInput, async (ctx, input) => {
  await updateGatewayGroup({ ctx, input });
  revalidate();
  return null;
});

export const deleteGatewayGroupAction = defineAction('admin', DeleteGatewayGroupInput, async (ctx, input) => {
  await deleteGatewayGroup({ ctx, input });
  revalidate();
  return null;
});
