// ONNX Runtime beside the runner: CPU provider, all graph optimisations, weights packed, one thread or two.
// npm ci --ignore-scripts; models come from models.py. About 10 us of each figure are the call from JavaScript.
const { execFileSync } = require("node:child_process");
const { createHash } = require("node:crypto");
const { existsSync, mkdirSync } = require("node:fs");
const path = require("node:path");
const readline = require("node:readline");
const ort = require("onnxruntime-node");

const two = ", 2 threads";
const folder = path.join(__dirname, "out", "models");
const arrays = { float32: Float32Array, float64: Float64Array };

// The model of a case, written once; undefined where there is none.
function model(suite, name) {
  const file = path.join(folder, createHash("sha1").update(`${suite}/${name}`).digest("hex") + ".onnx");
  if (existsSync(file)) return file;
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync(process.env.PYTHON ?? "python3", [path.join(__dirname, "models.py"), suite, name, file], { stdio: "inherit" });
    return file;
  } catch (problem) {
    if (problem.status === 3) return undefined;
    throw problem;
  }
}

function random({ name, type, shape }) {
  const data = new arrays[type](shape.reduce((count, extent) => count * extent, 1));
  for (let i = 0; i < data.length; i++) data[i] = 2 * Math.random() - 1;
  return [name, new ort.Tensor(type, data, shape)];
}

async function open(suite, name) {
  const file = model(suite, name.endsWith(two) ? name.slice(0, -two.length) : name);
  if (!file) return undefined;
  const threads = name.endsWith(two) ? 2 : 1;
  const options = { intraOpNumThreads: threads, interOpNumThreads: 1, executionMode: "sequential", graphOptimizationLevel: "all" };
  const session = await ort.InferenceSession.create(file, { ...options, executionProviders: ["cpu"], enableCpuMemArena: true, enableMemPattern: true });
  const feeds = Object.fromEntries(session.inputMetadata.map(random));
  const results = await session.run(feeds);   // later calls write into these
  const call = () => session.run(feeds, results);
  for (let i = 0; i < 3; i++) await call();
  return { call, release: () => session.release() };
}

const now = () => Number(process.hrtime.bigint()) * 1e-9;

// Seconds per call: the least over pieces that are long enough for the clock's own cost to drown.
async function least(call, seconds) {
  const piece = 0.4e-3, end = now() + seconds;
  for (let repeats = 1, best = Infinity; ; ) {
    const start = now();
    for (let i = 0; i < repeats; i++) await call();
    const stop = now();
    if (stop - start < piece) {
      repeats = 1 + Math.floor((1.2 * repeats * piece) / Math.max(1e-9, stop - start));
      continue;
    }
    best = Math.min(best, (stop - start) / repeats);
    if (stop > end) return best;
  }
}

async function main() {
  console.log(`ready onnxruntime ${ort.env.versions.node ?? ort.env.versions.common}`);
  let opened;
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const [request, rest] = [line.split(" ", 1)[0], line.slice(line.indexOf(" ") + 1)];
    try {
      if (request === "open") {
        opened = await open(...rest.split("\t"));
        console.log(opened ? "ok" : "unknown");
      } else if (request === "time") {
        console.log(String(await least(opened.call, Number(rest))));
      } else {
        await opened?.release();
        opened = undefined;
        console.log("ok");
      }
    } catch (problem) {
      console.log(`error ${String(problem.message ?? problem).replaceAll("\n", " ")}`);
    }
  }
}

main();
