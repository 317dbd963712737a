// Holds maps of a named type in every state that a reader meets, says where they are and what the runtime counts, and waits for the end of its input.
package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"unsafe"
)

type header map[string][]string

// any keeps the type in the type data, as net/http.Request does for net/http.Header.
var kept any = header{}

func filled(entries int) header {
	h := header{}
	for i := 0; i < entries; i++ {
		h[fmt.Sprintf("key-%d", i)] = []string{fmt.Sprintf("value-%d", i), "second"}
	}
	return h
}

func main() {
	thinned := filled(300)
	for i := 0; i < 300; i++ {
		if i%7 != 0 {
			delete(thinned, fmt.Sprintf("key-%d", i))
		}
	}
	maps := []header{header{}, filled(1), filled(8), filled(9), filled(14), filled(105), filled(5000), thinned}
	for _, h := range maps {
		fmt.Printf("map %x %d\n", *(*uintptr)(unsafe.Pointer(&h)), len(h))
	}

	stop := make(chan bool)
	for i := 0; i < 50; i++ {
		go func() { <-stop }()
	}
	for i := 0; i < 3; i++ {
		runtime.GC()
	}
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	fmt.Println("goroutines", runtime.NumGoroutine(), "procs", runtime.GOMAXPROCS(0),
		"gc", stats.NumGC, "forced", stats.NumForcedGC, "pause", stats.PauseTotalNs, "inuse", stats.HeapInuse)
	io.Copy(io.Discard, os.Stdin)
	runtime.KeepAlive(maps)
	runtime.KeepAlive(kept)
}
