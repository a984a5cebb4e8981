import { assertEquals } from "@std/assert";
import {
  BINARY,
  compileKernel,
  compilerAvailable,
  embeddingModule,
  MODULE,
} from "./build_kernel.ts";

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
