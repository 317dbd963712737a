//go:build !std

package main

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

func init() { routers["echo"] = echoRouter }

func echoRouter() http.Handler {
	router := echo.New()
	answer := func(c echo.Context) error { return c.String(http.StatusOK, c.Path()) }
	router.GET("/static", answer)
	router.GET("/users/:id", answer)
	router.POST("/users/:id", answer)
	router.GET("/users/:id/orders/:order", answer)
	router.GET("/files/*", answer)
	router.Group("/api/v1").GET("/items/:id", answer)
	router.GET("/panic", func(echo.Context) error { panic("asked to") })
	return router
}
