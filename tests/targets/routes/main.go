// Command routes is a program to trace: the same routes served by every router there is, each on a port of its own.
//
//	routes     prints "NAME listening on 127.0.0.1:PORT" for each router, then "ready"
//
// Routers: mux (net/http's; its patterns have methods and wildcards when built with Go 1.22 or newer), gin, gorilla, chi, echo.
// Every handler answers with the pattern, as that router writes it; so a test knows the route. Builds with the tag std have
// only mux. The routes, with each router's own wildcards:
//
//	GET  /static                         GET  /users/ID        POST /users/ID
//	GET  /users/ID/orders/ORDER          GET  /files/ANYTHING  GET  /api/v1/items/ID (in a group, subrouter or inner mux)
//	GET  /panic
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"sort"

	"targets/commands"
)

// routers make a handler each.
var routers = map[string]func() http.Handler{"mux": standard}

func main() {
	var names []string
	for name := range routers {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			commands.Fail(err)
		}
		handler := routers[name]()
		go func() { commands.Fail(http.Serve(listener, handler)) }()
		fmt.Printf("%s listening on %s\n", name, listener.Addr())
	}
	fmt.Println("ready")
	select {}
}

// answer tells the pattern that led to it.
func answer(pattern string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, pattern) }
}

func failing(http.ResponseWriter, *http.Request) { panic("asked to") }
