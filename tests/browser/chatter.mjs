// Somebody in front of the chat page, and what they see.

/// By the keyboard: clicks wait for frames, which tabs in the background have
/// one of in a second.
async function press(button) {
  await button.focus();
  await button.press("Enter");
}

export class Chatter {
  static async enter(browser, url, name, room) {
    const page = await browser.tab();
    await page.goto(url);
    await page.getByLabel("Your name").fill(name);
    await page.getByLabel("Room", { exact: true }).fill(room);
    await page.keyboard.press("Enter");
    const chatter = new Chatter(page);
    await chatter.is_in(room);
    return chatter;
  }

  constructor(page) {
    this.page = page;
    this.composer = page.getByLabel("Message", { exact: true });
  }

  /// In a room: its title is shown, and it may be written into.
  async is_in(room) {
    await this.page.locator("#room-title", { hasText: room }).waitFor();
    await this.page.locator("#send:enabled").waitFor();
  }

  async opens(room) {
    await this.page.getByLabel("Room to join").fill(room);
    await this.page.keyboard.press("Enter");
    await this.is_in(room);
  }

  /// Asks for a room that it will not get.
  async fails_to_open(room) {
    await this.page.getByLabel("Room to join").fill(room);
    await this.page.keyboard.press("Enter");
    await this.page.locator("#room-state", { hasText: "not joined" }).waitFor();
    return this.page.locator("#room-state").textContent();
  }

  async leaves() {
    await press(this.page.getByRole("button", { name: "Leave" }));
  }

  async turns_to(room) {
    await press(this.page.locator("#rooms button", { hasText: room }));
  }

  async types(text) {
    await this.composer.fill(text);
  }

  async says(text) {
    await this.composer.fill(text);
    await this.composer.press("Enter");
  }

  async sends_again(text) {
    await press(this.message(text).getByRole("button", { name: "send again" }));
  }

  message(text) {
    return this.page.locator(".log:visible .message", { hasText: text });
  }

  async sees(text) {
    await this.message(text).waitFor();
  }

  /// Where a message lies, as the page shows it.
  async place_of(text) {
    const message = this.page.locator(
      ".log:visible .message[data-state=stored]", { hasText: text });
    const shown = await message.locator(".stored").textContent();
    const numbers = shown.match(/^partition (\d+) · offset (\d+)$/);
    if (!numbers) throw new Error(`not a place: ${shown}`);
    return { partition: Number(numbers[1]), offset: Number(numbers[2]) };
  }

  /// The texts of the room in front, from top to bottom.
  texts() {
    return this.page.locator(".log:visible .message .text").allTextContents();
  }

  notice(text) {
    return this.page.locator(".log:visible .notice", { hasText: text });
  }

  /// Until told to come back; `text` is said at the last moment, so that its
  /// ack is lost.
  async loses_connection(text = "") {
    await this.composer.fill(text);
    await this.page.evaluate(() => {
      document.getElementById("composer").requestSubmit();
      socket.io.reconnection(false);
      socket.io.engine.close();
    });
    await this.connection("reconnecting").waitFor();
  }

  async comes_back({ recovers = true } = {}) {
    await this.page.evaluate((recovers) => {
      if (!recovers) socket._pid = undefined;
      socket.io.reconnection(true);
      socket.connect();
    }, recovers);
    await this.connection("connected").waitFor();
  }

  typing(text) {
    return this.page.locator("#typing", { hasText: text });
  }

  /// The name of the node that the tab is on, as the page shows it.
  async node() {
    const shown = await this.connection("to node").textContent();
    return shown.match(/^connected \(\w+\) to node (\S+)$/)[1];
  }

  connection(text) {
    return this.page.locator("#connection-text", { hasText: text });
  }
}
