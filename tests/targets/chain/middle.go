package main

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"net"

	_ "github.com/lib/pq"
	_ "github.com/mattn/go-sqlite3"
	"google.golang.org/grpc"

	"targets/commands"
	_ "targets/grpcjson"
)

func middle(arguments []string) {
	flags := flag.NewFlagSet("middle", flag.ExitOnError)
	listen := flags.String("listen", "127.0.0.1:0", "address to listen on")
	driver := flags.String("driver", "sqlite3", "sqlite3 or postgres")
	source := flags.String("source", ":memory:", "the database")
	connections := flags.Int("connections", 8, "database connections")
	flags.Parse(arguments)

	database, err := sql.Open(*driver, *source)
	if err == nil {
		database.SetMaxOpenConns(*connections)
		database.SetMaxIdleConns(*connections)
		err = database.Ping()
	}
	if err != nil {
		commands.Fail(err)
	}
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		commands.Fail(err)
	}
	server := grpc.NewServer()
	server.RegisterService(describe(database), nil)
	fmt.Printf("listening on %s\n", listener.Addr())
	commands.Fail(server.Serve(listener))
}

// describe makes a service with a method for each order.
func describe(database *sql.DB) *grpc.ServiceDesc {
	description := &grpc.ServiceDesc{ServiceName: "chain.Orders"}
	handler := func(_ interface{}, ctx context.Context, decode func(interface{}) error, _ grpc.UnaryServerInterceptor) (interface{}, error) {
		in, out := new(order), new(answer)
		err := decode(in)
		if err != nil {
			return nil, err
		}
		in.Route.do(func() {
			err = database.QueryRowContext(ctx, fmt.Sprintf("SELECT %d AS order_%[1]d", in.Number)).Scan(&out.Number)
		})
		return out, err
	}
	for i := 0; i < orders; i++ {
		description.Methods = append(description.Methods, grpc.MethodDesc{MethodName: fmt.Sprintf("Get%d", i), Handler: handler})
	}
	return description
}
