import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { COORDINATE_MAX, frameOf, readTrajectory, TrajectoryError } from "./trajectory.ts";
import { quantise, TrajectoryWriter } from "./trajectory_writer.ts";

const SCENE = { width: 800, height: 600, radius: 5 };

function stream(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new Blob([bytes]).stream();
}

function figures(step: number) {
  return { step, kinetic_energy: step / 3, particle_collisions: 2 * step, wall_collisions: 7 };
}

async function written(frames: readonly Float64Array[], stride = 1) {
  const writer = new TrajectoryWriter(SCENE, { particles: frames[0]!.length / 2, stride });
  frames.forEach((positions, step) => writer.add({ positions, figures: figures(step) }));
  return await gzipped(writer.finish());
}

async function gzipped(text: string | Uint8Array<ArrayBuffer>) {
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

const SAMPLE = await written([0, 1, 2].map((at) => Float64Array.of(at, 2 * at, 800, 600, -1, NaN)));

Deno.test("readTrajectory() gives back every frame as it was rounded, whatever the path", async () => {
  const coordinate = fc.double({ min: -10, max: 810, noNaN: true });
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }).chain((particles) =>
        fc.array(
          fc.array(coordinate, { minLength: 2 * particles, maxLength: 2 * particles }),
          { minLength: 1, maxLength: 6 },
        )
      ),
      async (lists) => {
        const frames = lists.map((list) => Float64Array.from(list));
        const read = await readTrajectory(stream(await written(frames)));
        assertEquals(read.header.frames, frames.length);
        frames.forEach((positions, at) => {
          const expected = new Uint16Array(positions.length);
          quantise(positions, { ...SCENE, stride: 1, into: expected });
          assertEquals([...frameOf(read, at)], [...expected]);
        });
      },
    ),
    { numRuns: 100 },
  );
});

Deno.test("readTrajectory() gives the figures of each frame", async () => {
  const { columns } = await readTrajectory(stream(SAMPLE));
  assertEquals([...columns.step], [0, 1, 2]);
  assertEquals([...columns.kinetic_energy], [0, 1 / 3, 2 / 3]);
  assertEquals([...columns.particle_collisions], [0, 2, 4]);
});

Deno.test("quantise() keeps what is outside at the edge, and takes every n-th particle", () => {
  const into = new Uint16Array(4);
  const positions = Float64Array.of(-5, 900, 1, 1, NaN, 300);
  quantise(positions, { ...SCENE, stride: 2, into });
  assertEquals([...into], [0, COORDINATE_MAX, 0, 32768]);
});

Deno.test("TrajectoryWriter takes more frames than it was told, and forgets those of before", async () => {
  const give = async (count: number, x: number) => {
    const writer = new TrajectoryWriter(SCENE, { particles: 1, stride: 1, frames: 2 });
    for (let step = 0; step < count; step++) {
      writer.add({ positions: Float64Array.of(x + step, 300), figures: figures(step) });
    }
    return await readTrajectory(stream(await gzipped(writer.finish())));
  };
  const long = await give(9, 100);
  const short = await give(3, 400);
  assertEquals([long.header.frames, short.header.frames], [9, 3]);
  const shares = (x: number) => Math.floor(x * COORDINATE_MAX / SCENE.width + 0.5);
  assertEquals(long.coordinates.filter((_, at) => at % 2 === 0).at(-1), shares(108));
  assertEquals([...short.coordinates.filter((_, at) => at % 2 === 0)], [400, 401, 402].map(shares));
});

Deno.test("a trajectory of free flight packs to a fraction of its size", async () => {
  const particles = 200;
  const frames = Array.from(
    { length: 200 },
    (_, step) =>
      Float64Array.from(
        { length: 2 * particles },
        (_, k) => 100 + (k % 97) * 3 + step * (k % 7) / 5,
      ),
  );
  const packed = await written(frames);
  assert(packed.length < 200 * 2 * particles * 2 / 4, `${packed.length} bytes`);
});

for (
  const [what, bytes, says] of [
    ["no gzip", new TextEncoder().encode("hello"), "cannot be unpacked"],
    ["an empty file", new Uint8Array(), "cannot be unpacked"],
    ["a cut file", SAMPLE.slice(0, SAMPLE.length - 20), "cannot be unpacked"],
    ["something else in gzip", await gzipped("hello world"), "does not begin with ENJT"],
    ["a header that is cut off", await gzipped("ENJT\xff\0\0\0{}"), "is cut off"],
    ["a header that is no JSON", await gzipped("ENJT\x02\0\0\0{]"), "no JSON"],
    ["a header that is null", await gzipped("ENJT\x04\0\0\0null"), "no object"],
    ["another version", await gzipped('ENJT\x0d\0\0\0{"version":9}'), "version 9"],
    ["a header without counts", await gzipped('ENJT\x0d\0\0\0{"version":1}'), "no count"],
  ] as const
) {
  Deno.test(`readTrajectory() says what is wrong with ${what}`, async () => {
    const error = await assertRejects(() => readTrajectory(stream(bytes)), TrajectoryError);
    assert(error.message.includes(says), error.message);
  });
}

Deno.test("readTrajectory() refuses a file whose size is not what its header says", async () => {
  const plain = new Blob([SAMPLE]).stream().pipeThrough(new DecompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(plain).arrayBuffer());
  const short = await gzipped(bytes.slice(0, bytes.length - 1));
  await assertRejects(() => readTrajectory(stream(short)), TrajectoryError, "it is broken");
});

Deno.test("readTrajectory() answers any damage with a trajectory or a TrajectoryError", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ at: fc.nat(), value: fc.nat(255) }), { minLength: 1, maxLength: 4 }),
      async (edits) => {
        const bytes = SAMPLE.slice();
        for (const { at, value } of edits) bytes[at % bytes.length] = value;
        try {
          await readTrajectory(stream(bytes));
        } catch (error) {
          assert(error instanceof TrajectoryError, String(error));
        }
      },
    ),
    { numRuns: 200 },
  );
});
