import { assertEquals } from "@std/assert";
import { BINARY, compileKernel, embeddingModule, MODULE } from "./build_kernel.ts";

Deno.test("the embedded kernel is the built one", async () => {
  const text = await Deno.readTextFile(MODULE);
  assertEquals(text, embeddingModule(await Deno.readFile(BINARY)));
});

Deno.test({
  name: "compileKernel() gives the committed bytes again",
  ignore: !await compilerAvailable(),
  async fn() {
    assertEquals((await compileKernel()).toHex(), (await Deno.readFile(BINARY)).toHex());
  },
});

/** Where the compiler cannot be downloaded the test shows as ignored. */
async function compilerAvailable(): Promise<boolean> {
  try {
    const response = await fetch(`${registry()}/assemblyscript`, {
      method: "HEAD",
      signal: AbortSignal.timeout(5000),
    });
    return response.ok;
  } catch {
    return false;
  }
}

function registry(): string {
  return Deno.env.get("NPM_CONFIG_REGISTRY") ?? "https://registry.npmjs.org";
}
