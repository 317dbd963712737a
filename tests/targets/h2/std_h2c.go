//go:build go1.24

package main

import (
	"net"
	"net/http"
)

func init() { servers["std-h2c"], clients["std-h2c"] = serveStdH2C, transportStdH2C }

func serveStdH2C(server *http.Server, listener net.Listener, _ uint32) error {
	server.Protocols = new(http.Protocols)
	server.Protocols.SetHTTP1(true)
	server.Protocols.SetUnencryptedHTTP2(true)
	return server.Serve(listener)
}

func transportStdH2C() http.RoundTripper {
	protocols := new(http.Protocols)
	protocols.SetUnencryptedHTTP2(true)
	return &http.Transport{Protocols: protocols}
}
