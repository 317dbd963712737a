//go:build go1.22

// Without a module the toolchain would choose the mux of Go 1.21.
//
//go:debug httpmuxgo121=0
package main

import "net/http"

func standard() http.Handler {
	mux := http.NewServeMux()
	for _, pattern := range []string{
		"GET /static", "GET /users/{id}", "POST /users/{id}", "GET /users/{id}/orders/{order}", "GET /files/{path...}", "/prefix/", "localhost/host",
	} {
		mux.HandleFunc(pattern, answer(pattern))
	}
	inner := http.NewServeMux()
	inner.HandleFunc("GET /items/{id}", answer("GET /items/{id}"))
	mux.Handle("/api/v1/", http.StripPrefix("/api/v1", inner))
	mux.HandleFunc("GET /panic", failing)
	return mux
}
