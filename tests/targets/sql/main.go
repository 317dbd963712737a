// Command sql is a program to trace: it does with a database what the commands on its stdin ask for.
//
//	sql [-connections N] DRIVER SOURCE     prints "ready" when connected, then does the commands that come on stdin (see type command)
//
// Drivers, as far as the build has them: pq, mysql, pgx4, pgx5, sqlite3, modernc (all database/sql); pgx4-conn, pgx4-pool, pgx5-conn,
// pgx5-pool (pgx's own interface). Each is a build tag of the same name without the dash's rest.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"sort"
	"strings"
	"time"

	"targets/commands"
)

// drivers open a session each.
var drivers = map[string]func(source string, connections int) (session, error){}

func main() {
	connections := flag.Int("connections", 1, "connections that may be open at a time")
	flag.Parse()
	open := drivers[flag.Arg(0)]
	if open == nil || flag.NArg() != 2 {
		var names []string
		for name := range drivers {
			names = append(names, name)
		}
		sort.Strings(names)
		commands.Fail("usage: sql [-connections N] " + strings.Join(names, "|") + " SOURCE")
	}
	database, err := open(flag.Arg(1), *connections)
	if err != nil {
		commands.Fail(err)
	}
	fmt.Println("ready")
	commands.Serve(func(text []byte) (interface{}, error) {
		c := command{Count: 1, Concurrency: 1}
		if err := json.Unmarshal(text, &c); err != nil {
			return nil, err
		}
		act := actions[c.Do]
		if act == nil {
			return nil, fmt.Errorf("%q is not something to do", c.Do)
		}
		results := make([]result, c.Count)
		commands.Each(c.Count, c.Concurrency, func(i int) { results[i] = c.run(database, act, i) })
		return results, nil
	})
}

// command is a number of equal actions.
type command struct {
	// Do is one of the actions.
	Do string `json:"do"`
	// SQL is the statement; "{i}" becomes the number of the action. Of a copy it is the table.
	SQL string `json:"sql"`
	// Args are the statement's, or the row that is copied.
	Args []interface{} `json:"args"`
	// Statements are what a transaction or a batch executes; End is commit (the default) or rollback.
	Statements []string `json:"statements"`
	End        string   `json:"end"`
	// Times is how often a prepared statement runs.
	Times int `json:"times"`
	// Count is how many actions, Concurrency how many of them at a time.
	Count       int `json:"count"`
	Concurrency int `json:"concurrency"`
	// TimeoutMS is the deadline of each action; 0: none.
	TimeoutMS int `json:"timeout_ms"`
}

// result is one action as the program saw it.
type result struct {
	Rows     int    `json:"rows"`
	Affected int64  `json:"affected"`
	Error    string `json:"error,omitempty"`
}

func (c command) run(database session, act action, i int) result {
	ctx := context.Background()
	if c.TimeoutMS > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(c.TimeoutMS)*time.Millisecond)
		defer cancel()
	}
	c.SQL = strings.ReplaceAll(c.SQL, "{i}", fmt.Sprint(i))
	args := make([]interface{}, len(c.Args))
	for i, arg := range c.Args {
		// JSON knows one kind of number, databases know two.
		if number, ok := arg.(float64); ok && number == math.Trunc(number) {
			arg = int64(number)
		}
		args[i] = arg
	}
	c.Args = args
	var r result
	if err := act(ctx, database, c, &r); err != nil {
		r.Error = err.Error()
	}
	return r
}
