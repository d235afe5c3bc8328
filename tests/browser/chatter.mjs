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

  message(text) {
    return this.page.locator(".log:visible .message", { hasText: text });
  }

  async sees(text) {
    await this.message(text).waitFor();
  }

  /// Where an own message lies, as the page shows it.
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

  typing(text) {
    return this.page.locator("#typing", { hasText: text });
  }

  connection(text) {
    return this.page.locator("#connection-text", { hasText: text });
  }
}
