// Command grpc is a program to trace: a gRPC server that does what each call asks for, and a client that makes such calls.
//
//	grpc serve [-listen ADDRESS] [-handler]     serve; prints "listening on 127.0.0.1:PORT"; with -handler through net/http and h2c.
//	                                            One JSON line a call on stdout: {"method":"/calls.Calls/Unary","code":0}
//	grpc call -address ADDRESS                  prints "ready", then does the commands that come on stdin (see type command)
//	grpc call -address ADDRESS -kind KIND ...   does one command and ends; the flags are those of type command
//
// The build tags serveronly and clientonly leave one half out. The suites' libraries differ in what the tags bookworm, trixie
// and sid choose. No generated code: messages are JSON, and the service is described by hand.
package main

import (
	"os"
	"sort"
	"strings"

	"targets/commands"
)

// roles holds the halves that this build has.
var roles = map[string]func(arguments []string){}

func main() {
	if len(os.Args) > 1 {
		if role, ok := roles[os.Args[1]]; ok {
			role(os.Args[2:])
			return
		}
	}
	var names []string
	for name := range roles {
		names = append(names, name)
	}
	sort.Strings(names)
	commands.Fail("usage: grpc " + strings.Join(names, "|") + " ...")
}
