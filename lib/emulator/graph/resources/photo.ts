import { GraphErrorResponse } from '#lib/emulator/graph/error-response.ts';
import type { ResourceRequest } from './resource.ts';
import { findResource } from './resources.ts';

const PHOTO = /^(me|users\/[^/]+|groups\/[^/]+)\/(?:photo|photos\/[^/]+)(?:\/\$value)?$/i;

/**
 * `…/photo` and `…/photo/$value`: nobody in the demo tenant has a picture (Graph's answer: doc "Get profilePhoto").
 * Without permission to read the person it is refused like the person.
 * @throws GraphFault always, when the path is a photo's
 */
export function refusePhoto(path: string, request: ResourceRequest): void {
  const owner = PHOTO.exec(path)?.[1];
  if (owner === undefined) return;
  findResource(owner.split('/'), request);
  throw new GraphErrorResponse(
    404,
    'ImageNotFound',
    "Exception of type 'Microsoft.Fast.Profile.Core.Exception.ImageNotFoundException' was thrown.",
  );
}
