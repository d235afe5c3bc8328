// A chat over Weir, without a framework. Rooms, names and messages are only
// ever set as textContent: whoever can write into the topic can write here.
"use strict";

const MESSAGE = "chat message"; // mapped to the topic by config/demo.toml
const TYPING = "typing"; // local events: they never touch Kafka
const STORED = "stored";
const ROOM_PREFIX = "chat:";
const ROOM_NAME = /^[\p{L}\p{N}._-]{1,40}$/u;
const ACK_TIMEOUT = 35_000; // longer than kafka.delivery_timeout
const TYPING_EVERY = 2_000; // at most one event in this time
const TYPING_SHOWN = 3_500;
const RETURN_DELAY = 1_000; // after the server has said goodbye
const PLACES_KEPT = 1_000; // that came before their message, in a room
const NODE_NAMES = "abcdefghijklmnopqrstuvwxyz"; // that tools/run gives
const BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
  + "0123456789-_";
/// As the address says: "?transports=websocket". Without: whatever works best.
const TRANSPORTS = new URLSearchParams(location.search).get("transports")
  ?.split(",");

const $ = (id) => document.getElementById(id);

/// By name: {name, state, why, isMember, item, label, unread, log, typists,
/// messages, places}; the last two, what others wrote and where it lies, by id.
const rooms = new Map();
/// Own messages that were not delivered yet, by their id: elements.
const own = new Map();
let active = null;
let me = "";
let socket = null;
let connects = 0;
let node = ""; // that has the session
let typingSent = 0;

// -- what survives a reload, for this tab -------------------------------------

function remember() {
  const what = { me, rooms: [...rooms.keys()], active: active?.name };
  try {
    sessionStorage.setItem("weir-chat", JSON.stringify(what));
  } catch { /* the browser forbids storage: then not */ }
}

function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem("weir-chat"));
  } catch {
    return null;
  }
}

// -- elements -----------------------------------------------------------------

function element(name, className, text) {
  const result = document.createElement(name);
  if (className) result.className = className;
  if (text !== undefined) result.textContent = text;
  return result;
}

/// A coloured initial; the same name has the same colour everywhere.
function dress(avatar, name) {
  let hash = 0;
  for (const c of name) hash = (hash * 31 + c.codePointAt(0)) % 360;
  avatar.style.setProperty("--hue", String((hash * 137) % 360));
  avatar.textContent = [...name][0]?.toUpperCase() ?? "?";
}

function isAtEnd(log) {
  return log.scrollHeight - log.scrollTop - log.clientHeight < 60;
}

/// Changes a log; who was at its end stays there.
function change(log, what) {
  const follow = isAtEnd(log);
  what();
  if (follow) log.scrollTop = log.scrollHeight;
}

// -- rooms --------------------------------------------------------------------

function addRoom(name) {
  if (!rooms.has(name)) {
    const room = { name, state: "joining", why: "", unread: 0,
                   typists: new Map(), messages: new Map(),
                   places: new Map() };
    room.item = element("li");
    const button = element("button");
    button.type = "button";
    button.append(element("span", "label", name));
    room.badge = element("span", "unread");
    room.badge.hidden = true;
    button.append(room.badge);
    button.addEventListener("click", () => turnTo(room));
    room.item.append(button);
    $("rooms").append(room.item);
    room.log = element("div", "log");
    room.log.setAttribute("role", "log");
    room.log.setAttribute("aria-label", `Messages in ${name}`);
    room.log.tabIndex = 0;
    $("logs").append(room.log);
    rooms.set(name, room);
    if (socket?.connected) join(room);
  }
  show(rooms.get(name));
}

/// Also asks again where a room was refused.
function turnTo(room) {
  show(room);
  if (room.state === "not joined" && socket.connected) join(room);
  $("text").focus();
}

