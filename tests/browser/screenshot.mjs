// The README's picture: two tabs that talk, one of them photographed.

import { execFileSync } from "node:child_process";

import { Chatter } from "./chatter.mjs";

export async function take_screenshot(browser, node, file) {
  const ada = await Chatter.enter(browser, node.url, "Ada", "lobby");
  const grace = await Chatter.enter(browser, node.url, "Grace", "lobby");
  await grace.opens("compilers");
  await grace.turns_to("lobby");
  await ada.opens("compilers");
  await ada.turns_to("lobby");
  await speak(ada, grace, "Is this thing on?");
  await speak(grace, ada, "It is. I am in another tab.");
  const record = { room: "chat:lobby", from: "kcat",
                   text: "And I am a record that a shell wrote." };
  execFileSync("kcat", ["-b", node.bootstrap, "-P", "-t", "chat.messages",
                        "-K:", "-X", "partitioner=murmur2_random"],
               { input: `lobby:${JSON.stringify(record)}\n` });
  await ada.sees("And I am a record");
  await speak(ada, grace, "So the three of us see the same order.");
  await grace.turns_to("compilers");
  await grace.says("0 and 1 are the only numbers I trust.");
  await ada.page.locator("#rooms .unread", { hasText: "1" }).waitFor();
  await grace.turns_to("lobby");
  await grace.types("That is the order of the part");
  await ada.page.locator("details.hint summary").press("Enter");
  await ada.composer.focus();
  await ada.typing("Grace is typing").waitFor();
  await ada.connection("connected (websocket)").waitFor();
  await ada.page.screenshot({ path: file });
}

async function speak(from, to, text) {
  await from.says(text);
  await from.place_of(text);
  await to.place_of(text);
}
