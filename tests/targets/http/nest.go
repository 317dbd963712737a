package main

import (
	"io"
	"net/http"
	"sync"
)

var parking sync.Once

// nest does a request to ?url=U from a goroutine that is ?depth=D generations below the handler's. With ?parked=P that many goroutines wait beside it
// from the first such request to the end of the process.
func nest(w http.ResponseWriter, r *http.Request) {
	parking.Do(func() {
		for i := number(r, "parked", 0); i > 0; i-- {
			go func() { select {} }()
		}
	})
	io.WriteString(w, below(number(r, "depth", 0), r.FormValue("url"))+"\n")
}

func below(generations int, url string) string {
	if generations == 0 {
		return get(url)
	}
	answer := make(chan string)
	go func() { answer <- below(generations-1, url) }()
	return <-answer
}

var asked, answered = make(chan struct{}), make(chan string)

// later starts a goroutine that outlives the request: it does one to ?url=U when now asks for it.
func later(_ http.ResponseWriter, r *http.Request) {
	url := r.FormValue("url")
	go func() {
		<-asked
		answered <- get(url)
	}()
}

// now has the goroutine of an earlier later do its request meanwhile.
func now(w http.ResponseWriter, _ *http.Request) {
	asked <- struct{}{}
	io.WriteString(w, <-answered+"\n")
}
