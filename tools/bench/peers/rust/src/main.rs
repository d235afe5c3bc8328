//! What a Rust user would put between Socket.IO clients and Kafka instead of
//! Weir: socketioxide on axum and tokio, rdkafka behind it. It keeps the same
//! contract towards clients (join, message, acks), so that one load drives all.
//!
//! Choices a sensible user makes: the default multi-thread runtime, an
//! idempotent producer with acks=all that lingers 1 ms (librdkafka's default of
//! 5 ms would only cost latency), TCP_NODELAY (else 44 ms for each ack), and a
//! send buffer per socket large enough that a burst is not dropped (socketioxide
//! drops beyond 128 packets).

use std::env;
use std::time::Duration;

use axum::serve::ListenerExt;
use axum::Router;
use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext, Rebalance, StreamConsumer};
use rdkafka::message::Message;
use rdkafka::producer::{FutureProducer, FutureRecord};
use rdkafka::ClientContext;
use serde_json::{json, Value};
use socketioxide::extract::{AckSender, Data, SocketRef};
use socketioxide::SocketIo;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

const DELIVERY_TIMEOUT: Duration = Duration::from_secs(30);
const SEND_BUFFER_PACKETS: usize = 4096;

/// Tells the main task when the group has assigned partitions.
struct AssignmentContext(mpsc::UnboundedSender<()>);

impl ClientContext for AssignmentContext {}

impl ConsumerContext for AssignmentContext {
    fn post_rebalance(&self, _: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        if let Rebalance::Assign(partitions) = rebalance {
            if partitions.count() > 0 {
                self.0.send(()).ok();
            }
        }
    }
}

fn kafka_config() -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", required("KAFKA_BROKERS"));
    config
}

fn required(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("{name} is not set"))
}

fn make_producer() -> FutureProducer {
    kafka_config()
        .set("enable.idempotence", "true")
        .set("linger.ms", "1")
        .create()
        .expect("producer")
}

fn make_consumer(assigned: mpsc::UnboundedSender<()>) -> StreamConsumer<AssignmentContext> {
    kafka_config()
        .set("group.id", required("KAFKA_GROUP"))
        .set("auto.offset.reset", "earliest")
        .create_with_context(AssignmentContext(assigned))
        .expect("consumer")
}

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

async fn deliver_records(io: SocketIo, consumer: StreamConsumer<AssignmentContext>) {
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
    let topic: &'static str = required("KAFKA_TOPIC").leak();
    let (layer, io) = SocketIo::builder()
        .max_buffer_size(SEND_BUFFER_PACKETS)
        .build_layer();
    serve_clients(&io, make_producer(), topic);

    let (assigned_tx, mut assigned_rx) = mpsc::unbounded_channel();
    let consumer = make_consumer(assigned_tx);
    consumer.subscribe(&[topic]).expect("subscribe");
    tokio::spawn(deliver_records(io, consumer));
    assigned_rx.recv().await;

    let listener = TcpListener::bind("127.0.0.1:0").await.expect("listen");
    println!("listening http://{}", listener.local_addr().expect("address"));
    let listener = listener.tap_io(|stream| stream.set_nodelay(true).expect("nodelay"));
    axum::serve(listener, Router::new().layer(layer)).await.expect("serve");
}
