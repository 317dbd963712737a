//go:build !std

package main

import (
	"net"
	"net/http"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/h2c"
)

func init() { transports["_h2c"] = serveH2C }

func serveH2C(listener net.Listener, handler http.Handler) error {
	return http.Serve(listener, h2c.NewHandler(handler, &http2.Server{}))
}
