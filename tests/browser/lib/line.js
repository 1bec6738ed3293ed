// SPDX-License-Identifier: Apache-2.0
// The line between a page and its server, which a test can make slow, cut, or speak on itself.

/** Puts a line in place before the page is opened. */
export async function lineOf(page) {
  const line = new Line(page);
  await page.route(/\/(api|auth|config)\b/, (route) => line.request(route));
  await page.routeWebSocket(/\/ws$/, (socket) => line.connect(socket));
  return line;
}

class Line {
  constructor(page) {
    this.page = page;
    this.reset();
    /** Open event streams. */
    this.sockets = new Set();
    this.connections = 0;
    /** Addresses that were asked for. */
    this.asked = [];
  }

  /** As if the line were not there. */
  reset() {
    this.delay = 0;
    this.isCut = false;
    this.isUnauthorized = false;
    this.release?.();
    this.held = undefined;
  }

  /** From now on no request is answered, until reset. */
  holds() {
    this.held = new Promise((done) => { this.release = done; });
  }

  count(pattern) {
    return this.asked.filter((url) => pattern.test(url)).length;
  }

  async request(route) {
    const request = route.request();
    this.asked.push(request.url());
    if (this.delay > 0) await new Promise((done) => setTimeout(done, this.delay));
    if (this.held) await this.held;
    // A page that is left takes its requests with it.
    const quietly = (answer) => answer.catch(() => {});
    if (this.isCut) return quietly(route.abort('connectionrefused'));
    if (this.isUnauthorized && request.method() === 'GET' && request.url().includes('/api/')) {
      return quietly(route.fulfill({ status: 401, contentType: 'application/json', body: '{"error": "you need to sign in"}' }));
    }
    return quietly(route.continue());
  }

  connect(socket) {
    this.connections += 1;
    if (this.isCut) return void socket.close({ code: 1001 });
    const server = socket.connectToServer();
    this.sockets.add(socket);
    const end = () => this.sockets.delete(socket);
    socket.onMessage((text) => this.isCut || server.send(text));
    server.onMessage((text) => this.isCut || socket.send(text));
    socket.onClose(() => { end(); server.close(); });
    server.onClose(() => { end(); socket.close(); });
  }

  /** Neither answers nor events any more. */
  async cut() {
    this.isCut = true;
    for (const socket of [...this.sockets]) await socket.close({ code: 1001 }).catch(() => {});
    this.sockets.clear();
  }

  /** Says something as the server would. */
  say(key, message) {
    const frame = JSON.stringify({ k: key, m: message });
    for (const socket of this.sockets) socket.send(frame);
  }
}
