// The parent of the worker, as a service in TypeScript or JavaScript has one: it starts the worker, sends requests, and
// waits for the replies. After each round it prints what its own side holds.
//
//     node --expose-gc examples/jsonrpc_worker/parent.mjs [--faulty] [--rounds 1,10,151] -- COMMAND ARGUMENTS…
//
// With --faulty neither its map of pending requests nor its input buffer is ever emptied.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

const REQUESTS = new URL("requests.jsonl", import.meta.url);
const HEADER_END = Buffer.from("\r\n\r\n");

class Connection {
  constructor(child, faulty) {
    this.child = child;
    this.faulty = faulty;
    this.pending = new Map(); // id → { request, resolve, reject }
    this.chunks = []; // what was received and is no whole message yet
    this.received = 0; // how many chunks of it were looked at, when they are kept
    this.rest = Buffer.alloc(0);
    this.number = 0;
    child.stdout.on("data", (chunk) => this.take(chunk));
  }

  request(method, params) {
    const id = ++this.number;
    const body = JSON.stringify({ jsonrpc: "2.0", id, method, params });
    return new Promise((resolve, reject) => {
      this.pending.set(id, { request: body, resolve, reject });
      this.child.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    });
  }

  take(chunk) {
    this.chunks.push(chunk);
    this.rest = Buffer.concat([this.rest, ...this.chunks.slice(this.received)]);
    // Fault 1: what was taken out of the buffer stays in it.
    if (this.faulty) this.received = this.chunks.length;
    else this.chunks.length = 0;
    for (;;) {
      const end = this.rest.indexOf(HEADER_END);
      if (end < 0) return;
      const length = Number(/content-length: *(\d+)/i.exec(this.rest.subarray(0, end).toString("latin1"))[1]);
      const start = end + HEADER_END.length;
      if (this.rest.length < start + length) return;
      const body = this.rest.subarray(start, start + length).toString("utf8");
      this.rest = Buffer.from(this.rest.subarray(start + length));
      this.settle(JSON.parse(body));
    }
  }

  settle(message) {
    const waiting = this.pending.get(message.id);
    if (waiting === undefined) return;
    // Fault 2: a reply does not take its request out of the map.
    if (!this.faulty) this.pending.delete(message.id);
    if (message.error) waiting.reject(new Error(message.error.message));
    else waiting.resolve(message.result);
  }

  get buffered() {
    return this.chunks.reduce((sum, chunk) => sum + chunk.length, this.rest.length);
  }
}

function report(calls, total, connection) {
  if (globalThis.gc) globalThis.gc();
  const memory = process.memoryUsage();
  const fields = {
    calls,
    total,
    pending: connection.pending.size,
    "input buffer": connection.buffered,
    "not taken by the worker": connection.child.stdin.writableLength,
    "heap used": memory.heapUsed,
    external: memory.external,
    resident: memory.rss,
  };
  console.log(JSON.stringify(fields));
}

function options(words) {
  const at = words.indexOf("--");
  const own = at < 0 ? words : words.slice(0, at);
  const command = at < 0 ? [] : words.slice(at + 1);
  const rounds = own.includes("--rounds") ? own[own.indexOf("--rounds") + 1] : "1,10,151";
  return { faulty: own.includes("--faulty"), rounds: rounds.split(",").map(Number), command };
}

async function main() {
  const { faulty, rounds, command } = options(process.argv.slice(2));
  if (command.length === 0) {
    console.error("Name the worker's command after --, such as: -- python -m examples.jsonrpc_worker.server");
    process.exit(2);
  }
  const requests = readFileSync(REQUESTS, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
  const child = spawn(command[0], command.slice(1), { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.on("close", resolve));
  const connection = new Connection(child, faulty);
  let total = 0;
  for (const calls of rounds) {
    for (let call = 0; call < calls; call += 1) {
      const { method, params } = requests[total % requests.length];
      await connection.request(method, params);
      total += 1;
    }
    report(calls, total, connection);
  }
  child.stdin.end();
  process.exitCode = await ended;
}

await main();
