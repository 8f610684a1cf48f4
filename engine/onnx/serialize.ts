import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { Attribute, ElementType, Graph, Node, Value } from './graph.ts';

// Field numbers of onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto), ONNX IR version 9, operator set 18.
const irVersion = 9;
const operatorSet = 18;

/** `TensorProto.DataType`. */
const typeCodes: Record<ElementType, number> = { float32: 1, int32: 6, int64: 7, bool: 9 };

/** `AttributeProto.AttributeType`. */
const attributeType = { float: 1, int: 2, string: 3, ints: 7 };

type Body = (writer: BinaryWriter) => void;

function message(writer: BinaryWriter, field: number, body: Body): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  body(writer);
  writer.join();
}

function text(writer: BinaryWriter, field: number, value: string): void {
  writer.tag(field, WireType.LengthDelimited).string(value);
}

function integer(writer: BinaryWriter, field: number, value: number): void {
  writer.tag(field, WireType.Varint).int64(value);
}

const attributeProto =
  (name: string, value: Attribute): Body =>
  (writer) => {
    text(writer, 1, name);
    if (typeof value === 'number') {
      integer(writer, 3, value);
      integer(writer, 20, attributeType.int);
    } else if (typeof value === 'string') {
      writer.tag(4, WireType.LengthDelimited).bytes(Buffer.from(value));
      integer(writer, 20, attributeType.string);
    } else if ('float' in value) {
      writer.tag(2, WireType.Bit32).float(value.float);
      integer(writer, 20, attributeType.float);
    } else {
      for (const element of value) integer(writer, 8, element);
      integer(writer, 20, attributeType.ints);
    }
  };

const nodeProto =
  (node: Node): Body =>
  (writer) => {
    for (const input of node.inputs) text(writer, 1, input?.name ?? '');
    for (const output of node.outputs) text(writer, 2, output.name);
    text(writer, 4, node.op);
    for (const [name, value] of Object.entries(node.attributes)) message(writer, 5, attributeProto(name, value));
    if (node.domain) text(writer, 7, node.domain);
  };

const tensorProto =
  ({ name, shape, type, data }: Value): Body =>
  (writer) => {
    for (const extent of shape) integer(writer, 1, extent);
    integer(writer, 2, typeCodes[type]);
    text(writer, 8, name);
    writer.tag(9, WireType.LengthDelimited).bytes(new Uint8Array(data!.buffer, data!.byteOffset, data!.byteLength));
  };

const valueInfoProto =
  (name: string, { shape, type }: Value): Body =>
  (writer) => {
    text(writer, 1, name);
    message(writer, 2, (typeProto) =>
      message(typeProto, 1, (tensorType) => {
        integer(tensorType, 1, typeCodes[type]);
        message(tensorType, 2, (shapeProto) => {
          for (const extent of shape) message(shapeProto, 1, (dimension) => integer(dimension, 1, extent));
        });
      }),
    );
  };

function constantsOf(graph: Graph): Value[] {
  const used = [...graph.nodes.flatMap((node) => node.inputs), ...graph.outputs.map(({ value }) => value)];
  return [...new Set(used.filter((value): value is Value => value?.data !== undefined))];
}

/** The graph as the bytes of an ONNX model. Each result must be made by a node of its own name (see `nameResults`). */
export function serialize(graph: Graph): Uint8Array {
  const writer = new BinaryWriter();
  integer(writer, 1, irVersion);
  text(writer, 2, 'stabgap');
  message(writer, 7, (body) => {
    for (const node of graph.nodes) message(body, 1, nodeProto(node));
    text(body, 2, graph.name);
    for (const constant of constantsOf(graph)) message(body, 5, tensorProto(constant));
    for (const input of graph.inputs) message(body, 11, valueInfoProto(input.name, input));
    for (const output of graph.outputs) message(body, 12, valueInfoProto(output.name, output.value));
  });
  message(writer, 8, (body) => integer(body, 2, operatorSet));
  for (const domain of new Set(graph.nodes.flatMap((node) => node.domain ?? [])))
    message(writer, 8, (body) => {
      text(body, 1, domain);
      integer(body, 2, 1);
    });
  return writer.finish();
}
