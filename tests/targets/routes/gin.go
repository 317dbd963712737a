//go:build !std

package main

import (
	"io"
	"net/http"

	"github.com/gin-gonic/gin"
)

func init() { routers["gin"] = ginRouter }

func ginRouter() http.Handler {
	gin.SetMode(gin.ReleaseMode)
	gin.DefaultErrorWriter = io.Discard
	engine := gin.New()
	engine.Use(gin.Recovery())
	answer := func(c *gin.Context) { c.String(http.StatusOK, c.FullPath()) }
	engine.GET("/static", answer)
	engine.GET("/users/:id", answer)
	engine.POST("/users/:id", answer)
	engine.GET("/users/:id/orders/:order", answer)
	engine.GET("/files/*path", answer)
	engine.Group("/api").Group("/v1").GET("/items/:id", answer)
	engine.GET("/panic", func(*gin.Context) { panic("asked to") })
	return engine
}
