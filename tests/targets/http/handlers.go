package main

import (
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"targets/stack"
)

// client trusts every certificate: it talks to test servers only.
var client = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}

// handlers maps each path to what happens there. "/" answers 404 for the rest.
func handlers() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/hello", hello)
	mux.HandleFunc("/status", status)
	mux.HandleFunc("/echo", echo)
	mux.HandleFunc("/head", head)
	mux.HandleFunc("/nocontent", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("/notmodified", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) })
	mux.HandleFunc("/silent", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/large", large)
	mux.HandleFunc("/rewrite", rewrite)
	mux.HandleFunc("/panic", func(http.ResponseWriter, *http.Request) { panic("asked to") })
	mux.HandleFunc("/panic-late", panicLate)
	mux.HandleFunc("/abort", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	mux.HandleFunc("/hijack", hijack)
	mux.Handle("/timeout", http.TimeoutHandler(http.HandlerFunc(slow), 50*time.Millisecond, "too slow"))
	mux.HandleFunc("/slow", slow)
	mux.HandleFunc("/grow", grow)
	mux.HandleFunc("/client", call)
	mux.HandleFunc("/nested", nested)
	mux.HandleFunc("/nest/", nest)
	mux.HandleFunc("/later", later)
	mux.HandleFunc("/now", now)
	mux.HandleFunc("/redirect", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/hello", http.StatusFound) })
	mux.HandleFunc("/crash", crash)
	mux.HandleFunc("/exec", exec)
	mux.HandleFunc("/runtime", runtimeState)
	return mux
}

// number is the value of a query parameter, or a default.
func number(r *http.Request, name string, otherwise int) int {
	n, err := strconv.Atoi(r.FormValue(name))
	if err != nil {
		return otherwise
	}
	return n
}

func hello(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello\n") }

// status answers ?code=N.
func status(w http.ResponseWriter, r *http.Request) { w.WriteHeader(number(r, "code", http.StatusOK)) }

// echo sends the request body back.
func echo(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Write(body)
}

// head writes a body, which a HEAD request does not get to see.
func head(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "6")
	io.WriteString(w, "hello\n")
}

// large answers ?bytes=N; with ?sized=1 with a Content-Length, else chunked.
func large(w http.ResponseWriter, r *http.Request) {
	left := number(r, "bytes", 1<<20)
	if r.FormValue("sized") != "" {
		w.Header().Set("Content-Length", strconv.Itoa(left))
	}
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

// rewrite changes the request in place, as middleware does.
func rewrite(w http.ResponseWriter, r *http.Request) {
	r.URL.Path = "/somewhere/else"
	r.Method = "PATCH"
	io.WriteString(w, "rewritten\n")
}

// panicLate panics when the client has the header and part of the body already.
func panicLate(w http.ResponseWriter, _ *http.Request) {
	w.WriteHeader(http.StatusAccepted)
	io.WriteString(w, "half of")
	w.(http.Flusher).Flush()
	panic("asked to, late")
}

// hijack takes the connection, answers by hand and echoes one line; with ?elsewhere=1 it does so on another goroutine.
func hijack(w http.ResponseWriter, r *http.Request) {
	take := func() {
		connection, buffered, err := w.(http.Hijacker).Hijack()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		defer connection.Close()
		io.WriteString(connection, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
		line, _ := buffered.ReadString('\n')
		io.WriteString(connection, line)
	}
	if r.FormValue("elsewhere") == "" {
		take()
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		take()
	}()
	<-done
}

// slow answers after ?ms=N.
func slow(w http.ResponseWriter, r *http.Request) {
	time.Sleep(time.Duration(number(r, "ms", 100)) * time.Millisecond)
	hello(w, r)
}

// grow calls ?url=U at ?depths=N different stack depths, each on a fresh goroutine, so that the stack grows at every point of the call.
func grow(w http.ResponseWriter, r *http.Request) {
	depths := number(r, "depths", 100)
	var group sync.WaitGroup
	for depth := 0; depth < depths; depth++ {
		group.Add(1)
		go func(depth int) {
			defer group.Done()
			stack.Descend(depth, func() { get(r.FormValue("url")) })
		}(depth)
		if depth%8 == 7 {
			group.Wait()
		}
	}
	group.Wait()
	fmt.Fprintf(w, "%d calls\n", depths)
}

// call does ?concurrent=N requests to ?url=U (?method=M, ?body=B) and answers with one status, or error, a line.
func call(w http.ResponseWriter, r *http.Request) {
	lines := make([]string, number(r, "concurrent", 1))
	var group sync.WaitGroup
	for i := 1; i < len(lines); i++ {
		group.Add(1)
		go func(i int) {
			defer group.Done()
			lines[i] = send(r.FormValue("method"), r.FormValue("url"), r.FormValue("body"))
		}(i)
	}
	lines[0] = send(r.FormValue("method"), r.FormValue("url"), r.FormValue("body"))
	group.Wait()
	io.WriteString(w, strings.Join(lines, "\n")+"\n")
}

// nested does a request to ?url=U whose proxy function does one to ?inner=V first, on the same goroutine.
func nested(w http.ResponseWriter, r *http.Request) {
	outer := &http.Client{Transport: &http.Transport{
		TLSClientConfig:   &tls.Config{InsecureSkipVerify: true},
		DisableKeepAlives: true,
		Proxy: func(*http.Request) (*url.URL, error) {
			get(r.FormValue("inner"))
			return nil, nil
		},
	}}
	response, err := outer.Get(r.FormValue("url"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	response.Body.Close()
	io.WriteString(w, strconv.Itoa(response.StatusCode)+"\n")
}

func get(url string) string { return send("", url, "") }

// send does one request; an empty method means GET, as in net/http.
func send(method, url, body string) string {
	var content io.Reader
	if body != "" {
		content = strings.NewReader(body)
	}
	request, err := http.NewRequest("GET", url, content)
	if err != nil {
		return "error: " + err.Error()
	}
	request.Method = method
	response, err := client.Do(request)
	if err != nil {
		return "error: " + err.Error()
	}
	defer response.Body.Close()
	io.Copy(io.Discard, response.Body)
	return strconv.Itoa(response.StatusCode)
}

// crash ends the process in the middle of the request: ?how=exit (default), segfault, or kill.
func crash(_ http.ResponseWriter, r *http.Request) {
	switch r.FormValue("how") {
	case "segfault":
		go func() {
			var nowhere *int
			*nowhere = 1
		}()
		select {}
	case "kill":
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	default:
		os.Exit(3)
	}
}

// exec replaces the process with ?program=PATH and its ?arg=A&arg=B in the middle of the request.
func exec(w http.ResponseWriter, r *http.Request) {
	program := r.FormValue("program")
	err := syscall.Exec(program, append([]string{program}, r.Form["arg"]...), os.Environ())
	http.Error(w, err.Error(), http.StatusInternalServerError)
}
