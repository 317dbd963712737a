//go:build !std

package main

import (
	"crypto/tls"
	"net"
	"net/http"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/h2c"

	"targets/certificate"
)

func init() {
	servers["h2c"], clients["h2c"] = serveH2C, transportH2C
	servers["x"], clients["x"] = serveX, transportX
}

func serveH2C(server *http.Server, listener net.Listener, maxStreams uint32) error {
	server.Handler = h2c.NewHandler(server.Handler, &http2.Server{MaxConcurrentStreams: maxStreams})
	return server.Serve(listener)
}

func transportH2C() http.RoundTripper {
	return &http2.Transport{AllowHTTP: true, DialTLS: func(network, address string, _ *tls.Config) (net.Conn, error) { return net.Dial(network, address) }}
}

func serveX(server *http.Server, listener net.Listener, maxStreams uint32) error {
	if err := configureX(server, maxStreams); err != nil {
		return err
	}
	return server.ServeTLS(listener, "", "")
}

func configureX(server *http.Server, maxStreams uint32) error {
	pair, err := certificate.SelfSigned()
	if err != nil {
		return err
	}
	server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{pair}}
	return http2.ConfigureServer(server, &http2.Server{MaxConcurrentStreams: maxStreams})
}

func transportX() http.RoundTripper { return &http2.Transport{TLSClientConfig: tlsConfig()} }
