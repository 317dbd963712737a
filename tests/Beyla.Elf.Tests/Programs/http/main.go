// A small server and client that keeps what the tests look up: the types, itabs and functions of net/http.
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
)

func serve(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/raw" {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			conn.Close()
		}
		return
	}
	fmt.Fprintln(w, r.Method, r.URL, r.Host, r.TLS != nil)
}

func main() {
	if len(os.Args) > 1 {
		answer, err := http.Get(os.Args[1])
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		io.Copy(os.Stdout, answer.Body)
		return
	}
	http.HandleFunc("/", serve)
	http.ListenAndServe("127.0.0.1:0", nil)
}
