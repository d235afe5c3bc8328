//! What a Rust user would put between Socket.IO clients and Kafka instead of
//! Weir: socketioxide on axum and tokio, rdkafka behind it. It keeps the same
//! contract towards clients (join, message, acks), so that one load drives all.

use std::time::Duration;

use rdkafka::message::Message;
use rdkafka::producer::{FutureProducer, FutureRecord};
use serde_json::{json, Value};
use socketioxide::extract::{AckSender, Data, SocketRef};
use socketioxide::SocketIo;
use weir_bench_peer::{run, Records};

const DELIVERY_TIMEOUT: Duration = Duration::from_secs(30);

/// Stores one emit; answers its ack once Kafka has it.
async fn on_message(producer: FutureProducer, topic: &str, event: Value, ack: AckSender) {
    let Some(room) = event["room"].as_str() else {
        ack.send(&json!({"status": "error", "code": "invalid_payload"})).ok();
        return;
    };
    let value = event.to_string();
    let record = FutureRecord::to(topic).key(room).payload(&value);
    let answer = match producer.send(record, DELIVERY_TIMEOUT).await {
        Ok(stored) => json!({
            "status": "ok", "topic": topic,
            "partition": stored.partition, "offset": stored.offset
        }),
        Err((error, _)) => {
            json!({"status": "error", "code": "unavailable", "message": error.to_string()})
        }
    };
    ack.send(&answer).ok();
}

fn serve_clients(io: &SocketIo, producer: FutureProducer, topic: &'static str) {
    io.ns("/", async move |socket: SocketRef| {
        socket.on("join", async |socket: SocketRef, Data::<String>(room), ack: AckSender| {
            socket.join(room.clone());
            ack.send(&json!({"status": "ok", "room": room})).ok();
        });
        socket.on("message", async move |Data::<Value>(event), ack: AckSender| {
            on_message(producer, topic, event, ack).await;
        });
    });
}

async fn deliver_records(io: SocketIo, consumer: Records) {
    loop {
        let record = consumer.recv().await.expect("record");
        let (Some(key), Some(value)) = (record.key(), record.payload()) else {
            continue;
        };
        let room = String::from_utf8_lossy(key).into_owned();
        if let Ok(event) = serde_json::from_slice::<Value>(value) {
            io.to(room).emit("message", &event).await.ok();
        }
    }
}

#[tokio::main]
async fn main() {
    run(serve_clients, deliver_records).await;
}
