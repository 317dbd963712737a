// Command deepserve is a program to trace whose stack grows exactly where net/http's serverHandler.ServeHTTP begins: its handler calls that function
// once more, on a goroutine of its own, below as many frames as the request asks for. In net/http itself that cannot happen: reading the request
// has needed more stack before.
//
//	deepserve [-listen ADDRESS]     serve /?depth=N; prints "listening on 127.0.0.1:PORT" when ready
//
// It compiles with every Go from 1.17 on, without a module (GO111MODULE=off); from 1.23 on with -ldflags=-checklinkname=0.
package main

import (
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	_ "unsafe"

	"targets/stack"
)

// The layout of net/http's type of that name.
type serverHandler struct{ server *http.Server }

//go:linkname serveHTTP net/http.serverHandler.ServeHTTP
func serveHTTP(sh serverHandler, rw http.ResponseWriter, req *http.Request)

// The server of the inner call: it takes the connection over, which ends the request that the goroutine serves, and answers by hand.
var inner = &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	connection, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		fail(err)
	}
	fmt.Fprint(connection, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
	connection.Close()
})}

func outer(w http.ResponseWriter, r *http.Request) {
	depth, err := strconv.Atoi(r.FormValue("depth"))
	if err != nil {
		fail(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		stack.Descend(depth, func() { serveHTTP(serverHandler{inner}, w, r) })
	}()
	<-done
}

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "address to listen on")
	flag.Parse()
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		fail(err)
	}
	fmt.Printf("listening on %s\n", listener.Addr())
	fail((&http.Server{Handler: http.HandlerFunc(outer)}).Serve(listener))
}

func fail(reason interface{}) {
	fmt.Fprintln(os.Stderr, "deepserve:", reason)
	os.Exit(1)
}
