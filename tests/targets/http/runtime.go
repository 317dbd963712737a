package main

import (
	"encoding/json"
	"net/http"
	"runtime"
)

var (
	parked = make(chan struct{})
	kept   [][]byte
)

// runtimeState starts a number of goroutines and ends half of them, allocates some MB, collects three times, and tells what the runtime says.
func runtimeState(w http.ResponseWriter, r *http.Request) {
	goroutines := number(r, "goroutines", 0)
	for i := 0; i < goroutines; i++ {
		go func() { <-parked }()
	}
	for i := 0; i < goroutines/2; i++ {
		parked <- struct{}{}
	}
	for i := 0; i < number(r, "megabytes", 0); i++ {
		kept = append(kept, make([]byte, 1<<20))
	}
	for i := 0; i < 3; i++ {
		runtime.GC()
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	json.NewEncoder(w).Encode(map[string]interface{}{
		"goroutines": runtime.NumGoroutine(), "processors": runtime.GOMAXPROCS(0), "allocated": memory.TotalAlloc,
		"collections": memory.NumGC, "paused_ns": memory.PauseTotalNs, "heap_in_use": memory.HeapInuse, "used": memory.Sys - memory.HeapReleased,
	})
}
