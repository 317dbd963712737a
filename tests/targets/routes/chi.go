//go:build !std

package main

import (
	"io"
	"net/http"

	"github.com/go-chi/chi/v5"
)

func init() { routers["chi"] = chiRouter }

func chiRouter() http.Handler {
	router := chi.NewRouter()
	for _, route := range [][2]string{
		{"GET", "/static"}, {"GET", "/users/{id}"}, {"POST", "/users/{id}"}, {"GET", "/users/{id}/orders/{order:[0-9]+}"}, {"GET", "/files/*"},
	} {
		router.MethodFunc(route[0], route[1], routePattern)
	}
	router.Route("/api/v1", func(inner chi.Router) { inner.Get("/items/{id}", routePattern) })
	router.Get("/panic", failing)
	return router
}

func routePattern(w http.ResponseWriter, r *http.Request) {
	io.WriteString(w, chi.RouteContext(r.Context()).RoutePattern())
}