function show(room) {
  active = room;
  room.unread = 0;
  $("room-title").textContent = room.name;
  $("hint").textContent = kcatCommand(room.name);
  for (const x of rooms.values()) {
    x.log.hidden = x !== room;
    const button = x.item.firstChild;
    if (x === room) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
  room.log.scrollTop = room.log.scrollHeight;
  complain("");
  refresh();
  remember();
}

/// Everything that depends on the state of rooms and connection.
function refresh() {
  let unread = 0;
  for (const x of rooms.values()) {
    x.badge.hidden = x.unread === 0;
    x.badge.textContent = String(x.unread);
    x.badge.title = `${x.unread} unread`;
    unread += x.unread;
  }
  document.title = unread ? `(${unread}) Weir chat` : "Weir chat";
  if (!active) return;
  $("room-state").textContent
    = active.state === "joined" ? "" : active.why || active.state;
  $("send").disabled = !socket?.connected || active.state !== "joined";
  $("leave").hidden = rooms.size < 2;
  const names = [...active.typists.keys()];
  $("typing").textContent = names.length === 0 ? ""
    : names.length === 1 ? `${names[0]} is typing…`
    : names.length === 2 ? `${names[0]} and ${names[1]} are typing…`
    : "Several people are typing…";
}

function join(room) {
  setRoomState(room, "joining");
  socket.timeout(ACK_TIMEOUT).emit("join", ROOM_PREFIX + room.name,
    (error, answer) => {
      if (rooms.get(room.name) !== room) return; // left meanwhile
      if (error) {
        // A lost connection joins again by itself.
        if (socket.connected) setRoomState(room, "not joined",
                                             "Weir does not answer");
      } else if (answer.status !== "ok") {
        setRoomState(room, "not joined", `not joined: ${reasonOf(answer)}`);
      } else {
        setRoomState(room, "joined");
        notice(room, room.wasJoined
          ? "Reconnected. What was written meanwhile is not shown."
          : "You are in. Everything from here on is shown.");
        room.wasJoined = true;
      }
    });
}

/// The socket is in the room again, and gets what it has missed.
function comeBack(room) {
  setRoomState(room, "joined");
  notice(room, "Reconnected. What was written meanwhile follows.");
}

function setRoomState(room, state, why = "") {
  room.state = state;
  room.why = why;
  refresh();
}

function leave(room) {
  // Without a connection this waits for one: a socket that comes back is in the
  // room, any other is not.
  socket.emit("leave", ROOM_PREFIX + room.name, (answer) => {
    if (answer.status !== "ok" && answer.code !== "not_a_member")
      complain(`Leaving ${room.name}: ${reasonOf(answer)}`);
  });
  rooms.delete(room.name);
  room.item.remove();
  room.log.remove();
  show(rooms.values().next().value);
}

function kcatCommand(name) {
  // Room names hold no character that means something to a shell.
  const value = { room: ROOM_PREFIX + name, from: "kcat", text: "hello" };
  return `echo '${name}:${JSON.stringify(value)}' \\\n`
    + "  | kcat -b BOOTSTRAP -P -t chat.messages -K: "
    + "-X partitioner=murmur2_random";
}

// -- messages -----------------------------------------------------------------

function messageElement(from, text, mine) {
  const result = element("article", mine ? "message mine" : "message");
  if (!mine) {
    const avatar = element("span", "avatar");
    avatar.setAttribute("aria-hidden", "true");
    dress(avatar, from);
    result.append(avatar);
  }
  const bubble = element("div", "bubble");
  const who = element("div", "who");
  who.append(element("span", "", mine ? "You" : from));
  const now = new Date();
  const time = element("time", "", now.toLocaleTimeString([],
    { hour: "2-digit", minute: "2-digit" }));
  time.dateTime = now.toISOString();
  who.append(time);
  bubble.append(who, element("div", "text", text));
  result.append(bubble);
  return result;
}

/// Behind everything that was delivered, before what is still on its way: the
/// log shows the order of the partition.
function place(room, node) {
  node.dataset.delivered = "yes";
  change(room.log, () => room.log.insertBefore(
    node, room.log.querySelector("[data-delivered=no]")));
}

function notice(room, text) {
  const node = element("p", "notice", text);
  place(room, node);
}

/// With the id of an earlier attempt it is stored once, whatever became of that.
function send(text, earlierId) {
  const room = active;
  const id = earlierId ?? newId();
  const node = messageElement(me, text, true);
  node.dataset.state = "pending";
  node.dataset.delivered = earlierId ? "yes" : "no"; // perhaps long ago
  node.stored = element("div", "stored", "pending");
  node.lastChild.append(node.stored);
  own.set(id, node);
  change(room.log, () => room.log.append(node));
  room.log.scrollTop = room.log.scrollHeight;
  const message = { room: ROOM_PREFIX + room.name, from: me, text, id };
  socket.timeout(ACK_TIMEOUT).emit(MESSAGE, message, (error, answer) =>
    change(room.log, () => {
      if (error) failed(node, room, message, "no answer; it may be stored");
      else if (answer.status === "ok") stored(node, message, answer);
      else failed(node, room, message, reasonOf(answer), answer.code);
    }));
}

/// The ack: it is in Kafka, and where. The others get no ack, so they are told.
function stored(node, { room, id }, { topic, partition, offset }) {
  showPlace(node, { partition, offset });
  node.stored.title = `stored in Kafka: ${topic}`;
  socket.emit(STORED, { room, id, partition, offset });
}

function showPlace(node, { partition, offset }) {
  node.dataset.state = "stored";
  node.dataset.partition = partition;
  node.dataset.offset = offset;
  node.stored.textContent = `partition ${partition} · offset ${offset}`;
}

/// Delivered, while the ack was lost: where it lies is not known.
function storedSomewhere(node) {
  node.dataset.state = "stored";
  node.stored.textContent = "stored";
}

function failed(node, room, { text, id }, why, code) {
  if (own.get(id) !== node) return storedSomewhere(node);
  node.dataset.state = "failed";
  node.dataset.delivered = "yes"; // nothing waits for it
  node.stored.textContent = why;
  const again = element("button", "quiet again", "send again");
  again.type = "button";
  again.addEventListener("click", () => {
    if ($("send").disabled || active !== room) return;
    node.remove();
    send(text, code === "timeout" ? undefined : id); // is answered so again
  });
  node.stored.append(" ", again);
}

function reasonOf(answer) {
  return `${answer.code}: ${answer.message}`;
}

function newId() {
  // crypto.randomUUID is not there for pages that come by plain HTTP.
  return [...crypto.getRandomValues(new Uint32Array(4))]
    .map((x) => x.toString(36)).join("");
}

/// A record: perhaps from this page, perhaps from any program that can write
/// into the topic.
function onMessage(value) {
  const { room: target, from, text, id } = readable(value);
  const node = own.get(id);
  const room = roomOf(target);
  if (!room) return;
  own.delete(id);
  if (from) room.typists.delete(from);
  if (node?.dataset.state === "failed") storedSomewhere(node);
  place(room, node ?? messageOfAnother(room, from || "unnamed", text, id));
  if (room !== active && !node) ++room.unread;
  refresh();
}

function messageOfAnother(room, from, text, id) {
  const result = messageElement(from, text, false);
  if (id === undefined || room.messages.has(id)) return result;
  room.messages.set(id, result);
  if (room.places.has(id)) annotate(result, room.places.get(id));
  room.places.delete(id);
  return result;
}

/// Where a message of another lies, as its sender says. It may come before the
/// message.
function onStored(value) {
  const { room: target, id } = readable(value);
  const room = roomOf(target);
  const { partition, offset } = value ?? {};
  if (!room || id === undefined || ![partition, offset].every(isNumber)) return;
  const node = room.messages.get(id);
  if (node) return change(room.log, () => annotate(node, { partition, offset }));
  room.places.set(id, { partition, offset });
  if (room.places.size > PLACES_KEPT)
    room.places.delete(room.places.keys().next().value);
}

function annotate(node, place) {
  if (node.stored) return;
  node.stored = element("div", "stored");
  node.lastChild.append(node.stored);
  showPlace(node, place);
}

/// What a slow member has missed permanently; `to` is not missing.
function onGap(value) {
  const room = roomOf(readable(value).room);
  const { partition, from, to } = value ?? {};
  if (!room || ![partition, from, to].every(isNumber)) return;
  notice(room, to > from
    ? `Missing: offsets ${from} to ${to - 1} of partition ${partition}.`
    : `Partition ${partition} was created again.`);
}

function readable(value) {
  const isObject = value !== null && typeof value === "object";
  const string = (x) => typeof x === "string" ? x : undefined;
  return {
    room: isObject ? string(value.room) : undefined,
    from: isObject ? string(value.from) : undefined,
    text: (isObject ? string(value.text) : string(value))
      ?? JSON.stringify(value) ?? "",
    id: isObject ? string(value.id) : undefined,
  };
}

function isNumber(x) {
  return Number.isSafeInteger(x) && x >= 0;
}

/// An event does not tell which room it was delivered for; the value does, or
/// there is only one.
function roomOf(target) {
  if (target?.startsWith(ROOM_PREFIX))
    return rooms.get(target.slice(ROOM_PREFIX.length));
  return target === undefined ? active : undefined;
}

// -- typing -------------------------------------------------------------------

function tellTyping() {
  const now = Date.now();
  if ($("send").disabled || now - typingSent < TYPING_EVERY) return;
  typingSent = now;
  socket.emit(TYPING, { room: ROOM_PREFIX + active.name, from: me });
}

function onTyping(value) {
  const { room: target, from } = readable(value);
  const room = roomOf(target);
  if (!room || !from) return;
  clearTimeout(room.typists.get(from));
  room.typists.set(from, setTimeout(() => {
    room.typists.delete(from);
    refresh();
  }, TYPING_SHOWN));
  refresh();
}

// -- connection ---------------------------------------------------------------

function setConnection(state, text) {
  $("connection").dataset.state = state;
  $("connection-text").textContent = text;
  refresh();
}

function showTransport() {
  setConnection("connected", `connected (${socket.io.engine.transport.name})`
                             + ` to node ${node}`);
}

/// The id of a session begins with the tag of the node that has it.
function nodeOf(sessionId) {
  const tag = sessionId.slice(0, 4);
  return [...NODE_NAMES].find((x) => nodeTag(x) === tag) ?? tag;
}

/// As config/node_tag.cpp makes it of a name: FNV-1a, folded to 24 bits.
function nodeTag(name) {
  let hash = 2_166_136_261;
  for (const c of new TextEncoder().encode(name))
    hash = Math.imul(hash ^ c, 16_777_619) >>> 0;
  const bits = (hash >>> 24) ^ (hash & 0xff_ffff);
  return [18, 12, 6, 0].map((x) => BASE64URL[(bits >>> x) & 63]).join("");
}

/// After a recovery the socket has its old id, but another session.
function noteNode() {
  const last = node;
  node = nodeOf(socket.io.engine.id);
  if (!last || node === last) return;
  for (const room of rooms.values())
    notice(room, `Moved from node ${last} to node ${node}.`);
}

function connect() {
  socket = io(TRANSPORTS ? { transports: TRANSPORTS } : {});
  socket.on("connect", () => {
    ++connects;
    noteNode();
    showTransport();
    socket.io.engine.on("upgrade", showTransport);
    if (!socket.recovered) forgetLastSocket();
    for (const room of rooms.values()) {
      if (room.isMember) comeBack(room);
      else join(room);
    }
  });
  socket.on("disconnect", (reason) => {
    setConnection("reconnecting", `reconnecting (${reason})`);
    for (const room of rooms.values()) {
      room.isMember = room.state === "joined";
      setRoomState(room, "waiting for the connection");
    }
    if (reason === "io server disconnect")
      setTimeout(() => socket.connect(), RETURN_DELAY);
  });
  socket.on("connect_error", (error) => setConnection(
    socket.active ? "reconnecting" : "failed",
    connects ? `reconnecting (${error.message})`
             : `cannot connect (${error.message})`));
  socket.io.on("reconnect_attempt", (n) =>
    setConnection("reconnecting", `reconnecting, attempt ${n}`));
  socket.on(MESSAGE, onMessage);
  socket.on(TYPING, onTyping);
  socket.on(STORED, onStored);
  socket.on("weir:gap", onGap);
}

/// The new one is in no room, and gets nothing of what the last one has sent.
function forgetLastSocket() {
  for (const room of rooms.values()) room.isMember = false;
  for (const x of document.querySelectorAll("[data-delivered=no]"))
    x.dataset.delivered = "yes";
}

// -- the page -----------------------------------------------------------------

function complain(text) {
  $("problem").textContent = text;
  $("problem").hidden = !text;
}

function nameError(room) {
  return ROOM_NAME.test(room) ? ""
    : "A room's name is up to 40 letters, digits, dots, dashes, underscores.";
}

function enter(name, names, current) {
  me = name;
  $("welcome").hidden = true;
  $("chat").hidden = false;
  $("my-name").textContent = me;
  dress($("my-initial"), me);
  connect();
  for (const x of names) addRoom(x);
  if (rooms.has(current)) show(rooms.get(current));
  $("text").focus();
}

function showEnterError(text) {
  $("enter-error").textContent = text;
  $("enter-error").hidden = !text;
}

$("enter").addEventListener("submit", (event) => {
  event.preventDefault();
  const name = $("name").value.trim();
  const room = $("first-room").value.trim();
  const wrong = name ? nameError(room) : "A name is needed.";
  showEnterError(wrong);
  if (!wrong) enter(name, [room]);
});

$("add-room").addEventListener("submit", (event) => {
  event.preventDefault();
  const room = $("new-room").value.trim();
  const wrong = nameError(room);
  complain(wrong);
  if (wrong) return;
  $("new-room").value = "";
  addRoom(room);
  $("text").focus();
});

$("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("text").value.trim();
  if (!text || $("send").disabled) return;
  $("text").value = "";
  typingSent = 0;
  complain("");
  send(text);
});

$("text").addEventListener("input", () => { if ($("text").value) tellTyping(); });
$("leave").addEventListener("click", () => leave(active));

if (typeof io === "undefined") {
  showEnterError("The Socket.IO client is not there. In a checkout of Weir, "
                   + "tools/run puts it in place.");
  $("enter").querySelector("button").disabled = true;
} else {
  const last = remembered();
  if (last?.me && last.rooms?.length) enter(last.me, last.rooms, last.active);
  else $("name").focus();
}
