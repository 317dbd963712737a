package main

import (
	"flag"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"google.golang.org/grpc"

	"targets/commands"
	"targets/grpcjson"
)

// front serves GET /order/N?levels=&pool=&depth= and, for the SQL call, the same with sql_ before.
func front(arguments []string) {
	flags := flag.NewFlagSet("front", flag.ExitOnError)
	listen := flags.String("listen", "127.0.0.1:0", "address to listen on")
	middle := flags.String("middle", "", "address of the middle")
	flags.Parse(arguments)

	connection, err := grpcjson.Dial(*middle)
	if err != nil {
		commands.Fail(err)
	}
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		commands.Fail(err)
	}
	fmt.Printf("listening on %s\n", listener.Addr())
	commands.Fail(http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { get(connection, w, r) })))
}

func get(connection *grpc.ClientConn, w http.ResponseWriter, r *http.Request) {
	number, err := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/order/"))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	query := r.URL.Query()
	in, out := &order{number, routeOf(withoutPrefix(query, "sql_"))}, new(answer)
	routeOf(query).do(func() {
		err = connection.Invoke(r.Context(), fmt.Sprintf("/chain.Orders/Get%d", number%orders), in, out, grpcjson.Option)
	})
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	fmt.Fprintln(w, out.Number)
}

func withoutPrefix(values url.Values, prefix string) url.Values {
	rest := url.Values{}
	for name, value := range values {
		if strings.HasPrefix(name, prefix) {
			rest[strings.TrimPrefix(name, prefix)] = value
		}
	}
	return rest
}
