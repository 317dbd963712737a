// Command http is a program to trace: an HTTP server with one handler per thing that can happen to a request, and a client.
//
//	http [-listen ADDRESS] [-tls] [-http1]     serve; prints "listening on 127.0.0.1:PORT" when ready
//	http client URL N                          send N GET requests one after another, print "N ok"
//
// No libraries but the standard one and what the targets share; it compiles with every Go from 1.17 on, without a module (GO111MODULE=off).
package main

import (
	"crypto/tls"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"

	"targets/certificate"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "client" {
		if len(os.Args) != 4 {
			fail("usage: http client URL N")
		}
		runClient(os.Args[2], os.Args[3])
		return
	}
	listen := flag.String("listen", "127.0.0.1:0", "address to listen on")
	useTLS := flag.Bool("tls", false, "serve TLS with a certificate made on the spot")
	http1 := flag.Bool("http1", false, "never negotiate HTTP/2")
	flag.Parse()

	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		fail(err)
	}
	server := &http.Server{Handler: handlers()}
	if *http1 {
		server.TLSNextProto = map[string]func(*http.Server, *tls.Conn, http.Handler){}
	}
	fmt.Printf("listening on %s\n", listener.Addr())
	if *useTLS {
		pair, failure := certificate.SelfSigned()
		if failure != nil {
			fail(failure)
		}
		server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{pair}}
		err = server.ServeTLS(listener, "", "")
	} else {
		err = server.Serve(listener)
	}
	fail(err)
}

func runClient(url, times string) {
	n, err := strconv.Atoi(times)
	if err != nil {
		fail(err)
	}
	for i := 0; i < n; i++ {
		response, err := client.Get(url)
		if err != nil {
			fail(err)
		}
		io.Copy(io.Discard, response.Body)
		response.Body.Close()
	}
	fmt.Printf("%d ok\n", n)
}

func fail(reason interface{}) {
	fmt.Fprintln(os.Stderr, "http:", reason)
	os.Exit(1)
}
