//go:build !go1.22

package main

import "net/http"

func standard() http.Handler {
	mux := http.NewServeMux()
	for _, pattern := range []string{"/static", "/users/", "/files/", "/prefix/", "localhost/host"} {
		mux.HandleFunc(pattern, answer(pattern))
	}
	inner := http.NewServeMux()
	inner.HandleFunc("/items/", answer("/items/"))
	mux.Handle("/api/v1/", http.StripPrefix("/api/v1", inner))
	mux.HandleFunc("/panic", failing)
	return mux
}
