package main

import (
	"net/url"
	"strconv"

	"targets/stack"
)

// route says where the client call of a request happens.
type route struct {
	// Levels is how many goroutines lie between the server's goroutine and the one of the call, each started by the one before.
	Levels int `json:"levels"`
	// Pool hands the call to a goroutine that was there before the request: nothing leads from it to the request.
	Pool bool `json:"pool"`
	// Depth is how many frames of about 64 bytes lie above the call on a goroutine of its own, whose stack grows on the way. A request
	// for each depth up to 128 makes the stack grow at every point of the call, also at its first instruction.
	Depth int `json:"depth"`
}

func (r route) values() url.Values {
	return url.Values{"levels": {strconv.Itoa(r.Levels)}, "pool": {strconv.FormatBool(r.Pool)}, "depth": {strconv.Itoa(r.Depth)}}
}

func routeOf(values url.Values) (r route) {
	r.Levels, _ = strconv.Atoi(values.Get("levels"))
	r.Pool, _ = strconv.ParseBool(values.Get("pool"))
	r.Depth, _ = strconv.Atoi(values.Get("depth"))
	return r
}

// do calls f where the route says and returns when it has ended.
func (r route) do(f func()) {
	switch {
	case r.Pool:
		done := make(chan struct{})
		pool <- func() {
			defer close(done)
			f()
		}
		<-done
	case r.Depth > 0:
		below(1, func() { stack.Descend(r.Depth, f) })
	default:
		below(r.Levels, f)
	}
}

// pool is served by goroutines that start with the program.
var pool = make(chan func())

func init() {
	for i := 0; i < 8; i++ {
		go func() {
			for f := range pool {
				f()
			}
		}()
	}
}

// below runs f so many goroutines below the caller's.
func below(levels int, f func()) {
	if levels == 0 {
		f()
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		below(levels-1, f)
	}()
	<-done
}
