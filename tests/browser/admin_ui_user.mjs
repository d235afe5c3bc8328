// Somebody in front of the official Admin UI, and what they see.

const patience = 60_000;

export class AdminUiUser {
  /// `url`: where the page is.
  static async comes(browser, url) {
    const page = await browser.tab();
    await page.goto(url);
    return new AdminUiUser(page);
  }

  constructor(page) {
    this.page = page;
    page.setDefaultTimeout(patience);
    this.dialog = page.locator(".v-dialog--active");
    this.main = page.locator("main");
  }

  async logs_in(server, user, password) {
    await this.dialog.getByLabel("Server URL").fill(server);
    await this.dialog.getByLabel("Username").fill(user);
    await this.dialog.getByLabel("Password").fill(password);
    await this.dialog.getByRole("button", { name: "Connect" }).click();
  }

  /// Without a dialog, and with what the server has said.
  async is_in() {
    await this.dialog.waitFor({ state: "detached" });
    await this.page.locator("nav a", { hasText: "Servers" }).waitFor();
  }

  /// Of the navigation, in its order.
  async views() {
    const found = await this.page.locator("nav a").allTextContents();
    return found.map((x) => x.trim());
  }

  async looks_at(view) {
    await this.page.locator("nav a", { hasText: view }).click();
    await this.is_at(view === "Dashboard" ? "" : view.toLowerCase());
  }

  /// The page of what a row of a list tells of.
  async opens(text) {
    await this.row(text).click();
    await this.is_at("n/");
  }

  /// There, and the view before is gone, which moves out of sight.
  async is_at(route) {
    await this.page.waitForFunction(
      (x) => (x ? location.hash.startsWith(`#/${x}`) : location.hash === "#/")
        && document.querySelector("main .container").childElementCount === 1,
      route);
  }

  async sees(text) {
    await this.main.getByText(text).first().waitFor();
  }

  row(text) {
    return this.main.locator("tbody tr", { hasText: text });
  }

  /// A card by its title.
  card(title) {
    return this.main.locator(".v-card", {
      has: this.page.locator(".v-card__title", { hasText: title }),
    });
  }

  async joins(room) {
    const input = this.main.getByLabel("Join a room");
    await input.fill(room);
    await this.main.locator("form button[type=submit]").click();
  }
}
