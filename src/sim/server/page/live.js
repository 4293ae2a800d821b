// The socket to the server. It opens itself again when it falls; whoever listens begins anew then.

const FIRST_PAUSE = 400;
const LONGEST_PAUSE = 5000;

export class Live {
  /// `fresh()` before the first message of each socket, `take(message)` for each, `link(up)` when it changes.
  constructor({ fresh, take, link }) {
    Object.assign(this, { fresh, take, link, pause: FIRST_PAUSE, socket: null });
    this.open();
    // A page that comes back to the front does not wait out its pause.
    addEventListener("online", () => this.hurry());
    document.addEventListener("visibilitychange", () => document.hidden || this.hurry());
  }

  open() {
    clearTimeout(this.timer);
    this.timer = null;
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/live`);
    this.socket = socket;
    socket.onopen = () => {
      this.pause = FIRST_PAUSE;
      this.fresh();
      this.link(true);
    };
    socket.onmessage = (event) => this.take(JSON.parse(event.data));
    socket.onclose = () => {
      this.link(false);
      this.timer = setTimeout(() => this.open(), this.pause);
      this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
    };
  }

  hurry() {
    if (this.timer) this.open();
  }

  /// Sends an object; false when there is nobody to take it.
  send(message) {
    if (this.socket.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }
}
