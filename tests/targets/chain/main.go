// Command chain is a program to trace: a request that goes through three processes, HTTP to gRPC to SQL.
//
//	chain middle [-listen ADDRESS] [-driver sqlite3|postgres -source SOURCE]     gRPC server, SQL client
//	chain front -middle ADDRESS [-listen ADDRESS]                                HTTP server, gRPC client
//	chain load -front ADDRESS                                                    HTTP client; does the commands on its stdin
//
// Servers print "listening on 127.0.0.1:PORT". Every request has a number N, which each step shows in what its span shows:
// GET /order/N, /chain.Orders/GetN, SELECT N AS order_N. So a test can check parents request by request. What happens between a
// server's goroutine and the client call below it is chosen by the request's query (see type route).
package main

import (
	"os"

	"targets/commands"
)

var roles = map[string]func(arguments []string){"front": front, "middle": middle, "load": load}

func main() {
	if len(os.Args) < 2 || roles[os.Args[1]] == nil {
		commands.Fail("usage: chain front|middle|load ...")
	}
	roles[os.Args[1]](os.Args[2:])
}
