//! The least that the same libraries can do: an event is two strings, a room and
//! a text that nobody looks into, a record is its text alone, and an ack is
//! `true`. So no JSON value is ever built, and an emit is produced within its
//! handler, which keeps the order of a client's emits.

use rdkafka::message::Message;
use rdkafka::producer::{FutureProducer, FutureRecord};
use socketioxide::extract::{AckSender, Data, SocketRef};
use socketioxide::SocketIo;
use weir_bench_peer::{run, Records};

type Event = (String, String);

fn serve_clients(io: &SocketIo, producer: FutureProducer, topic: &'static str) {
    io.ns("/", async move |socket: SocketRef| {
        socket.on("join", async |socket: SocketRef, Data::<String>(room), ack: AckSender| {
            socket.join(room);
            ack.send(&true).ok();
        });
        socket.on("message", move |Data::<Event>((room, text)), ack: AckSender| {
            let record = FutureRecord::to(topic).key(&room).payload(&text);
            let report = producer.send_result(record).ok();
            async move {
                let stored = match report {
                    Some(report) => matches!(report.await, Ok(Ok(_))),
                    None => false,
                };
                ack.send(&stored).ok();
            }
        });
    });
}

async fn deliver_records(io: SocketIo, consumer: Records) {
    loop {
        let record = consumer.recv().await.expect("record");
        let (Some(Ok(room)), Some(Ok(text))) = (record.key_view(), record.payload_view()) else {
            continue;
        };
        let event: (&str, &str) = (room, text);
        io.to(room.to_owned()).emit("message", &event).await.ok();
    }
}

#[tokio::main]
async fn main() {
    run(serve_clients, deliver_records).await;
}
