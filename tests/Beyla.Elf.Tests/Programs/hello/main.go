// As small as Go programs get, with one struct, one map type, one itab and one function to look up.
package main

import "os"

type greeting struct {
	to    string
	times int
	next  *greeting
	names names
}

type names map[string][]string

type greeter interface{ greet() string }

//go:noinline
func (g *greeting) greet() string { return "hello " + g.to }

//go:noinline
func say(g greeter) { os.Stdout.WriteString(g.greet() + "\n") }

func main() { say(&greeting{to: os.Args[0], times: 1}) }
