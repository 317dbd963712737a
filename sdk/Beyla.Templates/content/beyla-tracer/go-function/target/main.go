// A program to trace. Build it here with: GO111MODULE=off go build -o target main.go
package main

import (
	"fmt"
	"time"
)

// What is probed. Without noinline the compiler would put it into its caller, and there would be nothing to probe.
//
//go:noinline
func work(name string, size int) (done bool) {
	time.Sleep(time.Duration(size) * time.Millisecond)
	return size%2 == 0
}

func main() {
	for size := 0; ; size = (size + 1) % 5 {
		fmt.Println(work(fmt.Sprintf("job-%d", size), size))
		time.Sleep(50 * time.Millisecond)
	}
}
