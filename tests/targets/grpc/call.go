//go:build !serveronly

package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"targets/commands"
	"targets/grpcjson"
)

func init() { roles["call"] = call }

// command is a number of equal calls.
type command struct {
	// Kind is unary, client-stream, server-stream or bidi.
	Kind string `json:"kind"`
	// Outcome is ok, error (the server answers Code), deadline, cancel, wait (until the server goes away) or exit (the server does).
	Outcome string `json:"outcome"`
	// Count is how many calls, Concurrency how many of them at a time.
	Count       int `json:"count"`
	Concurrency int `json:"concurrency"`
	// Messages is how many messages each direction of a stream carries.
	Messages int `json:"messages"`
	// Code is the status that the outcome "error" asks for.
	Code uint32 `json:"code"`
	// TimeoutMS is the deadline of every call, or the time until the cancellation; 0: none, or 50 ms where the outcome needs one.
	TimeoutMS int `json:"timeout_ms"`
	// Bytes is the length of each payload; Grow see request.
	Bytes int `json:"bytes"`
	Grow  int `json:"grow"`
	// Metadata is sent with each call.
	Metadata map[string]string `json:"metadata"`
}

// result is one call as its caller saw it.
type result struct {
	Code     codes.Code `json:"code"`
	Sent     int        `json:"sent"`
	Received int        `json:"received"`
}

// String and Set make metadata a flag: -metadata k=v, as often as needed.
type metadataFlag map[string]string

func (metadataFlag) String() string { return "" }
func (m metadataFlag) Set(text string) error {
	pair := strings.SplitN(text, "=", 2)
	if len(pair) != 2 {
		return fmt.Errorf("%q is not KEY=VALUE", text)
	}
	m[pair[0]] = pair[1]
	return nil
}

func call(arguments []string) {
	given := command{Metadata: map[string]string{}}
	var code uint
	flags := flag.NewFlagSet("call", flag.ExitOnError)
	address := flags.String("address", "", "the server's address")
	flags.StringVar(&given.Kind, "kind", "", "unary, client-stream, server-stream or bidi")
	flags.StringVar(&given.Outcome, "outcome", "ok", "ok, error, deadline, cancel, wait or exit")
	flags.IntVar(&given.Count, "count", 1, "calls")
	flags.IntVar(&given.Concurrency, "concurrency", 1, "calls at a time")
	flags.IntVar(&given.Messages, "messages", 3, "messages in each direction of a stream")
	flags.UintVar(&code, "code", uint(codes.NotFound), "the status of the outcome error")
	flags.IntVar(&given.TimeoutMS, "timeout-ms", 0, "deadline")
	flags.IntVar(&given.Bytes, "bytes", 0, "payload of each message")
	flags.IntVar(&given.Grow, "grow", 0, "frames that the server's handler descends")
	flags.Var(metadataFlag(given.Metadata), "metadata", "KEY=VALUE, as often as needed")
	flags.Parse(arguments)
	given.Code = uint32(code)

	connection, err := grpcjson.Dial(*address)
	if err != nil {
		commands.Fail(err)
	}
	if given.Kind != "" {
		for _, one := range run(connection, given) {
			commands.Print(one)
		}
		return
	}
	fmt.Println("ready")
	commands.Serve(func(text []byte) (interface{}, error) {
		one := command{Outcome: "ok", Count: 1, Concurrency: 1, Messages: 3, Code: uint32(codes.NotFound)}
		if err := json.Unmarshal(text, &one); err != nil {
			return nil, err
		}
		if _, ok := kinds[one.Kind]; !ok {
			return nil, fmt.Errorf("%q is not a kind of call", one.Kind)
		}
		return run(connection, one), nil
	})
}

func run(connection *grpc.ClientConn, c command) []result {
	results := make([]result, c.Count)
	commands.Each(c.Count, c.Concurrency, func(i int) { results[i] = once(connection, c) })
	return results
}

func once(connection *grpc.ClientConn, c command) (r result) {
	ctx, cancel := context.WithCancel(metadata.NewOutgoingContext(context.Background(), metadata.New(c.Metadata)))
	defer cancel()
	do := map[string]string{"error": "status", "deadline": "wait", "cancel": "wait", "wait": "wait", "exit": "exit"}[c.Outcome]
	patience := time.Duration(c.TimeoutMS) * time.Millisecond
	if patience == 0 && (c.Outcome == "deadline" || c.Outcome == "cancel") {
		patience = 50 * time.Millisecond
	}
	switch {
	case c.Outcome == "cancel":
		timer := time.AfterFunc(patience, cancel)
		defer timer.Stop()
	case patience != 0:
		ctx, cancel = context.WithTimeout(ctx, patience)
		defer cancel()
	}
	in := &request{Code: c.Code, Messages: c.Messages, Grow: c.Grow, Payload: strings.Repeat("x", c.Bytes)}
	kind := kinds[c.Kind]
	err := kind(ctx, connection, c, in, do, &r)
	r.Code = status.Code(err)
	return r
}

// kinds make one call each; what Do says goes with the last request.
var kinds = map[string]func(ctx context.Context, connection *grpc.ClientConn, c command, in *request, do string, r *result) error{
	"unary": func(ctx context.Context, connection *grpc.ClientConn, _ command, in *request, do string, r *result) error {
		in.Do = do
		err := connection.Invoke(ctx, "/"+service+"/Unary", in, new(response), grpcjson.Option)
		r.Sent = 1
		if err == nil {
			r.Received = 1
		}
		return err
	},
	"client-stream": func(ctx context.Context, connection *grpc.ClientConn, c command, in *request, do string, r *result) error {
		stream, err := open(ctx, connection, &grpc.StreamDesc{StreamName: "ClientStream", ClientStreams: true})
		if err != nil {
			return err
		}
		send(stream, c, in, do, r)
		return receive(stream, r)
	},
	"server-stream": func(ctx context.Context, connection *grpc.ClientConn, c command, in *request, do string, r *result) error {
		stream, err := open(ctx, connection, &grpc.StreamDesc{StreamName: "ServerStream", ServerStreams: true})
		if err != nil {
			return err
		}
		c.Messages = 1
		send(stream, c, in, do, r)
		return receive(stream, r)
	},
	"bidi": func(ctx context.Context, connection *grpc.ClientConn, c command, in *request, do string, r *result) error {
		stream, err := open(ctx, connection, &grpc.StreamDesc{StreamName: "Bidi", ClientStreams: true, ServerStreams: true})
		if err != nil {
			return err
		}
		sent := make(chan struct{})
		go func() {
			defer close(sent)
			send(stream, c, in, do, r)
		}()
		err = receive(stream, r)
		<-sent
		return err
	},
}

func open(ctx context.Context, connection *grpc.ClientConn, kind *grpc.StreamDesc) (grpc.ClientStream, error) {
	return connection.NewStream(ctx, kind, "/"+service+"/"+kind.StreamName, grpcjson.Option)
}

// send ends early when the stream has ended; receive then says how.
func send(stream grpc.ClientStream, c command, in *request, do string, r *result) {
	for i := 0; i < c.Messages; i++ {
		one := *in
		if i == c.Messages-1 {
			one.Do = do
		}
		if stream.SendMsg(&one) != nil {
			return
		}
		r.Sent++
	}
	stream.CloseSend()
}

// receive reads to the end of the stream.
func receive(stream grpc.ClientStream, r *result) error {
	for {
		err := stream.RecvMsg(new(response))
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		r.Received++
	}
}
