import type { Neighbour, NeighbourRole } from './neighbours.ts';

/** Sizes in px. */
const NODE = { width: 210, height: 46, gap: 10 } as const;
const LABEL_PX = 24;
const SIDE_GAP_PX = 86;
const INDENT_PX = 26;
/** Below this width in px the diagram is a tree. */
export const NARROW_PX = 3 * NODE.width + 2 * 48;

export interface DiagramBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface DiagramNode extends DiagramBox {
  readonly neighbour: Neighbour;
}

export interface DiagramLabel {
  readonly role: NeighbourRole;
  readonly x: number;
  readonly y: number;
}

export interface Diagram {
  readonly width: number;
  readonly height: number;
  readonly middle: DiagramBox;
  readonly nodes: readonly DiagramNode[];
  readonly labels: readonly DiagramLabel[];
  /** SVG path data, one per node, in their order. */
  readonly edges: readonly string[];
}

/** Maximum vertical position of the middle, so that it is visible with tall sides. */
const MIDDLE_Y_MAX = 170;

const LEFT: readonly NeighbourRole[] = ['parent', 'target'];
const RIGHT: readonly NeighbourRole[] = ['relationship'];

/**
 * Positions of a dataset and its neighbours within `width` px: parents and referenced datasets on its left, relationships on its right,
 * child tables where there is more space; on narrow screens all below each other, joined along the left edge.
 */
export function layoutDiagram(neighbours: readonly Neighbour[], width: number): Diagram {
  return width < NARROW_PX ? layoutTree(neighbours, width) : layoutSides(neighbours, width);
}

function layoutSides(neighbours: readonly Neighbour[], width: number): Diagram {
  const gap = Math.min(SIDE_GAP_PX, (width - 3 * NODE.width) / 2);
  const count = (roles: readonly NeighbourRole[]) => neighbours.filter(({ role }) => roles.includes(role)).length;
  const childrenLeft = count(LEFT) < count(RIGHT);
  const leftRoles: readonly NeighbourRole[] = childrenLeft ? [...LEFT, 'child'] : LEFT;
  const hasLeft = count(leftRoles) > 0;
  const middleX = hasLeft ? NODE.width + gap : 0;
  const left = stack(neighbours, leftRoles, 0);
  const right = stack(neighbours, childrenLeft ? RIGHT : [...RIGHT, 'child'], middleX + NODE.width + gap);
  const height = Math.max(left.height, right.height, NODE.height + 2 * LABEL_PX);
  const middle = {
    x: middleX,
    y: Math.max(LABEL_PX, Math.min(MIDDLE_Y_MAX, height / 2 - NODE.height / 2)),
    width: NODE.width,
    height: NODE.height,
  };
  const shift = (side: Stack) => Math.max(0, Math.min(MIDDLE_Y_MAX, height / 2) - side.height / 2);
  const place = (side: Stack) => ({
    nodes: side.nodes.map((node) => ({ ...node, y: node.y + shift(side) })),
    labels: side.labels.map((label) => ({ ...label, y: label.y + shift(side) })),
  });
  const [placedLeft, placedRight] = [place(left), place(right)];
  const nodes = [...placedLeft.nodes, ...placedRight.nodes];
  const edges = nodes.map((node) =>
    node.x < middle.x
      ? curve(node.x + node.width, node.y + node.height / 2, middle.x, middle.y + middle.height / 2)
      : curve(middle.x + middle.width, middle.y + middle.height / 2, node.x, node.y + node.height / 2),
  );
  return { width, height, middle, nodes, labels: [...placedLeft.labels, ...placedRight.labels], edges };
}

function layoutTree(neighbours: readonly Neighbour[], width: number): Diagram {
  const middle = { x: 0, y: 0, width: Math.min(width, NODE.width + INDENT_PX), height: NODE.height };
  const { nodes, labels, height } = stack(neighbours, [...LEFT, ...RIGHT, 'child'], INDENT_PX);
  const below = NODE.height + NODE.gap;
  const placed = nodes.map((node) => ({ ...node, y: node.y + below, width: Math.max(120, width - INDENT_PX) }));
  return {
    width,
    height: height + below,
    middle,
    nodes: placed,
    labels: labels.map((label) => ({ ...label, y: label.y + below })),
    edges: placed.map((node) => `M 10 ${NODE.height} V ${node.y + node.height / 2} H ${node.x}`),
  };
}

interface Stack {
  readonly nodes: readonly DiagramNode[];
  readonly labels: readonly DiagramLabel[];
  readonly height: number;
}

/** Nodes of some roles below each other, each role under its label. */
function stack(neighbours: readonly Neighbour[], roles: readonly NeighbourRole[], x: number): Stack {
  const nodes: DiagramNode[] = [];
  const labels: DiagramLabel[] = [];
  let y = 0;
  for (const role of roles) {
    const members = neighbours.filter((neighbour) => neighbour.role === role);
    if (members.length === 0) continue;
    labels.push({ role, x, y });
    y += LABEL_PX;
    for (const neighbour of members) {
      nodes.push({ neighbour, x, y, width: NODE.width, height: NODE.height });
      y += NODE.height + NODE.gap;
    }
    y += NODE.gap;
  }
  return { nodes, labels, height: y };
}

function curve(x1: number, y1: number, x2: number, y2: number): string {
  const bend = (x2 - x1) / 2;
  return `M ${x1} ${y1} C ${x1 + bend} ${y1}, ${x2 - bend} ${y2}, ${x2} ${y2}`;
}
