// Command routes is a program to trace: the same routes served by every router there is, each on a port of its own.
//
//	routes     prints "NAME listening on 127.0.0.1:PORT" for each router, then "ready"
//
// Each router serves on more ports: NAME_tls with TLS, where net/http serves HTTP/2; NAME_h2c in clear text with golang.org/x/net/http2.
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
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"sort"

	"targets/certificate"
	"targets/commands"
)

// routers make a handler each.
var routers = map[string]func() http.Handler{"mux": standard}

// transports serve a router's handler on a listener, by the ending of the name that is printed.
var transports = map[string]func(net.Listener, http.Handler) error{"": http.Serve, "_tls": serveTLS}

func main() {
	var names []string
	for name := range routers {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		handler := routers[name]()
		for ending, serve := range transports {
			start(name+ending, serve, handler)
		}
	}
	fmt.Println("ready")
	select {}
}

func start(name string, serve func(net.Listener, http.Handler) error, handler http.Handler) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		commands.Fail(err)
	}
	go func() { commands.Fail(serve(listener, handler)) }()
	fmt.Printf("%s listening on %s\n", name, listener.Addr())
}

func serveTLS(listener net.Listener, handler http.Handler) error {
	pair, err := certificate.SelfSigned()
	if err != nil {
		return err
	}
	server := &http.Server{Handler: handler, TLSConfig: &tls.Config{Certificates: []tls.Certificate{pair}}}
	return server.ServeTLS(listener, "", "")
}

// answer tells the pattern that led to it.
func answer(pattern string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, pattern) }
}

func failing(http.ResponseWriter, *http.Request) { panic("asked to") }
