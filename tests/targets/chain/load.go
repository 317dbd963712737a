package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"targets/commands"
)

// command is a number of requests.
type command struct {
	// First is the number of the first request; the others follow.
	First int `json:"first"`
	// Count is how many requests, Concurrency how many of them at a time.
	Count       int `json:"count"`
	Concurrency int `json:"concurrency"`
	// HTTP, GRPC and SQL say where the call of that kind happens in the process that makes it.
	HTTP route `json:"http"`
	GRPC route `json:"grpc"`
	SQL  route `json:"sql"`
	// Depths other than 0 makes request N use the depth N modulo Depths in all three.
	Depths int `json:"depths"`
	// Traceparent sends that header: trace id be, zeros, N as 16 hexadecimal digits; parent id N+1 likewise; sampled.
	Traceparent bool `json:"traceparent"`
	// Header is the letter case of that header's name; empty: traceparent.
	Header string `json:"header"`
}

// result counts answers that held the right number, and the rest.
type result struct {
	Right int    `json:"right"`
	Wrong int    `json:"wrong"`
	First string `json:"first_wrong,omitempty"`
}

func load(arguments []string) {
	flags := flag.NewFlagSet("load", flag.ExitOnError)
	address := flags.String("front", "", "address of the front")
	flags.Parse(arguments)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256}}
	fmt.Println("ready")
	commands.Serve(func(text []byte) (interface{}, error) {
		c := command{Count: 1, Concurrency: 1, Header: "traceparent"}
		if err := json.Unmarshal(text, &c); err != nil {
			return nil, err
		}
		var r result
		var counting sync.Mutex
		commands.Each(c.Count, c.Concurrency, func(i int) {
			err := c.once(client, *address, c.First+i)
			counting.Lock()
			defer counting.Unlock()
			if err == nil {
				r.Right++
				return
			}
			r.Wrong++
			if r.First == "" {
				r.First = err.Error()
			}
		})
		return r, nil
	})
}

func (c command) once(client *http.Client, address string, number int) (err error) {
	if c.Depths > 0 {
		c.HTTP.Depth, c.GRPC.Depth, c.SQL.Depth = number%c.Depths, number%c.Depths, number%c.Depths
	}
	query := c.GRPC.values()
	for name, value := range c.SQL.values() {
		query["sql_"+name] = value
	}
	target := url.URL{Scheme: "http", Host: address, Path: "/order/" + strconv.Itoa(number), RawQuery: query.Encode()}
	request, err := http.NewRequest("GET", target.String(), nil)
	if err != nil {
		return err
	}
	if c.Traceparent {
		// Not by Set, which would choose the letter case.
		request.Header[c.Header] = []string{fmt.Sprintf("00-be00000000000000%016x-%016x-01", number, number+1)}
	}
	c.HTTP.do(func() { err = exchange(client, request, number) })
	return err
}

func exchange(client *http.Client, request *http.Request, number int) error {
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if strings.TrimSpace(string(body)) != strconv.Itoa(number) {
		return fmt.Errorf("request %d was answered %d %s", number, response.StatusCode, body)
	}
	return nil
}
