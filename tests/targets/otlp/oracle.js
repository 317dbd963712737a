// OpenTelemetry's own decoder (artifacts/targets/otlp/root.js) as a service: one JSON request a line on stdin, one JSON answer a line on stdout.
//   {"decode": MESSAGE, "data": BASE64}   -> the message as an object: ids and bytes in base64, 64-bit numbers as strings, defaults left out
//   {"read": MESSAGE, "json": OBJECT}     -> the same, of OTLP's JSON (ids in hex); fails when that holds a field that the schema does not know
//   {"encode": MESSAGE, "object": OBJECT} -> BASE64
// MESSAGE is a name below opentelemetry.proto: collector.trace.v1.ExportTraceServiceRequest. A failure is {"error": TEXT}.
'use strict';
const assert = require('assert');
const path = require('path');
const readline = require('readline');
const schema = require(path.join(process.argv[2], 'root.js')).opentelemetry.proto;

const options = { longs: String, bytes: String, json: true };
const ids = new Set(['traceId', 'spanId', 'parentSpanId']);

const type = name => name.split('.').reduce((at, part) => at[part], schema);

function idsToBase64(value) {
  if (Array.isArray(value)) return value.map(idsToBase64);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => {
    if (!ids.has(key)) return [key, idsToBase64(inner)];
    assert.match(inner, /^([0-9a-f]{16}){1,2}$/, `${key} is not hex`);
    return [key, Buffer.from(inner, 'hex').toString('base64')];
  }));
}

function answer(request) {
  if (request.decode) {
    const message = type(request.decode);
    return message.toObject(message.decode(Buffer.from(request.data, 'base64')), options);
  }
  if (request.read) {
    const message = type(request.read);
    const given = idsToBase64(request.json);
    const understood = message.toObject(message.fromObject(given), options);
    assert.deepStrictEqual(understood, given);
    return understood;
  }
  const message = type(request.encode);
  return Buffer.from(message.encode(message.fromObject(request.object)).finish()).toString('base64');
}

readline.createInterface({ input: process.stdin }).on('line', line => {
  let result;
  try { result = { result: answer(JSON.parse(line)) }; } catch (e) { result = { error: String(e && e.message || e) }; }
  process.stdout.write(JSON.stringify(result) + '\n');
});
