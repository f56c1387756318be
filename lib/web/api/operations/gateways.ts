import 'server-only';
import { z } from 'zod';
import { GatewayDetailDto, GatewayDto, GatewayGroupDto, RegistrationKeyDto } from '#lib/domain/gateway/gateway-dto.ts';
import { idSchema } from '#lib/domain/id.ts';
import { CreateGatewayInput } from '#lib/services/gateway/create-gateway.ts';
import { SetGatewayActiveInput } from '#lib/services/gateway/set-gateway-active.ts';
import { UpdateGatewayInput } from '#lib/services/gateway/update-gateway.ts';
import { CreateGatewayGroupInput } from '#lib/services/gateway-group/save-gateway-group.ts';
import { describeOperation } from '../operation.ts';
import { PageQuery, pageSchema } from '../page.ts';
import { RunSummarySchema } from '../schemas.ts';

const OfGateway = z.object({ gatewayId: idSchema('gw') });
const OfGroup = z.object({ gatewayGroupId: idSchema('gwg') });
const Deleted = z.object({ deleted: z.literal(true) });
const GatewayDetailSchema = GatewayDetailDto.extend({ runs: z.array(RunSummarySchema) });
const tag = 'Data gateways';

export const listGatewaysOperation = describeOperation({
  id: 'listGateways',
  method: 'GET',
  path: '/api/v1/gateways',
  tag,
  summary: 'List the data gateways',
  role: 'viewer',
  query: PageQuery,
  response: {
    status: 200,
    description: 'The gateways by name, each with its state.',
    schema: pageSchema(GatewayDto),
  },
});

export const watchGatewaysOperation = describeOperation({
  id: 'watchGateways',
  method: 'GET',
  path: '/api/v1/gateways/events',
  tag,
  summary: 'Follow the data gateways',
  description:
    'An event `gateways` with all gateways as its data, at the start and whenever one changed. The time at which a connected gateway was last seen counts as a change once a minute.',
  role: 'viewer',
  response: { status: 200, description: 'Events.', schema: null, types: ['text/event-stream'] },
});

export const createGatewayOperation = describeOperation({
  id: 'createGateway',
  method: 'POST',
  path: '/api/v1/gateways',
  tag,
  summary: 'Create a data gateway',
  description:
    'Only this answer contains the registration key: a gateway process registers with it within 24 hours. Create a new key for an existing gateway on its page, which requires a recent sign-in.',
  role: 'admin',
  body: CreateGatewayInput,
  response: {
    status: 201,
    description: 'The gateway and its registration key.',
    schema: z.object({ gateway: GatewayDetailSchema, registration: RegistrationKeyDto }),
  },
});

export const getGatewayOperation = describeOperation({
  id: 'getGateway',
  method: 'GET',
  path: '/api/v1/gateways/{gatewayId}',
  tag,
  summary: 'Get a data gateway',
  role: 'viewer',
  params: OfGateway,
  response: {
    status: 200,
    description: 'State, version, host, current work, and the connections and targets that use it.',
    schema: GatewayDetailSchema,
  },
});

export const updateGatewayOperation = describeOperation({
  id: 'updateGateway',
  method: 'PATCH',
  path: '/api/v1/gateways/{gatewayId}',
  tag,
  summary: 'Change a data gateway',
  description: 'Name, description, group, and whether rows of previews and landed rows may pass the server.',
  role: 'admin',
  params: OfGateway,
  body: UpdateGatewayInput.omit({ gatewayId: true }),
  response: { status: 200, description: 'The gateway.', schema: GatewayDetailSchema },
});

export const setGatewayActiveOperation = describeOperation({
  id: 'setGatewayActive',
  method: 'POST',
  path: '/api/v1/gateways/{gatewayId}/active',
  tag,
  summary: 'Deactivate or activate a data gateway',
  description: 'The server refuses requests of a deactivated gateway and gives it no work.',
  role: 'admin',
  params: OfGateway,
  body: SetGatewayActiveInput.omit({ gatewayId: true }),
  response: { status: 200, description: 'The gateway.', schema: GatewayDetailSchema },
});

export const deleteGatewayOperation = describeOperation({
  id: 'deleteGateway',
  method: 'DELETE',
  path: '/api/v1/gateways/{gatewayId}',
  tag,
  summary: 'Delete a data gateway',
  description: 'Refused (`gateway-in-use`) while connections or targets use it.',
  role: 'admin',
  params: OfGateway,
  response: { status: 200, description: 'It is deleted.', schema: Deleted },
});

export const listGatewayGroupsOperation = describeOperation({
  id: 'listGatewayGroups',
  method: 'GET',
  path: '/api/v1/gateway-groups',
  tag,
  summary: 'List the gateway groups',
  role: 'viewer',
  query: PageQuery,
  response: {
    status: 200,
    description: 'The groups by name, with their members.',
    schema: pageSchema(GatewayGroupDto),
  },
});

export const createGatewayGroupOperation = describeOperation({
  id: 'createGatewayGroup',
  method: 'POST',
  path: '/api/v1/gateway-groups',
  tag,
  summary: 'Create a gateway group',
  description: 'Gateways of one network, of which any connected one takes the work. A gateway is in one group at most.',
  role: 'admin',
  body: CreateGatewayGroupInput,
  response: { status: 201, description: 'The group.', schema: GatewayGroupDto },
});

export const updateGatewayGroupOperation = describeOperation({
  id: 'updateGatewayGroup',
  method: 'PATCH',
  path: '/api/v1/gateway-groups/{gatewayGroupId}',
  tag,
  summary: 'Change a gateway group',
  description: 'Name, description and members, all of them.',
  role: 'admin',
  params: OfGroup,
  body: CreateGatewayGroupInput,
  response: { status: 200, description: 'The group.', schema: GatewayGroupDto },
});

export const deleteGatewayGroupOperation = describeOperation({
  id: 'deleteGatewayGroup',
  method: 'DELETE',
  path: '/api/v1/gateway-groups/{gatewayGroupId}',
  tag,
  summary: 'Delete a gateway group',
  description: 'Refused (`gateway-in-use`) while connections or targets use it. The gateways of the group are kept.',
  role: 'admin',
  params: OfGroup,
  response: { status: 200, description: 'It is deleted.', schema: Deleted },
});
