//go:build pq

package main

import _ "github.com/lib/pq"

func init() { drivers["pq"] = standard("postgres") }
