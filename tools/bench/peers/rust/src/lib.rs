//! What both peers share: their clients of Kafka, and how they begin to serve.
//!
//! Choices a sensible user makes: the default multi-thread runtime, an
//! idempotent producer with acks=all that lingers 1 ms (librdkafka's default of
//! 5 ms would only cost latency), TCP_NODELAY (else 44 ms for each ack), and a
//! send buffer per socket large enough that a burst is not dropped (socketioxide
//! drops beyond 128 packets).

use std::env;
use std::future::Future;

use axum::serve::ListenerExt;
use axum::Router;
use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext, Rebalance, StreamConsumer};
use rdkafka::producer::FutureProducer;
use rdkafka::ClientContext;
use socketioxide::SocketIo;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

const SEND_BUFFER_PACKETS: usize = 4096;

pub type Records = StreamConsumer<AssignmentContext>;

/// Tells the main task when the group has assigned partitions.
pub struct AssignmentContext(mpsc::UnboundedSender<()>);

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

fn make_consumer(assigned: mpsc::UnboundedSender<()>) -> Records {
    kafka_config()
        .set("group.id", required("KAFKA_GROUP"))
        .set("auto.offset.reset", "earliest")
        .create_with_context(AssignmentContext(assigned))
        .expect("consumer")
}

/// Serves clients as `handlers` says, and hands the topic's records to `deliver`.
pub async fn run<D, F>(handlers: impl FnOnce(&SocketIo, FutureProducer, &'static str), deliver: D)
where
    D: FnOnce(SocketIo, Records) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    let topic: &'static str = required("KAFKA_TOPIC").leak();
    let (layer, io) = SocketIo::builder()
        .max_buffer_size(SEND_BUFFER_PACKETS)
        .build_layer();
    handlers(&io, make_producer(), topic);

    let (assigned_tx, mut assigned_rx) = mpsc::unbounded_channel();
    let consumer = make_consumer(assigned_tx);
    consumer.subscribe(&[topic]).expect("subscribe");
    tokio::spawn(deliver(io, consumer));
    assigned_rx.recv().await;

    let listener = TcpListener::bind("127.0.0.1:0").await.expect("listen");
    println!("listening http://{}", listener.local_addr().expect("address"));
    let listener = listener.tap_io(|stream| stream.set_nodelay(true).expect("nodelay"));
    axum::serve(listener, Router::new().layer(layer)).await.expect("serve");
}
