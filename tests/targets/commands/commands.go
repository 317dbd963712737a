// Package commands lets a test drive a program by its stdin: one JSON object a line is a command, one JSON line on stdout its answer.
// So the program runs, and can be probed, before it does the first thing that matters.
package commands

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"sync"
)

// Serve calls answer for each line of stdin, one after another, and returns when stdin ends.
// An answer is any value that encoding/json can write, an error becomes {"error": "..."}.
func Serve(answer func(command []byte) (interface{}, error)) {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if len(lines.Bytes()) == 0 {
			continue
		}
		result, err := answer(lines.Bytes())
		if err != nil {
			result = map[string]string{"error": err.Error()}
		}
		Print(result)
	}
}

// Print writes one value as one line of JSON to stdout.
func Print(value interface{}) {
	line, err := json.Marshal(value)
	if err != nil {
		Fail(err)
	}
	printing.Lock()
	defer printing.Unlock()
	fmt.Printf("%s\n", line)
}

var printing sync.Mutex

// Fail ends the program with the reason on stderr.
func Fail(reason interface{}) {
	fmt.Fprintf(os.Stderr, "%s: %v\n", os.Args[0], reason)
	os.Exit(1)
}

// Each calls f with 0 to count-1, concurrency of them at a time, and returns when all have ended.
// With one at a time f runs on the goroutine of the caller.
func Each(count, concurrency int, f func(i int)) {
	if concurrency <= 1 {
		for i := 0; i < count; i++ {
			f(i)
		}
		return
	}
	work := make(chan int)
	var group sync.WaitGroup
	for worker := 0; worker < concurrency; worker++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for i := range work {
				f(i)
			}
		}()
	}
	for i := 0; i < count; i++ {
		work <- i
	}
	close(work)
	group.Wait()
}
