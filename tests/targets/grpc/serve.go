//go:build !clientonly

package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/h2c"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"targets/commands"
	_ "targets/grpcjson"
	"targets/stack"
)

func init() { roles["serve"] = serve }

func serve(arguments []string) {
	flags := flag.NewFlagSet("serve", flag.ExitOnError)
	listen := flags.String("listen", "127.0.0.1:0", "address to listen on")
	handler := flags.Bool("handler", false, "serve through net/http and h2c instead of the server's own transport")
	flags.Parse(arguments)

	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		commands.Fail(err)
	}
	server := grpc.NewServer()
	server.RegisterService(&description, nil)
	fmt.Printf("listening on %s\n", listener.Addr())
	if *handler {
		err = (&http.Server{Handler: h2c.NewHandler(server, &http2.Server{})}).Serve(listener)
	} else {
		err = server.Serve(listener)
	}
	commands.Fail(err)
}

// description is what protoc would have written.
var description = grpc.ServiceDesc{
	ServiceName: service,
	Methods:     []grpc.MethodDesc{{MethodName: "Unary", Handler: unary}},
	Streams: []grpc.StreamDesc{
		{StreamName: "ClientStream", ClientStreams: true, Handler: logged("ClientStream", clientStream)},
		{StreamName: "ServerStream", ServerStreams: true, Handler: logged("ServerStream", serverStream)},
		{StreamName: "Bidi", ClientStreams: true, ServerStreams: true, Handler: logged("Bidi", bidi)},
	},
}

func unary(_ interface{}, ctx context.Context, decode func(interface{}) error, _ grpc.UnaryServerInterceptor) (interface{}, error) {
	in := new(request)
	err := decode(in)
	if err == nil {
		err = do(ctx, in)
	}
	log("Unary", err)
	if err != nil {
		return nil, err
	}
	return &response{Messages: 1, Payload: in.Payload}, nil
}

// clientStream answers once all requests have come.
func clientStream(stream grpc.ServerStream) error {
	count, payload := 0, ""
	for {
		in := new(request)
		err := stream.RecvMsg(in)
		if err == io.EOF {
			return stream.SendMsg(&response{Messages: count, Payload: payload})
		}
		if err == nil {
			err = do(stream.Context(), in)
		}
		if err != nil {
			return err
		}
		count++
		payload = in.Payload
	}
}

// serverStream sends as many answers as it is asked for, and does what else it is asked for after half of them.
func serverStream(stream grpc.ServerStream) error {
	in := new(request)
	if err := stream.RecvMsg(in); err != nil {
		return err
	}
	for i := 0; i < in.Messages; i++ {
		if i == in.Messages/2 {
			if err := do(stream.Context(), in); err != nil {
				return err
			}
		}
		if err := stream.SendMsg(&response{Messages: i + 1, Payload: in.Payload}); err != nil {
			return err
		}
	}
	return nil
}

// bidi answers each request.
func bidi(stream grpc.ServerStream) error {
	for count := 1; ; count++ {
		in := new(request)
		err := stream.RecvMsg(in)
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = do(stream.Context(), in)
		}
		if err == nil {
			err = stream.SendMsg(&response{Messages: count, Payload: in.Payload})
		}
		if err != nil {
			return err
		}
	}
}

func do(ctx context.Context, in *request) error {
	if in.Grow > 0 {
		stack.Descend(in.Grow, func() {})
	}
	switch in.Do {
	case "", "echo":
		return nil
	case "status":
		return status.Error(codes.Code(in.Code), "asked to")
	case "wait":
		<-ctx.Done()
		return status.FromContextError(ctx.Err()).Err()
	case "exit":
		os.Exit(3)
	}
	return status.Errorf(codes.Unimplemented, "nobody knows how to do %q", in.Do)
}

func logged(name string, handler func(grpc.ServerStream) error) grpc.StreamHandler {
	return func(_ interface{}, stream grpc.ServerStream) error {
		err := handler(stream)
		log(name, err)
		return err
	}
}

// log tells what the handler returned: the truth about the server's side.
func log(name string, err error) {
	commands.Print(struct {
		Method string     `json:"method"`
		Code   codes.Code `json:"code"`
	}{"/" + service + "/" + name, status.Code(err)})
}
