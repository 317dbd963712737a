package main

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"targets/stack"
)

// handlers maps each path to what happens there.
func handlers() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/hello", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello\n") })
	mux.HandleFunc("/proto", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Proto) })
	mux.HandleFunc("/status", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(number(r, "code", http.StatusOK)) })
	mux.HandleFunc("/silent", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) })
	mux.HandleFunc("/discard", func(w http.ResponseWriter, r *http.Request) {
		n, _ := io.Copy(io.Discard, r.Body)
		fmt.Fprintln(w, n)
	})
	mux.HandleFunc("/large", large)
	mux.HandleFunc("/flush", flush)
	mux.HandleFunc("/trailers", trailers)
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(time.Duration(number(r, "ms", 100)) * time.Millisecond)
		io.WriteString(w, "slow\n")
	})
	mux.HandleFunc("/wait", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	mux.HandleFunc("/abort", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }) // RST_STREAM
	mux.HandleFunc("/abort-late", abortLate)
	mux.HandleFunc("/panic", func(http.ResponseWriter, *http.Request) { panic("asked to") })
	mux.HandleFunc("/redirect", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/hello", http.StatusFound) })
	mux.HandleFunc("/goaway", goAway)
	mux.HandleFunc("/push", push)
	mux.HandleFunc("/grow", grow)
	return mux
}

// number is the value of a query parameter, or a default.
func number(r *http.Request, name string, otherwise int) int {
	n, err := strconv.Atoi(r.URL.Query().Get(name))
	if err != nil {
		return otherwise
	}
	return n
}

// large answers ?bytes=N.
func large(w http.ResponseWriter, r *http.Request) {
	left := number(r, "bytes", 5<<20)
	piece := make([]byte, 8<<10)
	for left > 0 {
		if left < len(piece) {
			piece = piece[:left]
		}
		n, err := w.Write(piece)
		if err != nil {
			return
		}
		left -= n
	}
}

// flush sends ?count=N pieces, each in a frame of its own.
func flush(w http.ResponseWriter, r *http.Request) {
	for i := 0; i < number(r, "count", 10); i++ {
		io.WriteString(w, "piece\n")
		w.(http.Flusher).Flush()
	}
}

// trailers sends one that was announced and one that was not.
func trailers(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Trailer", "Announced")
	io.WriteString(w, "body\n")
	w.Header().Set("Announced", "yes")
	w.Header().Set(http.TrailerPrefix+"Surprising", "yes")
}

// abortLate resets the stream when the client has the header and part of the body already.
func abortLate(w http.ResponseWriter, _ *http.Request) {
	w.WriteHeader(http.StatusAccepted)
	io.WriteString(w, "half of")
	w.(http.Flusher).Flush()
	panic(http.ErrAbortHandler)
}

// goAway makes the server send GOAWAY; streams that are open end as usual.
func goAway(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Connection", "close")
	io.WriteString(w, "the last one here\n")
}

// push tries a server push and answers what came of it; Go's clients switch pushes off.
func push(w http.ResponseWriter, _ *http.Request) {
	pusher, ok := w.(http.Pusher)
	if !ok {
		io.WriteString(w, "no pusher")
		return
	}
	fmt.Fprint(w, pusher.Push("/hello", nil))
}

// grow descends ?depth=N frames, so that the stack has grown by then.
func grow(w http.ResponseWriter, r *http.Request) {
	stack.Descend(number(r, "depth", 100), func() { io.WriteString(w, "grown\n") })
}
