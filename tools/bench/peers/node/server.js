// What a Node.js user would put between Socket.IO clients and Kafka instead of
// Weir: socket.io and kafkajs. It keeps the same contract towards clients (join,
// message, acks), so that one load drives all.
//
// Choices a sensible user makes: an idempotent producer with acks=all, and emits
// that arrive while a send is under way share the next one (a send per emit is
// several times slower); records consumed a batch at a time, the partitions
// side by side; the record's own JSON is parsed once and emitted to its room.

import { createServer } from "node:http";
import { Kafka, Partitioners, logLevel } from "kafkajs";
import { Server } from "socket.io";

const MAX_RECORDS_PER_SEND = 5000;

function required(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

const topic = required("KAFKA_TOPIC");
const kafka = new Kafka({
  clientId: "bench",
  brokers: required("KAFKA_BROKERS").split(","),
  logLevel: logLevel.ERROR,
});

/** Sends records in order; whatever arrives during a send joins the next. */
class BatchingProducer {
  #waiting = [];
  #sending = false;
  #producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
  });

  connect() {
    return this.#producer.connect();
  }

  /** Resolves with where the record was stored. */
  send(key, value) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ key, value, resolve, reject });
      if (!this.#sending) {
        this.#sending = true;
        // The rest of what this turn of the event loop reads comes along.
        setImmediate(() => this.#drain());
      }
    });
  }

  async #drain() {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, MAX_RECORDS_PER_SEND);
      try {
        await this.#producer.send({ topic, acks: -1, messages: batch });
        for (const { resolve } of batch) resolve({ status: "ok", topic });
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#sending = false;
  }
}

function serveClients(io, producer) {
  io.on("connection", (socket) => {
    socket.on("join", (room, ack) => {
      socket.join(room);
      ack({ status: "ok", room });
    });
    socket.on("message", async (event, ack) => {
      try {
        ack(await producer.send(event.room, JSON.stringify(event)));
      } catch (error) {
        ack({ status: "error", code: "unavailable", message: error.message });
      }
    });
  });
}

/** Resolves once the group has assigned this consumer its partitions. */
async function deliverRecords(io) {
  const consumer = kafka.consumer({ groupId: required("KAFKA_GROUP") });
  const assigned = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    partitionsConsumedConcurrently: 4,
    eachBatch: async ({ batch, resolveOffset, heartbeat }) => {
      for (const { key, value, offset } of batch.messages) {
        io.to(key.toString()).emit("message", JSON.parse(value.toString()));
        resolveOffset(offset);
      }
      await heartbeat();
    },
  });
  await assigned;
}

const http = createServer();
const io = new Server(http);
const producer = new BatchingProducer();
serveClients(io, producer);
await producer.connect();
await deliverRecords(io);
http.listen(0, "127.0.0.1", () => {
  console.log(`listening http://127.0.0.1:${http.address().port}`);
});
