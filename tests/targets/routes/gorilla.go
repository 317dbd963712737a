//go:build !std

package main

import (
	"net/http"

	"github.com/gorilla/mux"
)

func init() { routers["gorilla"] = gorillaRouter }

func gorillaRouter() http.Handler {
	router := mux.NewRouter()
	for _, route := range [][2]string{
		{"GET", "/static"}, {"GET", "/users/{id}"}, {"POST", "/users/{id}"}, {"GET", "/users/{id}/orders/{order:[0-9]+}"}, {"GET", "/files/{path:.*}"},
	} {
		router.HandleFunc(route[1], template).Methods(route[0])
	}
	router.PathPrefix("/api/v1").Subrouter().HandleFunc("/items/{id}", template).Methods("GET")
	router.HandleFunc("/panic", failing)
	return router
}

// template answers with the whole template of the route.
func template(w http.ResponseWriter, r *http.Request) {
	text, err := mux.CurrentRoute(r).GetPathTemplate()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	answer(text)(w, r)
}
