// Produces a record for each key with one of Go's clients of Kafka:
//
//	clients kafka-go|kafka-go-murmur2|franz-go BOOTSTRAP TOPIC KEY...
//
// Each value is the client's name, as JSON. What fails is told on stderr.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/twmb/franz-go/pkg/kgo"
)

const patience = 20 * time.Second

func value(client string) []byte {
	return []byte(fmt.Sprintf("{%q:%q}", "from", client))
}

func withKafkaGo(ctx context.Context, balancer kafka.Balancer, client, bootstrap, topic string, keys []string) error {
	writer := kafka.Writer{
		Addr: kafka.TCP(bootstrap), Topic: topic, Balancer: balancer,
		RequiredAcks: kafka.RequireAll, BatchTimeout: 10 * time.Millisecond,
	}
	defer writer.Close()
	for _, key := range keys {
		err := writer.WriteMessages(ctx, kafka.Message{Key: []byte(key), Value: value(client)})
		if err != nil {
			return err
		}
	}
	return nil
}

func withFranzGo(ctx context.Context, client, bootstrap, topic string, keys []string) error {
	producer, err := kgo.NewClient(kgo.SeedBrokers(bootstrap), kgo.DefaultProduceTopic(topic))
	if err != nil {
		return err
	}
	defer producer.Close()
	for _, key := range keys {
		record := kgo.Record{Key: []byte(key), Value: value(client)}
		if err := producer.ProduceSync(ctx, &record).FirstErr(); err != nil {
			return err
		}
	}
	return nil
}

func produce(client, bootstrap, topic string, keys []string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	switch client {
	case "kafka-go":
		return withKafkaGo(ctx, nil, client, bootstrap, topic, keys)
	case "kafka-go-murmur2":
		return withKafkaGo(ctx, &kafka.Murmur2Balancer{}, client, bootstrap, topic, keys)
	case "franz-go":
		return withFranzGo(ctx, client, bootstrap, topic, keys)
	}
	return fmt.Errorf("there is no client %q", client)
}

func main() {
	if err := produce(os.Args[1], os.Args[2], os.Args[3], os.Args[4:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
