package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"targets/commands"
)

// command is a number of equal requests.
type command struct {
	// Method and URL; "{i}" in the URL becomes the number of the request.
	Method string `json:"method"`
	URL    string `json:"url"`
	// Count is how many requests, Concurrency how many of them at a time.
	Count       int `json:"count"`
	Concurrency int `json:"concurrency"`
	// Bytes is the length of the request body.
	Bytes int `json:"bytes"`
	// CancelMS cancels each request after that time, DeadlineMS gives it a deadline; 0: neither.
	CancelMS   int `json:"cancel_ms"`
	DeadlineMS int `json:"deadline_ms"`
	// Headers are sent with each request.
	Headers map[string]string `json:"headers"`
	// Fresh gives each request a connection of its own.
	Fresh bool `json:"fresh"`
	// Follow makes the client follow redirects.
	Follow bool `json:"follow"`
}

// result is one request as its caller saw it.
type result struct {
	Status   int               `json:"status,omitempty"`
	Proto    string            `json:"proto,omitempty"`
	Bytes    int64             `json:"bytes"`
	Error    string            `json:"error,omitempty"`
	Trailers map[string]string `json:"trailers,omitempty"`
}

// tlsConfig trusts every certificate: it is for test servers only.
func tlsConfig() *tls.Config { return &tls.Config{InsecureSkipVerify: true} }

func transportTLS() http.RoundTripper {
	return &http.Transport{TLSClientConfig: tlsConfig(), ForceAttemptHTTP2: true}
}

func call(transport func() http.RoundTripper) {
	shared := transport()
	fmt.Println("ready")
	commands.Serve(func(text []byte) (interface{}, error) {
		c := command{Method: "GET", Count: 1, Concurrency: 1}
		if err := json.Unmarshal(text, &c); err != nil {
			return nil, err
		}
		results := make([]result, c.Count)
		commands.Each(c.Count, c.Concurrency, func(i int) {
			client := &http.Client{Transport: shared}
			if c.Fresh {
				client.Transport = transport()
				defer client.CloseIdleConnections()
			}
			if !c.Follow {
				client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
			}
			results[i] = once(client, c, i)
		})
		return results, nil
	})
}

func once(client *http.Client, c command, i int) (r result) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if c.CancelMS > 0 {
		timer := time.AfterFunc(time.Duration(c.CancelMS)*time.Millisecond, cancel)
		defer timer.Stop()
	}
	if c.DeadlineMS > 0 {
		ctx, cancel = context.WithTimeout(ctx, time.Duration(c.DeadlineMS)*time.Millisecond)
		defer cancel()
	}
	var body io.Reader
	if c.Bytes > 0 {
		body = bytes.NewReader(make([]byte, c.Bytes))
	}
	url := string(bytes.ReplaceAll([]byte(c.URL), []byte("{i}"), []byte(fmt.Sprint(i))))
	request, err := http.NewRequestWithContext(ctx, c.Method, url, body)
	if err != nil {
		return result{Error: err.Error()}
	}
	for name, value := range c.Headers {
		request.Header.Set(name, value)
	}
	response, err := client.Do(request)
	if err != nil {
		return result{Error: err.Error()}
	}
	defer response.Body.Close()
	r.Status, r.Proto = response.StatusCode, response.Proto
	r.Bytes, err = io.Copy(io.Discard, response.Body)
	if err != nil {
		r.Error = err.Error()
	}
	for name := range response.Trailer {
		if r.Trailers == nil {
			r.Trailers = map[string]string{}
		}
		r.Trailers[name] = response.Trailer.Get(name)
	}
	return r
}
