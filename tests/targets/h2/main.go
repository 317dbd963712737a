// Command h2 is a program to trace: HTTP/2 servers and clients of every kind that Go has.
//
//	h2 serve MODE [-listen ADDRESS] [-max-streams N]     prints "listening on 127.0.0.1:PORT" when ready
//	h2 call MODE                                         prints "ready", then does the commands that come on stdin (see type command)
//
// Modes: tls (net/http's own HTTP/2), h2c (clear text, golang.org/x/net/http2), x (TLS, golang.org/x/net/http2), x-deep (the same on
// stacks that grow, see deep.go), std-h2c (clear text, net/http's own; Go 1.24 and newer). Builds with the tag std have no libraries,
// so only tls and std-h2c.
package main

import (
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"sort"
	"strings"

	"targets/certificate"
	"targets/commands"
)

// servers hold what makes a server of a mode serve; clients what makes a transport.
var (
	servers = map[string]func(server *http.Server, listener net.Listener, maxStreams uint32) error{"tls": serveTLS}
	clients = map[string]func() http.RoundTripper{"tls": transportTLS}
)

func main() {
	if len(os.Args) > 2 && os.Args[1] == "serve" && servers[os.Args[2]] != nil {
		serve(os.Args[2], os.Args[3:])
	}
	if len(os.Args) == 3 && os.Args[1] == "call" && clients[os.Args[2]] != nil {
		call(clients[os.Args[2]])
		return
	}
	var modes []string
	for mode := range servers {
		modes = append(modes, mode)
	}
	sort.Strings(modes)
	commands.Fail("usage: h2 serve|call " + strings.Join(modes, "|") + " ...")
}

func serve(mode string, arguments []string) {
	flags := flag.NewFlagSet("serve", flag.ExitOnError)
	listen := flags.String("listen", "127.0.0.1:0", "address to listen on")
	maxStreams := flags.Uint("max-streams", 0, "streams a connection may have at a time; 0: the library's default (not with std modes)")
	flags.Parse(arguments)
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		commands.Fail(err)
	}
	server := &http.Server{Handler: handlers()}
	fmt.Printf("listening on %s\n", listener.Addr())
	commands.Fail(servers[mode](server, listener, uint32(*maxStreams)))
}

func serveTLS(server *http.Server, listener net.Listener, _ uint32) error {
	pair, err := certificate.SelfSigned()
	if err != nil {
		return err
	}
	server.TLSConfig = tlsConfig()
	server.TLSConfig.Certificates = append(server.TLSConfig.Certificates, pair)
	return server.ServeTLS(listener, "", "")
}
