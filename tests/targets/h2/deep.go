//go:build !std

package main

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"sync/atomic"

	"golang.org/x/net/http2"

	"targets/stack"
)

// depths is how many depths connections are served at, one after another.
const depths = 256

func init() { servers["x-deep"], clients["x-deep"] = serveDeep, transportX }

// serveDeep is mode x on goroutines whose stacks grow in the library: connection number N is served below N modulo 256 frames, and the
// server's own handler is called below as many frames as the request's ?depth= says. Each request should come on a connection of its own.
func serveDeep(server *http.Server, listener net.Listener, maxStreams uint32) error {
	if err := configureX(server, maxStreams); err != nil {
		return err
	}
	var connections int32
	serve := server.TLSNextProto[http2.NextProtoTLS]
	server.TLSNextProto[http2.NextProtoTLS] = func(server *http.Server, connection *tls.Conn, handler http.Handler) {
		depth := int(atomic.AddInt32(&connections, 1)-1) % depths
		done := make(chan struct{})
		go func() {
			defer close(done)
			stack.Descend(depth, func() { serve(server, connection, deep{handler}) })
		}()
		<-done
	}
	return server.ServeTLS(listener, "", "")
}

// deep calls a handler at the depth that the request asks for.
type deep struct{ http.Handler }

func (d deep) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	stack.Descend(number(r, "depth", 0), func() { d.Handler.ServeHTTP(w, r) })
}

// BaseContext is what x/net's server asks net/http's handler for.
func (d deep) BaseContext() context.Context {
	if base, ok := d.Handler.(interface{ BaseContext() context.Context }); ok {
		return base.BaseContext()
	}
	return context.Background()
}
